import { defaultOf, defaults, describe as words } from '@lukko/terraform-model';
import schema from '../../../packages/provider-hcloud/schema.json';

interface Block {
  readonly attributes?: Readonly<Record<string, { readonly nested_type?: Block }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

const resources = schema.provider_schemas['registry.terraform.io/hetznercloud/hcloud']
  .resource_schemas as unknown as Record<string, { block: Block }>;

describe('defaults', () => {
  it('are of attributes the provider has', () => {
    for (const { type, attribute } of defaults) {
      let block: Block | undefined = resources[type]?.block;
      for (const name of attribute.split('.')) {
        const nested: Block | undefined = block?.block_types?.[name]?.block ?? block?.attributes?.[name]?.nested_type;
        expect({
          type,
          attribute,
          found: block?.block_types?.[name] !== undefined || block?.attributes?.[name] !== undefined,
        }).toEqual({ type, attribute, found: true });
        block = nested;
      }
    }
  });

  it('say what is meant', () => {
    expect(
      defaults.map(
        ({ type, attribute, value, means }) =>
          `${type}.${attribute}: ${value === undefined ? 'open' : words(value)}, ${means}`,
      ),
    ).toMatchSnapshot();
    expect(defaultOf('hcloud_server', 'nothing')).toBeUndefined();
    expect(defaultOf('hcloud_server', 'public_net')?.source).toContain('/docs/resources/server');
  });
});
