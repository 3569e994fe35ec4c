import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HcloudProvider } from '@cdktf/provider-hcloud/provider';
import { Server } from '@cdktf/provider-hcloud/server';
import { App, TerraformStack } from 'cdktf';

const root = resolve(__dirname, '../../..');
const home = join(root, 'packages/provider-hcloud');
const generated = join(home, 'generated');
const schema = JSON.parse(readFileSync(join(home, 'schema.json'), 'utf8'));
const provider = schema.provider_schemas['registry.terraform.io/hetznercloud/hcloud'];
const folders = readdirSync(generated).filter((name) => statSync(join(generated, name)).isDirectory());

/** `hcloud_load_balancer` is made into the folder `load-balancer`, its data source into `data-hcloud-load-balancer`. */
const folderOf = (type: string): string => type.replace(/^hcloud_/, '').replaceAll('_', '-');

describe('the generated bindings', () => {
  test('hold 29 resources and 42 data sources, and the provider', () => {
    expect(Object.keys(provider.resource_schemas)).toHaveLength(29);
    expect(Object.keys(provider.data_source_schemas)).toHaveLength(42);
    expect(folders.filter((name) => !name.startsWith('data-') && name !== 'provider')).toHaveLength(29);
    expect(folders.filter((name) => name.startsWith('data-'))).toHaveLength(42);
    expect(folders).toContain('provider');
  });

  test.each(Object.keys(provider.resource_schemas))('the resource %s is a class that knows its type', (type) => {
    const bindings = require(`@cdktf/provider-hcloud/${folderOf(type)}`);
    const types = Object.values<{ tfResourceType?: string }>(bindings).map((member) => member.tfResourceType);
    expect(types).toContain(type);
  });

  test.each(Object.keys(provider.data_source_schemas))('the data source %s is a class that knows its type', (type) => {
    const bindings = require(`@cdktf/provider-hcloud/data-${type.replaceAll('_', '-')}`);
    const types = Object.values<{ tfResourceType?: string }>(bindings).map((member) => member.tfResourceType);
    expect(types).toContain(type);
  });

  test('an attribute called description is an attribute', () => {
    expect(provider.resource_schemas.hcloud_firewall.block.block_types.rule.block.attributes).toHaveProperty(
      'description',
    );
    expect(readFileSync(join(generated, 'firewall/index.d.ts'), 'utf8')).toMatch(/readonly description\?: string;/);
  });

  test('pin the version of the provider in the synthesised output', () => {
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    const stack = new TerraformStack(new App({ skipValidation: true }), 'pinned');
    new HcloudProvider(stack, 'hcloud', {});
    new Server(stack, 'server', { name: 'edge', serverType: 'cx23', image: 'debian-13', location: 'hel1' });
    const { terraform, resource } = stack.toTerraform();
    expect(terraform.required_providers).toEqual({ hcloud: { source: 'hetznercloud/hcloud', version } });
    expect(resource.hcloud_server.server).toMatchObject({ name: 'edge', server_type: 'cx23', location: 'hel1' });
  });

  test('load one file when one resource is imported', () => {
    const script = `require('@cdktf/provider-hcloud/server');
      console.log(Object.keys(require.cache).filter((file) => file.includes('/generated/')).length);`;
    expect(execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' }).trim()).toBe('1');
  });

  test('are not made again when nothing changed', () => {
    const before = statSync(generated).ino;
    execFileSync(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), 'scripts/generate.ts'], { cwd: root });
    expect(statSync(generated).ino).toBe(before);
    expect(readdirSync(home).filter((name) => name.startsWith('generated'))).toEqual(['generated']);
  });
});
