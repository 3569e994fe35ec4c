import { find } from '../../../packages/cli/src/find.ts';
import { directoryWith, portsAt } from './fake-ports.ts';

const manifest = (stacks: Readonly<Record<string, string>>) =>
  JSON.stringify({
    version: '0.21.0',
    stacks: Object.fromEntries(
      Object.entries(stacks).map(([name, path]) => [name, { name, synthesizedStackPath: path }]),
    ),
  });
const plan = '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{},"resource_changes":[]}';

const found = async (files: Readonly<Record<string, string | Uint8Array>>, target?: string, stdin = '') =>
  find(target, portsAt(directoryWith(files), { stdin: async () => Buffer.from(stdin) }));
const message = async (...args: Parameters<typeof found>) =>
  found(...args).then(
    (result) => `found ${result.kind}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('finds', () => {
  const out = {
    'cdktf.out/manifest.json': manifest({ logs: 'stacks/logs/cdk.tf.json', keys: 'stacks/keys/cdk.tf.json' }),
    'cdktf.out/stacks/logs/cdk.tf.json': '{}',
    'cdktf.out/stacks/keys/cdk.tf.json': '{}',
    'cdktf.out/stacks/gone/cdk.tf.json': '{}',
  };

  test.each([undefined, 'cdktf.out', '.'])('all stacks the manifest names, from %j', async (target) => {
    const result = await found(out, target);
    expect(result.kind === 'cdktf.out' && result.stacks.map(({ stack, file }) => `${stack} ${file}`)).toEqual([
      'logs cdktf.out/stacks/logs/cdk.tf.json',
      'keys cdktf.out/stacks/keys/cdk.tf.json',
    ]);
  });

  test.each(['{"version": "6.3.2"}', 'no JSON', '[]'])(
    '*.tf beside a manifest of something else: %s',
    async (other) => {
      const result = await found({ 'manifest.json': other, 'main.tf': 'locals {}\n' });
      expect(result.kind === 'root' && result.files.map(({ file }) => file)).toEqual(['main.tf']);
    },
  );

  test('the *.tf.json files of a directory as one root module', async () => {
    const result = await found({ 'b.tf.json': '{}', 'a.tf.json': '{}', 'README.md': '' });
    expect(result.kind === 'root' && result.files.map(({ file }) => file)).toEqual(['a.tf.json', 'b.tf.json']);
  });

  test.each([
    ['a configuration', 'cdk.tf.json', '{"resource":{}}', 'root'],
    ['a plan', 'anything', plan, 'plan'],
    ['a plan with a byte order mark', 'plan.json', `\uFEFF${plan}`, 'plan'],
    ['a plan in UTF-16', 'plan.json', Buffer.from(`\uFEFF${plan}`, 'utf16le'), 'plan'],
    ['a plan in UTF-16 without a mark', 'plan.json', Buffer.from(plan, 'utf16le'), 'plan'],
    ['a plan in UTF-16, the other way round', 'plan.json', Buffer.from(`\uFEFF${plan}`, 'utf16le').swap16(), 'plan'],
    ['a binary plan', 'tfplan', Buffer.from('PK\u0003\u0004rest'), 'plan'],
    ['a state file', 'any', '{"version": 4, "serial": 1, "resources": []}', 'state'],
    ['a state as JSON', 'any', '{"format_version": "1.0", "values": {"root_module": {}}}', 'state'],
    [
      'a configuration that speaks of versions',
      'a.tf.json',
      '{"locals": {"version": 4, "format_version": "1"}}',
      'root',
    ],
    ['one file in HCL', 'main.tf', 'locals {}\n', 'root'],
    [
      'a plan whose version stands late',
      'plan.json',
      `{"resource_changes":[],${' '.repeat(9000)}"format_version":"1.2"}`,
      'plan',
    ],
  ])('%s by what stands in the file', async (_, name, text, kind) => {
    expect((await found({ [name]: text }, name)).kind).toBe(kind);
  });

  test('HCL on standard input', async () => {
    expect(await found({}, '-', '# servers\nresource "hcloud_server" "a" {\n}\n')).toMatchObject({ kind: 'root' });
  });

  test('a plan on standard input', async () => {
    expect(await found({}, '-', plan)).toMatchObject({ kind: 'plan', plan: { file: 'standard input' } });
  });
});

describe('says what is missing', () => {
  test.each<readonly [string, Parameters<typeof found>]>([
    ['an empty directory', [{}]],
    ['no such path', [{}, 'nowhere']],
    ['an empty file', [{ 'plan.json': '' }, 'plan.json']],
    ['nothing on standard input', [{}, '-']],
    ['text that is not JSON', [{ 'plan.json': 'Terraform will perform' }, 'plan.json']],
    ['text on standard input that is no HCL', [{}, '-', 'Terraform will perform']],
    ['a manifest that is no JSON', [{ 'manifest.json': '{' }]],
    ['a manifest of something else', [{ 'manifest.json': '{"name":"a web app"}' }]],
    ['a manifest without stacks', [{ 'manifest.json': manifest({}) }]],
    [
      'a manifest that names a stack that is missing',
      [{ 'manifest.json': manifest({ logs: 'stacks/logs/cdk.tf.json' }) }],
    ],
    ['a manifest that leads outside', [{ 'manifest.json': manifest({ logs: '../../etc/passwd' }) }]],
    ['a manifest that is not UTF-8', [{ 'manifest.json': Buffer.from([0x7b, 0xff, 0xfe]) }]],
  ])('%s', async (_, args) => {
    expect(await message(...args)).toMatchSnapshot();
  });
});
