import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  documentKind,
  InputError,
  readConfiguration,
  readInputs,
  readPlan,
  readState,
  describe as words,
} from '@lukko/terraform-model';
import fc from 'fast-check';
import { resource } from '../stacks.ts';

const fixture = (name: string) => readFileSync(path.join(__dirname, '../../../fixtures', name));
const raw = fixture('same-stack/terraform.tfstate');
const printed = fixture('same-stack/state.json');
const plan = fixture('same-stack/plan.json');
const state = (resources: readonly object[]) => ({
  bytes: Buffer.from(JSON.stringify({ version: 4, terraform_version: '1.11.4', serial: 1, lineage: 'x', resources })),
  file: 'terraform.tfstate',
});
const server = (more: object, instances: readonly object[]) => ({
  mode: 'managed',
  type: 'hcloud_server',
  name: 'a',
  provider: 'provider["registry.terraform.io/hetznercloud/hcloud"]',
  instances,
  ...more,
});

describe('a recorded state', () => {
  const fromFile = readState({ bytes: raw, file: 'terraform.tfstate' });
  const fromJson = readState({ bytes: printed, file: 'state.json' });

  it('says the same as a file and as JSON', () => {
    const said = (graph: typeof fromFile) =>
      graph.resources
        .map((one) => [
          one.id,
          one.change,
          one.provider,
          words(one.attr('name').value),
          words(one.attr('location').value),
        ])
        .sort();
    expect(said(fromFile)).toEqual(said(fromJson));
    expect([fromFile.roots[0]?.kind, fromFile.closed, fromFile.closedBecause]).toEqual([
      'state',
      true,
      'the state terraform.tfstate lists every resource there is',
    ]);
  });

  it('leads from one resource to another by its ids', () => {
    const { edges, complete } = fromFile.to(
      resource(fromFile, 'hcloud_volume_attachment.data'),
      ['server_id'],
      'hcloud_server',
    );
    expect([edges.map(({ resource: to, certainty }) => [to.id, certainty]), complete]).toEqual([
      [['hcloud_server.logs', 'certain']],
      true,
    ]);
  });

  it('keeps only a hash of a payload, and nothing of what its configuration says', () => {
    const logs = resource(fromFile, 'hcloud_server.logs');
    expect(logs.attr('user_data').value).toMatchObject({ state: 'unknown', causes: ['source'] });
    expect([logs.lifecycle, logs.provisioners, fromFile.roots[0]?.backend.type]).toEqual([
      undefined,
      undefined,
      'unknown',
    ]);
  });
});

describe('a state file', () => {
  it('tells instances, modules, deposed objects and marks apart', () => {
    const graph = readState(
      state([
        server({ module: 'module.web["fi"]' }, [
          { index_key: 0, attributes: { name: 'zero', location: 'hel1' } },
          { index_key: 'x', attributes: { name: 'x' }, sensitive_attributes: [[{ type: 'get_attr', value: 'name' }]] },
          { index_key: 0, deposed: 'abcd', attributes: { name: 'old' } },
        ]),
        {
          mode: 'data',
          type: 'hcloud_image',
          name: 'i',
          provider: 'module.web.provider.hcloud',
          instances: [{ attributes: { id: 1 } }],
        },
      ]),
    );
    expect(graph.resources.map((one) => [one.id, one.mode, one.provider, words(one.attr('name').value)])).toEqual([
      ['data.hcloud_image.i', 'data', 'registry.terraform.io/hetznercloud/hcloud', 'not set'],
      ['module.web["fi"].hcloud_server.a[0]', 'managed', 'registry.terraform.io/hetznercloud/hcloud', '"zero"'],
      [
        'module.web["fi"].hcloud_server.a["x"]',
        'managed',
        'registry.terraform.io/hetznercloud/hcloud',
        'unknown (sensitive: not shown)',
      ],
      [
        'module.web["fi"].hcloud_server.a[0] (deposed abcd)',
        'managed',
        'registry.terraform.io/hetznercloud/hcloud',
        '"old"',
      ],
    ]);
  });

  it.each([
    ['an instance twice', [server({}, [{ attributes: {} }, { attributes: {} }])], 'stands twice'],
    ['no type', [{ mode: 'managed', name: 'a' }], 'has no type or name'],
    ['another mode', [server({ mode: 'list' }, [])], 'has no mode'],
    ['instances of another form', [server({}, [null as unknown as object])], 'no object'],
  ])('refuses %s', (_, resources, fault) => {
    expect(() => readState(state(resources))).toThrow(fault);
  });
});

it('a value out of the state of another input is found among them', () => {
  const graph = readInputs([
    {
      kind: 'roots',
      input: {
        roots: [
          {
            files: [
              {
                file: 'net/main.tf',
                text: 'terraform {\n  backend "s3" {\n    bucket = "b"\n    key = "net"\n  }\n}\nresource "hcloud_firewall" "f" {}\noutput "id" {\n  value = hcloud_firewall.f.id\n}\n',
              },
            ],
          },
        ],
      },
    },
    {
      kind: 'roots',
      input: {
        roots: [
          {
            files: [
              {
                file: 'web/main.tf',
                text: 'data "terraform_remote_state" "net" {\n  backend = "s3"\n  config = {\n    bucket = "b"\n    key = "net"\n  }\n}\nresource "hcloud_server" "a" {\n  firewall_ids = [data.terraform_remote_state.net.outputs.id]\n}\n',
              },
            ],
          },
        ],
      },
    },
  ]);
  const { edges } = graph.to(resource(graph, 'web/hcloud_server.a'), ['firewall_ids'], 'hcloud_firewall');
  expect(edges.map(({ resource: to, certainty }) => [to.id, certainty])).toEqual([
    ['net/hcloud_firewall.f', 'certain'],
  ]);
});

describe('what is damaged ends in an error about the input, never in anything else', () => {
  const read = (bytes: Uint8Array): void => {
    try {
      const kind = documentKind(bytes, 'input');
      const graph =
        kind === 'plan'
          ? readPlan({ bytes, file: 'input' })
          : kind === 'state'
            ? readState({ bytes, file: 'input' })
            : readConfiguration([{ file: 'input.tf.json', text: Buffer.from(bytes).toString('utf8') }]);
      for (const one of graph.resources)
        for (const name of ['name', 'location', 'user_data', 'rule']) words(one.attr(name).value);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.message).toContain('input');
    }
  };
  const piece = fc.constantFrom(
    '',
    '{',
    '}',
    '[',
    '"',
    ',',
    'null',
    '{"__proto__":1}',
    '\u0000',
    '[[[[',
    '1e999',
    '"\\ud800"',
  );

  it.each([
    ['a state file', raw],
    ['a state as JSON', printed],
    ['a plan', plan],
  ])('%s', (_, whole) => {
    const text = whole.toString('utf8');
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(40), piece, (at, length, inserted) => {
        read(Buffer.from(text.slice(0, at) + inserted + text.slice(at + length)));
      }),
      { numRuns: 200 },
    );
  });

  it('JSON of any form', () => {
    const key = fc.constantFrom(
      'version',
      'format_version',
      'resources',
      'values',
      'root_module',
      'resource_changes',
      'configuration',
      'module_calls',
      'provider_config',
      'instances',
      'mode',
      'type',
      'name',
      'change',
      'actions',
      '__proto__',
      'resource',
      'check',
      'removed',
      'terraform',
    );
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>(4, '1.0', 'managed', 'create', null, true, '${', '${a.b}', 'x'),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map((entries) => {
          const made = Object.create(null) as Record<string, unknown>;
          for (const [name, one] of entries) made[name] = one;
          return made;
        }),
      ),
    }));
    fc.assert(
      fc.property(json, (value) => read(Buffer.from(JSON.stringify(value) ?? 'null'))),
      { numRuns: 400 },
    );
  });
});
