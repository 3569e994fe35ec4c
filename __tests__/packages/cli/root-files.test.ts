import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
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
    expect(modules.map(({ files }) => files.map(({ file }) => file))).toEqual([
      ['infra/modules/one/main.tf.json'],
      ['infra/modules/two/main.tf.json'],
    ]);
  });

  test.each(['./missing', 'hashicorp/consul/aws', './empty'])('a module it cannot read is left out: %s', (source) => {
    expect(read({ 'main.tf.json': calling(source), 'empty/README.md': '' }).modules).toEqual([]);
  });

  test('native syntax and JSON together, OpenTofu before Terraform, nothing hidden', () => {
    const { files, modules, lockFile } = read({
      'main.tf': 'module "net" {\n  source = "./net"\n}\n',
      'more.tf.json': '{}',
      'disks.tofu': '',
      'disks.tf': '',
      '.#main.tf': '',
      'net/main.tf': '',
      '.terraform.lock.hcl': '',
    });
    expect([...files, ...modules.flatMap((module) => module.files), lockFile].map((file) => file?.file)).toEqual([
      'infra/disks.tofu',
      'infra/main.tf',
      'infra/more.tf.json',
      'infra/net/main.tf',
      'infra/.terraform.lock.hcl',
    ]);
  });

  test('a line break in a name hides nothing, and a directory is no file whatever it is called', () => {
    const { files } = read({ 'a\nb.tf': '', 'dir.tf/x': '', 'main.tf': '' });
    expect(files.map(({ file }) => file)).toEqual(['infra/a\nb.tf', 'infra/main.tf']);
  });

  test('a pipe is refused, not waited for', () => {
    const directory = directoryWith({ 'main.tf': '' });
    execFileSync('mkfifo', [join(directory, 'pipe.tf')]);
    expect(() => rootAt(directory, 'infra', nodeFiles)).toThrow(
      'infra/pipe.tf: expected a file, found a pipe, a socket or a device; remove it',
    );
  });

  test('modules that terraform init has fetched, as it wrote them down', () => {
    const fetched = (Key: string, Source: string, Dir: string) => ({ Key, Source, Dir });
    const { modules } = read({
      'main.tf.json': calling('team/servers/hcloud'),
      '.terraform/modules/modules.json': JSON.stringify({
        Modules: [
          fetched('', '', '.'),
          fetched('part', 'registry.terraform.io/team/servers/hcloud', '.terraform/modules/part'),
          fetched('part.disk', './disk', '.terraform/modules/part/disk'),
          fetched('evil', './x', '.terraform/modules/../../..'),
        ],
      }),
      '.terraform/modules/part/main.tf': '',
      '.terraform/modules/part/disk/main.tf': '',
    });
    expect(modules.map(({ key, files }) => [key, ...files.map(({ file }) => file)])).toEqual([
      ['part', 'infra/.terraform/modules/part/main.tf'],
      ['part.disk', 'infra/.terraform/modules/part/disk/main.tf'],
    ]);
  });

  test('files of values in the order in which terraform takes them', () => {
    const { variableFiles } = read({
      'main.tf.json': '{}',
      'b.auto.tfvars': '',
      'a.auto.tfvars.json': '{}',
      'terraform.tfvars.json': '{}',
      'terraform.tfvars': '',
      'other.tfvars': '',
    });
    expect(variableFiles.map(({ file }) => file)).toEqual([
      'infra/terraform.tfvars',
      'infra/terraform.tfvars.json',
      'infra/a.auto.tfvars.json',
      'infra/b.auto.tfvars',
    ]);
  });

  test('a link out of the tree is refused as a configuration, and not read as a payload', () => {
    const outside = directoryWith({ 'main.tf': '', 'secret.txt': 'token', 'part/main.tf': '' });
    const inside = directoryWith({ 'main.tf': '', 'payload.txt': 'echo' });
    symlinkSync(join(outside, 'secret.txt'), join(inside, 'link.txt'));
    const { reads } = rootAt(inside, '../infra', nodeFiles);
    const shown = (name: string) => {
      const found = reads?.read(name);
      return found instanceof Uint8Array ? Buffer.from(found).toString() : found;
    };
    expect(shown('../infra/payload.txt')).toBe('echo');
    expect(shown('../infra/nothing.txt')).toBe('absent');
    expect(shown('../infra/link.txt')).toBeUndefined();
    expect(shown(`../${basename(outside)}/secret.txt`)).toBeUndefined();
    symlinkSync(join(outside, 'main.tf'), join(inside, 'more.tf'));
    expect(() => rootAt(inside, 'infra', nodeFiles)).toThrow('infra/more.tf: a link that leads out of the tree');
  });

  test('a module behind a link that leads out of the tree is refused', () => {
    const outside = directoryWith({ 'main.tf': '' });
    const inside = directoryWith({ 'main.tf.json': calling('./part') });
    symlinkSync(outside, join(inside, 'part'));
    expect(() => rootAt(inside, 'infra', nodeFiles)).toThrow('infra/part/main.tf: a link that leads out of the tree');
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
    expect(
      failed(
        await check({ ...files, 'stacks/edge/more.tf': 'resource "hcloud_volume" "x" {\n  location = "ash"\n}\n' }),
      ),
    ).toHaveLength(1);
  });
});
