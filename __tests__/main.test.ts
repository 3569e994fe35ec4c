import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gateVerdict, obligations } from '@lukko/formats';
import { addAwsProvider, copyRepository, environment, filesBelow, run } from './e2e/support.ts';

jest.setTimeout(240_000);

const ALL = ['backups', 'dns', 'edge', 'errors', 'keys', 'logs', 'network'];
let copy: ReturnType<typeof copyRepository>;
beforeEach(() => {
  copy = copyRepository();
});
afterEach(() => copy.remove());

const synth = (extra: Record<string, string> = {}, root = copy.root) =>
  run(process.execPath, ['--import', 'tsx', 'main.ts'], { cwd: root, env: environment(extra) });
const at = (...parts: string[]) => path.join(copy.root, ...parts);
const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const config = (file: string, change: (text: string) => string) => {
  copy.edit('config/example.yaml', change);
  writeFileSync(at(file), readFileSync(at('config/example.yaml')));
};

describe('main.ts on the shipped example', () => {
  test('passes, and writes stacks, manifest, verdict and obligations, each stack with the digest of its bytes', async () => {
    const { code, text } = await synth();
    expect(text).toMatch(
      /^lukko: 7 stacks of the environment example pass eu-sovereign \(\d+ pass, \d+ obligations\) and lie in cdktf\.out\n$/,
    );
    expect(code).toBe(0);
    const locks = existsSync(at('.terraform.lock.hcl'))
      ? ALL.map((stack) => `stacks/${stack}/.terraform.lock.hcl`)
      : [];
    expect(filesBelow(at('cdktf.out'))).toEqual(
      ['lukko-verdict.json', 'manifest.json', ...locks, ...ALL.map((stack) => `stacks/${stack}/cdk.tf.json`)].sort(),
    );
    const verdict = gateVerdict.parse(JSON.parse(readFileSync(at('cdktf.out/lukko-verdict.json'), 'utf8')));
    expect(Object.keys(verdict.stacks).sort()).toEqual(ALL);
    for (const [stack, digest] of Object.entries(verdict.stacks))
      expect(digest).toBe(sha256(at('cdktf.out/stacks', stack, 'cdk.tf.json')));
    expect(verdict).toMatchObject({
      gate: 'synth',
      environment: 'example',
      class: 'production',
      posture: 'eu-sovereign',
    });
    const ledger = obligations.parse(JSON.parse(readFileSync(at('state/example/obligations.json'), 'utf8')));
    expect(ledger.obligations.map(({ rule, address, attribute }) => `${rule} ${address} ${attribute}`)).toMatchSnapshot(
      'obligations of the example',
    );
  });

  test('gives the same bytes in another folder, and names no folder of this machine', async () => {
    const other = copyRepository();
    try {
      await Promise.all([synth(), synth({}, other.root)]);
      const files = filesBelow(at('cdktf.out'));
      expect(files).toEqual(filesBelow(path.join(other.root, 'cdktf.out')));
      for (const file of files) {
        expect(`${file} ${sha256(at('cdktf.out', file))}`).toBe(
          `${file} ${sha256(path.join(other.root, 'cdktf.out', file))}`,
        );
        expect(readFileSync(at('cdktf.out', file), 'utf8')).not.toContain(copy.root);
      }
    } finally {
      other.remove();
    }
  });

  test('a second run keeps when an obligation was first seen, and the hashes the first init added', async () => {
    writeFileSync(
      at('.terraform.lock.hcl'),
      'provider "registry.terraform.io/hetznercloud/hcloud" {\n  version     = "1.68.0"\n  constraints = "1.68.0"\n}\n',
    );
    await synth();
    const ledger = readFileSync(at('state/example/obligations.json'), 'utf8');
    const lock = at('cdktf.out/stacks/network/.terraform.lock.hcl');
    const pinned = readFileSync(lock, 'utf8').replace('\n}', '\n  hashes = [\n    "h1:AAAA=",\n  ]\n}');
    writeFileSync(lock, pinned);
    expect((await synth()).code).toBe(0);
    expect(readFileSync(at('state/example/obligations.json'), 'utf8')).toBe(ledger);
    expect(readFileSync(lock, 'utf8')).toBe(pinned);
    writeFileSync(
      at('.terraform.lock.hcl'),
      readFileSync(at('.terraform.lock.hcl'), 'utf8').replaceAll('1.68.0', '1.69.0'),
    );
    await synth();
    expect(readFileSync(lock, 'utf8')).toBe(readFileSync(at('.terraform.lock.hcl'), 'utf8'));
  });

  test('CDKTF_OUTDIR names another folder', async () => {
    const { code, text } = await synth({ CDKTF_OUTDIR: 'elsewhere/out' });
    expect(text).toContain('lie in elsewhere/out');
    expect(code).toBe(0);
    expect(existsSync(at('elsewhere/out/lukko-verdict.json'))).toBe(true);
    expect(existsSync(at('cdktf.out'))).toBe(false);
  });

  test('without pinned key servers the hosts are left out, each with the reason', async () => {
    const { code, text } = await synth({ LUKKO_CONFIG: 'config/unpinned.yaml' });
    expect(text.replace(/\d+ pass/, 'N pass').replace(/\d+ obligations/, 'N obligations')).toMatchSnapshot();
    expect(code).toBe(0);
    expect(filesBelow(at('cdktf.out')).filter((file) => file.endsWith('cdk.tf.json'))).toEqual([
      'stacks/dns/cdk.tf.json',
      'stacks/keys/cdk.tf.json',
      'stacks/network/cdk.tf.json',
    ]);
  });
});

describe('main.ts refuses', () => {
  test('a location outside the EU: rule, TypeScript line and line of the configuration; nothing is written and no older verdict stays', async () => {
    await synth();
    const before = filesBelow(at('cdktf.out'));
    const stack = sha256(at('cdktf.out/stacks/logs/cdk.tf.json'));
    config('config/ash.yaml', (text) => text.replace('live: hel1', 'live: ash'));
    const line =
      readFileSync(at('config/ash.yaml'), 'utf8')
        .split('\n')
        .findIndex((each) => each.includes('live: ash')) + 1;
    const { code, text } = await synth({ LUKKO_CONFIG: 'config/ash.yaml' });
    expect(code).toBe(1);
    const finding =
      text
        .split('\n\n')
        .find((block) => block.includes('error[locations-in-eu]') && block.includes('logs/hcloud_server')) ?? text;
    expect(finding).toMatch(/--> stacks\/logs\.ts:\d+/);
    expect(finding).toContain(`config/ash.yaml:${line}`);
    expect(text).toContain('lukko: refused: nothing was written to cdktf.out');
    expect(filesBelow(at('cdktf.out'))).toEqual(before.filter((file) => file !== 'lukko-verdict.json'));
    expect(sha256(at('cdktf.out/stacks/logs/cdk.tf.json'))).toBe(stack);
  });

  test('what it refuses at first leaves no folder at all', async () => {
    config('config/ash.yaml', (text) => text.replace('live: hel1', 'live: ash'));
    expect((await synth({ LUKKO_CONFIG: 'config/ash.yaml' })).code).toBe(1);
    expect(existsSync(at('cdktf.out'))).toBe(false);
    expect(existsSync(at('state'))).toBe(false);
  });

  test('an AWS provider in a stack, at its TypeScript line', async () => {
    addAwsProvider(copy);
    const { code, text } = await synth();
    expect(code).toBe(1);
    const finding =
      text.split('\n\n').find((block) => block.includes('error[providers-reach-allowed-jurisdictions]')) ?? text;
    expect(finding).toMatch(/--> stacks\/logs\.ts:\d+/);
    expect(existsSync(at('cdktf.out'))).toBe(false);
  });
});

describe('main.ts cannot read', () => {
  const broken: readonly [string, Record<string, string>, () => void][] = [
    ['a configuration that is not there', { LUKKO_CONFIG: 'config/missing.yaml' }, () => undefined],
    [
      'broken YAML',
      {},
      () => copy.edit('config/example.yaml', (text) => text.replace(/^environment:/m, 'environment: [')),
    ],
    ['an unknown key', {}, () => copy.edit('config/example.yaml', (text) => `${text}\nfirewalls: none\n`)],
    ['a wrong type', {}, () => copy.edit('config/example.yaml', (text) => text.replace('size: 100', 'size: large'))],
    [
      'a lukko.yaml that names a missing file',
      {},
      () => copy.edit('lukko.yaml', (text) => `${text}waivers: missing.yaml\n`),
    ],
    ['HCL output', { SYNTH_HCL_OUTPUT: 'true' }, () => undefined],
    ['a terraform that is not the gate', { TERRAFORM_BINARY_NAME: '/usr/bin/terraform' }, () => undefined],
  ];
  test.each(broken)('%s: exit 2, one message, nothing written', async (_name, extra, change) => {
    mkdirSync(at('cdktf.out'));
    writeFileSync(at('cdktf.out/lukko-verdict.json'), '{}');
    change();
    const { code, text } = await synth(extra);
    expect(text).toMatchSnapshot();
    expect(code).toBe(2);
    expect(filesBelow(at('cdktf.out'))).toEqual([]);
    expect(existsSync(at('state'))).toBe(false);
  });
});
