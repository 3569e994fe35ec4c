import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lukko, type Ran } from './packages/cli/fake-ports.ts';

/* Terraform in HCL as people write it, by the whole command: what is proven, at which line, and what is not. */

const root = path.join(__dirname, '..');
const check = (folder: string, ...options: readonly string[]) =>
  lukko(root, ['check', `examples/${folder}`, '--format', 'json', ...options]);

interface Finding {
  readonly rule: string;
  readonly verdict: string;
  readonly address: string;
  readonly message: string;
  readonly file: string;
  readonly line?: number;
  readonly origins?: readonly { readonly file: string; readonly line?: number }[];
}

const findings = ({ out }: Ran): readonly Finding[] =>
  (JSON.parse(out).findings as readonly Finding[]).filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
const of = (ran: Ran, rule: string) =>
  findings(ran)
    .filter((finding) => finding.rule === rule)
    .map(({ verdict, address, message }) => `${verdict} ${address}: ${message}`);
const folders = readdirSync(path.join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'own-rules')
  .flatMap(({ name }) => readdirSync(path.join(root, 'examples', name)).map((inner) => `${name}/${inner}`))
  .filter((folder) => existsSync(path.join(root, 'examples', folder, 'main.tf')));

test.each(folders)('%s: every finding stands at a line of its HCL', async (folder) => {
  const found = findings(await check(folder, '--posture', 'eu-sovereign'));
  for (const { file, line, origins = [] } of found) {
    for (const place of [{ file, line }, ...origins]) {
      const text = readFileSync(path.join(root, place.file), 'utf8').split('\n');
      // What is said of the input as a whole has no line of its own.
      if (place.line !== undefined) expect(text[place.line - 1]?.trim() ?? '').not.toMatch(/^(#|\}|$)/);
    }
  }
  expect(found.filter(({ line }) => line === undefined).map(({ rule }) => rule)).toEqual(
    found.filter(({ address }) => address.endsWith('.tf')).map(({ rule }) => rule),
  );
});

test('SSH opened to the world by `dynamic` over locals is proven', async () => {
  for (const posture of ['recommended', 'eu-sovereign']) {
    const ran = await check('refused/firewall-from-locals', '--posture', posture);
    expect(ran.code).toBe(1);
    expect(of(ran, 'no-world-open-admin-ports')).toEqual([
      'fail hcloud_firewall.web: hcloud_firewall.web opens port 22 (SSH) to the whole internet',
    ]);
  }
});

test('a host inside a template inside a multipart message is found', async () => {
  const ran = await check('refused/payload-from-template', '--posture', 'recommended');
  expect(ran.code).toBe(1);
  expect(of(ran, 'hosts-in-allowed-jurisdictions').filter((one) => one.startsWith('fail'))).toEqual(
    expect.arrayContaining([expect.stringContaining('api.openai.com')]),
  );
});

test('a server before which a firewall is attached from outside is behind a firewall', async () => {
  const ran = await check('passes/firewall-attachment', '--posture', 'recommended');
  expect(ran.code).toBe(0);
  expect(of(ran, 'servers-behind-firewall')).toEqual([]);
});

describe('a conditional that may attach the plain server', () => {
  const encrypted = async (...options: readonly string[]) =>
    of(await check('unproven/plain-or-encrypted', '--posture', 'eu-sovereign', ...options), 'volume-encrypted-at-rest');

  test('is never a pass', async () => {
    expect(await encrypted()).toEqual([
      'unknown hcloud_volume.data: hcloud_volume.data is not shown to be encrypted: not proven that it is attached to one server',
    ]);
    const { code } = await check('unproven/plain-or-encrypted', '--posture', 'recommended');
    expect(code).toBe(0);
  });

  test('is decided by a file of values', async () => {
    const values = (name: string) => ['--var-file', `__tests__/fixtures/variables/${name}.tfvars`];
    expect(await encrypted(...values('encrypted'))).toEqual([]);
    expect(await encrypted(...values('plain'))).toEqual([expect.stringMatching(/^fail hcloud_volume\.data: /)]);
  });
});

test('the same stack in HCL passes as in JSON', async () => {
  const ran = await lukko(path.join(root, 'examples/passes/encrypted-volume-hcl'), ['check', '.']);
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toContain('clean (posture eu-sovereign)');
});

test('many inputs are one judgement, each resource named by where it stands', async () => {
  const { code, out, err } = await lukko(root, [
    'check',
    'examples/passes/firewall-attachment',
    '__tests__/fixtures/same-stack/plan.json',
    '__tests__/fixtures/same-stack/terraform.tfstate',
    'examples/refused/firewall-from-locals',
    '--posture',
    'recommended',
    '--format',
    'json',
  ]);
  const report = JSON.parse(out);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(report.inputs.map(({ file, kind }: { file: string; kind: string }) => `${kind} ${file}`)).toEqual([
    'configuration examples/passes/firewall-attachment/main.tf',
    'plan __tests__/fixtures/same-stack/plan.json',
    'state __tests__/fixtures/same-stack/terraform.tfstate',
    'configuration examples/refused/firewall-from-locals/main.tf',
  ]);
  const failed = (report.findings as Finding[]).filter(
    ({ verdict, rule }) => verdict === 'fail' && rule === 'no-world-open-admin-ports',
  );
  expect(failed.map(({ address }) => address)).toEqual(['examples/refused/firewall-from-locals/hcloud_firewall.web']);
});

test('two inputs that cannot be told apart are refused', async () => {
  const { code, err } = await lukko(root, [
    'check',
    'examples/passes/jump-host',
    'examples/passes/jump-host/main.tf.json',
  ]);
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('same name') });
});
