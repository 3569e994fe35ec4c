import { nodeFiles } from '../../../packages/cli/src/ports/node.ts';
import { rootAt } from '../../../packages/cli/src/root-files.ts';
import { directoryWith, lukko } from './fake-ports.ts';

const read = (files: Readonly<Record<string, string>>) => rootAt(directoryWith(files), 'infra', nodeFiles);
const calling = (source: string) => JSON.stringify({ module: { part: { source } } });
const volume = (location: string) =>
  JSON.stringify({ resource: { hcloud_volume: { data: { name: 'data', size: 10, location } } } });

describe('everything terraform would read for a root module', () => {
  test('its own files, in order', () => {
    expect(read({ 'b.tf.json': '{}', 'a.tf.json': '{}' }).files.map(({ file }) => file)).toEqual([
      'infra/a.tf.json',
      'infra/b.tf.json',
    ]);
  });

  test('modules by local path, those they call, and none twice', () => {
    const { modules } = read({
      'main.tf.json': calling('./modules/one'),
      'modules/one/main.tf.json': calling('../two'),
      'modules/two/main.tf.json': calling('../one'),
    });
    expect(modules.map((files) => files.map(({ file }) => file))).toEqual([
      ['infra/modules/one/main.tf.json'],
      ['infra/modules/two/main.tf.json'],
    ]);
  });

  test.each(['./missing', 'hashicorp/consul/aws', './in-hcl'])('a module it cannot read is left out: %s', (source) => {
    expect(read({ 'main.tf.json': calling(source), 'in-hcl/main.tf': '' }).modules).toEqual([]);
  });

  test('values of variables, the later file wins', () => {
    const { variables } = read({
      'main.tf.json': '{}',
      'terraform.tfvars.json': '{"location":"ash","size":10}',
      'a.auto.tfvars.json': '{"location":"hel1"}',
      'other.tfvars.json': '{"location":"sin"}',
    });
    expect({ ...variables }).toEqual({ location: 'hel1', size: 10 });
  });

  test.each(['extra.tf', 'terraform.tfvars', 'x.auto.tfvars'])('%s in HCL makes the whole unjudged', (name) => {
    expect(() => read({ 'main.tf.json': '{}', [name]: '' })).toThrow(`infra: holds HCL (${name}) beside main.tf.json`);
  });
});

describe('what stands beside the configuration decides', () => {
  const check = (files: Readonly<Record<string, string>>) =>
    lukko(directoryWith(files), ['check', '.', '--format', 'json']);
  const failed = ({ out }: { readonly out: string }) =>
    (JSON.parse(out).findings as { rule: string; verdict: string; message: string }[]).filter(
      ({ rule, verdict }) => rule === 'locations-in-eu' && verdict === 'fail',
    );

  test('a value in terraform.tfvars.json over the default', async () => {
    const main = JSON.stringify({
      variable: { where: { default: 'hel1' } },
      resource: { hcloud_volume: { data: { name: 'data', size: 10, location: '${var.where}' } } },
    });
    expect(failed(await check({ 'main.tf.json': main }))).toEqual([]);
    expect(failed(await check({ 'main.tf.json': main, 'terraform.tfvars.json': '{"where":"ash"}' }))).toHaveLength(1);
  });

  test('a resource in a module', async () => {
    expect(failed(await check({ 'main.tf.json': calling('./part'), 'part/main.tf.json': volume('ash') }))).toHaveLength(
      1,
    );
  });

  test('a file that somebody laid beside what cdktf wrote', async () => {
    const manifest = JSON.stringify({ stacks: { edge: { synthesizedStackPath: 'stacks/edge/cdk.tf.json' } } });
    const files = { 'manifest.json': manifest, 'stacks/edge/cdk.tf.json': '{"terraform":{"required_providers":{}}}' };
    expect(failed(await check({ ...files, 'stacks/edge/more.tf.json': volume('ash') }))).toHaveLength(1);
    expect(await check({ ...files, 'stacks/edge/more.tf': '' })).toMatchObject({ code: 2 });
  });
});
