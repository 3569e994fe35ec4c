import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { nodeFiles } from '../../../packages/cli/src/ports/node.ts';
import { directoryWith, lukko } from './fake-ports.ts';

const recorded = path.join(__dirname, '../../fixtures/plans/foreign-loops');
const planText = readFileSync(path.join(recorded, 'plan.json'), 'utf8');
const planFile = readFileSync(path.join(recorded, 'plan.tfplan'));
const plan = (changes: object) => JSON.stringify({ ...JSON.parse(planText), ...changes });
const change = (inner: object) =>
  plan({
    resource_changes: [{ address: 'a.b', mode: 'managed', type: 'hcloud_server', name: 'b', change: inner }],
  });
const server = (text: string) => `{"resource": {"hcloud_server": {"a": ${text}}}}`;
const manifest = (stacks: object) => JSON.stringify({ version: '0.21.0', stacks });
const at = (file: string) => manifest({ a: { name: 'a', synthesizedStackPath: file } });

/** What `lukko check input` is given, by what is wrong with it. */
const inputs: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  'an empty file': { input: '' },
  'a plan that is cut off': { input: planText.slice(0, 12_000) },
  'a configuration that is cut off': { 'input/main.tf.json': '{"resource": {' },
  'a key that stands twice in a configuration': { 'input/main.tf.json': server('{\n"name": "a",\n"name": "b"}') },
  'a key that stands twice in a plan': {
    input: `{"format_version": "1.2",\n"resource_changes": [],\n"resource_changes": []}`,
  },
  'a key that stands twice deep in a plan': {
    input: planText.replaceAll('"location":"hel1"', '"location":"ash","location":"hel1"'),
  },
  'a key that stands twice in values of variables': {
    'input/main.tf.json': server('{}'),
    'input/terraform.tfvars.json': '{"place": "ash",\n"place": "hel1"}',
  },
  'UTF-16 that is cut off': { input: Buffer.from(`\ufeff${planText}`, 'utf16le').subarray(0, 1001) },
  'a plan of a newer format': { input: plan({ format_version: '2.0' }) },
  'a plan that ended with an error': { input: plan({ errored: true }) },
  'a plan without a resource': { input: plan({ resource_changes: [] }) },
  'a plan whose only target is nothing': { input: plan({ resource_changes: null, complete: false }) },
  'a plan with an action nobody knows': { input: change({ actions: ['explode'], after: {} }) },
  'a plan with text where an object belongs': { input: change({ actions: ['create'], after: 'x' }) },
  'a plan with nothing after a creation': { input: change({ actions: ['create'], after: null }) },
  'a plan whose configuration is text': { input: plan({ configuration: 'x' }) },
  'a plan whose providers are a list': { input: plan({ configuration: { provider_config: [null] } }) },
  'a plan with a provider of null': { input: plan({ configuration: { provider_config: { hcloud: null } } }) },
  'a plan whose declared resources are an object': {
    input: plan({ configuration: { root_module: { resources: {} } } }),
  },
  'a plan with a declared resource of null': { input: plan({ configuration: { root_module: { resources: [null] } } }) },
  'a plan with a module call of null': {
    input: plan({ configuration: { root_module: { module_calls: { a: null } } } }),
  },
  'a plan nested 100,000 deep': {
    input: `{"format_version": "1.2", "resource_changes": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
  },
  'a configuration nested 100,000 deep': {
    'input/main.tf.json': `{"locals": {"a": ${'['.repeat(1e5)}${']'.repeat(1e5)}}}`,
  },
  'a state without a resource': { input: '{\n  "version": 4,\n  "terraform_version": "1.11.4",\n  "resources": []\n}' },
  'a state as JSON without a resource': {
    input: '{"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}',
  },
  'a state of Terraform 0.11': { input: '{"version": 3, "serial": 1, "lineage": "x", "modules": []}' },
  'a state of a newer version': { input: '{"version": 5, "terraform_version": "2.0.0", "resources": []}' },
  'a state of a newer format': { input: '{"format_version": "2.0", "values": {"root_module": {}}}' },
  'a state whose resource has no type': { input: '{"version": 4, "resources": [{"mode": "managed", "name": "a"}]}' },
  'a state whose instance is text': {
    input: '{"version": 4, "resources": [{"mode": "managed", "type": "a", "name": "a", "instances": ["x"]}]}',
  },
  'HCL that is cut off': { 'input/main.tf': 'resource "hcloud_server" "a" {\n  name = "a"\n' },
  'HCL with an argument that stands twice': { 'input/main.tf': 'locals {\n  a = 1\n  a = 2\n}\n' },
  'HCL with a text that is not closed': { 'input/main.tf': 'locals {\n  a = "b\n}\n' },
  'HCL with a heredoc that is not closed': { 'input/main.tf': 'locals {\n  a = <<EOT\nb\n}\n' },
  'HCL nested 100,000 deep': { 'input/main.tf': `locals {\n  a = ${'['.repeat(1e5)}${']'.repeat(1e5)}\n}\n` },
  'blocks nested 100,000 deep': { 'input/main.tf': `${'a {\n'.repeat(1e5)}${'}\n'.repeat(1e5)}` },
  'a resource that is declared twice in HCL': {
    'input/main.tf': 'resource "hcloud_server" "a" {}\n',
    'input/more.tf': '\nresource "hcloud_server" "a" {}\n',
  },
  'HCL that is not UTF-8': { 'input/main.tf': Buffer.from([0x61, 0x20, 0x3d, 0x20, 0x22, 0xff, 0x22]) },
  'values in HCL that are cut off': { 'input/main.tf': server('{}').slice(0, 0), 'input/terraform.tfvars': 'a = [' },
  'a zip archive': { input: Buffer.from(zipSync({ 'notes.txt': Buffer.from('no plan') })) },
  'only a module that is not there': { 'input/main.tf.json': '{"module": {"a": {"source": "team/servers/hcloud"}}}' },
  'an output without stacks': { 'input/manifest.json': manifest({}) },
  'an output whose stack lies outside': { 'input/manifest.json': at('../outside/cdk.tf.json') },
  'an output whose stack lies at the root': { 'input/manifest.json': at('/outside/cdk.tf.json') },
  'an output whose stack is missing': { 'input/manifest.json': at('stacks/a/cdk.tf.json') },
  'a manifest of something else': { 'input/manifest.json': '{"name": "App"}' },
};

test.each(Object.entries(inputs))('%s ends in exit 2, one message, nothing written', async (_, files) => {
  const directory = directoryWith(files);
  const ran = await lukko(directory, ['check', 'input', '--output', 'report.txt']);
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toMatchSnapshot();
  const exported = await lukko(directory, ['evidence', 'export', 'input', '--out', 'evidence']);
  expect(exported).toEqual({ code: 2, out: '', err: ran.err });
  expect(nodeFiles.list(directory)).toEqual(['input']);
});

/** What lukko.yaml and the files it names are given. */
const policies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a file above': { 'lukko.yaml': 'schemaVersion: 1\nposture: eu-sovereign\nregister: ../register.yaml\n' },
  'a file at the root': { 'lukko.yaml': 'schemaVersion: 1\nposture: eu-sovereign\nwaivers: /waivers.yaml\n' },
  'a directory': { 'lukko.yaml': 'schemaVersion: 1\nposture: eu-sovereign\nwaivers: input\n' },
  'approvers that cannot be read': {
    'lukko.yaml': 'schemaVersion: 1\nposture: eu-sovereign\napprovers: approvers\n',
    approvers: '# who\nanna\n',
  },
  'a waiver that stands twice': {
    'lukko.yaml': 'schemaVersion: 1\nposture: eu-sovereign\nwaivers: waivers.yaml\n',
    'waivers.yaml': `schemaVersion: 1\nwaivers:${'\n  - {id: a, rule: x, address: y, reason: because of it, owner: anna, approver: board, expires: 2030-01-31}'.repeat(2)}\n`,
  },
};

test.each(Object.entries(policies))('lukko.yaml that names %s ends in exit 2', async (_, files) => {
  const directory = directoryWith({ ...files, 'input/main.tf.json': server('{"location": "hel1"}') });
  const ran = await lukko(directory, ['check', 'input', '--config', 'lukko.yaml']);
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toMatchSnapshot();
});

test('links in a circle are a message, not a fault', async () => {
  const directory = directoryWith({});
  symlinkSync('input', path.join(directory, 'input'));
  expect(await lukko(directory, ['check', 'input'])).toEqual({
    code: 2,
    out: '',
    err: 'error: input: cannot be read: too many symbolic links; name another, or mend it\n',
  });
});

test.each([
  ['something that is no plan file', { 'p.tfplan': '{}' }],
  ['a zip archive cut off', { 'p.tfplan': planFile.subarray(0, planFile.length / 2) }],
  ['nothing', {}],
])('--source that names %s ends in exit 2', async (_, files) => {
  const ran = await lukko(directoryWith({ ...files, input: planText }), ['check', 'input', '--source', 'p.tfplan']);
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toMatchSnapshot();
});

test('names with controls in them are escaped in what a terminal shows', async () => {
  const name = 'a\u001b[31m\nclean\u202e';
  const text = JSON.stringify({ resource: { hcloud_server: { [name]: { name, location: name, server_type: name } } } });
  const { out } = await lukko(directoryWith({ 'input/main.tf.json': text }), ['check', 'input']);
  expect(out).toContain('\\u{1b}[31m\\u{a}clean\\u{202e}');
  expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(out).not.toMatch(/^clean/m);
});

test('names of the prototype are names', async () => {
  const text =
    '{"resource": {"hcloud_server": {"__proto__": {"location": "ash"}, "constructor": {"location": "ash", "__proto__": 1}}}}';
  const { code, out } = await lukko(directoryWith({ 'input/main.tf.json': text }), [
    'check',
    'input',
    '--format',
    'json',
  ]);
  const { findings } = JSON.parse(out) as { findings: { rule: string; verdict: string; address: string }[] };
  const refused = findings.filter(({ rule, verdict }) => rule === 'locations-in-eu' && verdict === 'fail');
  expect([code, refused.map(({ address }) => address)]).toEqual([
    1,
    ['hcloud_server.__proto__', 'hcloud_server.constructor'],
  ]);
});

test('a report that cannot be printed is no verdict', () => {
  const full = '/dev/full';
  expect(existsSync(full)).toBe(process.platform === 'linux');
  const directory = directoryWith({ 'main.tf.json': server('{"location": "hel1"}') });
  const main = path.join(__dirname, '../../../packages/cli/src/main.ts');
  const ran = spawnSync(process.execPath, ['--import', 'tsx', main, 'check', directory], {
    cwd: path.join(__dirname, '../../..'),
    encoding: 'utf8',
    stdio: ['ignore', existsSync(full) ? openSync(full, 'w') : 'ignore', 'pipe'],
  });
  expect([ran.status, ran.stderr.replace(/^npm warn.*\n/gm, '')]).toEqual(
    existsSync(full)
      ? [2, 'error: standard output cannot be written: no space left; write to a file with --output\n']
      : [0, expect.any(String)],
  );
});

test('an export is not written into a directory that cannot be written', async () => {
  const directory = directoryWith({ 'input/main.tf.json': server('{"location": "hel1"}'), 'closed/file': '' });
  chmodSync(path.join(directory, 'closed'), 0o500);
  const { code, err } = await lukko(directory, ['evidence', 'export', 'input', '--out', 'closed']);
  expect([code, err]).toEqual([
    2,
    'error: closed: the export cannot be written: it holds file, which is not ours to replace; name another directory with --out\n',
  ]);
});
