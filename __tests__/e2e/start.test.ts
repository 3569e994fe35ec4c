import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, copyRepository, environment, filesBelow, findTerraform, run } from './support.ts';

jest.setTimeout(600_000);

const found = findTerraform();
const declared: string[] = [];
const withTerraform = (name: string, body: () => Promise<void>): void => {
  declared.push(name);
  if ('terraform' in found) test(name, body);
};

let copy: ReturnType<typeof copyRepository>;
beforeAll(() => build());
beforeEach(() => {
  copy = copyRepository();
});
afterEach(() => copy.remove());

const start = (extra: Record<string, string> = {}) =>
  run(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], { cwd: copy.root, env: environment(extra) });

describe('npm start', () => {
  test('goes the whole way without terraform, and shows nothing but results in a pipe', async () => {
    const { code, text } = await start({ LUKKO_TERRAFORM: '/no/such/terraform' });
    expect(text.split('\n').filter((line) => /^\[\d\/\d\]/.test(line))).toMatchSnapshot();
    expect(text).toContain('pass eu-sovereign');
    expect(text).toContain('Refused with exit code 1, as it should be.');
    for (const rule of [
      'providers-reach-allowed-jurisdictions',
      'state-backend-in-allowed-jurisdiction',
      'images-from-allowed-registries',
      'locations-in-eu',
    ])
      expect(text).toContain(`error[${rule}]`);
    expect(text).toContain('Left out: neither terraform nor tofu is on PATH.');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and redrawn lines are what must not be there
    expect(text).not.toMatch(/[\u001b\r]/);
    expect(code).toBe(0);
    expect(existsSync(path.join(copy.root, 'evidence-out/report.html'))).toBe(true);
  });

  withTerraform('deploys every stack in the sandbox and destroys it, with nothing left of either', async () => {
    const { code, text } = await start();
    expect(code).toBe(0);
    const lines = text.split('\n').filter((line) => /plan gate: |object/.test(line));
    const stacks = lines.map((line) => /^ {2}(\w+) +(.*?) +plan gate: \d+ pass, 0 fail, 0 unknown/.exec(line));
    expect(stacks.flatMap((match) => (match === null ? [] : [`${match[1]}: ${match[2]}`])).sort()).toMatchSnapshot();
    expect(text).toMatch(/No object is left after/);
    expect(text).toMatch(/lukko observe: \d+ observations, marked sandbox: they count for nothing\./);
    const report = readFileSync(path.join(copy.root, 'evidence-out/report.html'), 'utf8');
    expect(report).toContain('<strong>Sandbox.</strong>');
    expect(text).toContain('0 of 34 observed on a running system');
    expect(filesBelow(copy.root).filter((file) => file.startsWith('.lukko-start'))).toEqual([]);
    expect(filesBelow(path.join(copy.root, 'state'))).toEqual(['example/obligations.json', 'lukko-log.jsonl']);
  });

  withTerraform('says in one line when the provider cannot be found', async () => {
    const nowhere = path.join(copy.root, 'terraformrc');
    writeFileSync(nowhere, 'provider_installation {\n  filesystem_mirror {\n    path = "/no/such/mirror"\n  }\n}\n');
    const { code, text } = await start({ TF_CLI_CONFIG_FILE: nowhere });
    expect(text).toMatch(/\nLeft out: \S+ cannot find the provider hetznercloud\/hcloud \(no network, no mirror\)\./);
    expect(code).toBe(0);
  });

  test('stops with exit 1 when the example does not pass', async () => {
    copy.edit('config/example.yaml', (text) => text.replace('live: hel1', 'live: ash'));
    const { code, text } = await start({ LUKKO_TERRAFORM: '/no/such/terraform' });
    expect(text).toContain('error[locations-in-eu]');
    expect(text).toContain('npm start stopped at step 1 of 5');
    expect(code).toBe(1);
    expect(existsSync(path.join(copy.root, 'evidence-out'))).toBe(false);
  });
});

test('what needs terraform and the provider is run, or named', () => {
  if ('missing' in found)
    console.warn(`not run, since ${found.missing}:\n${declared.map((name) => `  - ${name}`).join('\n')}`);
  expect(declared).toHaveLength(2);
});
