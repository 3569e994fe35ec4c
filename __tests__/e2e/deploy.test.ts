import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type RecordedSandbox, recordedSandbox } from './recorder.ts';
import {
  addAwsProvider,
  build,
  copyRepository,
  environment,
  filesBelow,
  findTerraform,
  onTerminal,
  run,
} from './support.ts';

/*
 * The whole way with the real terraform and the real provider, in the sandbox. Where they cannot be found these
 * tests are not run, and say so by name.
 */

jest.setTimeout(600_000);

const found = findTerraform();
const declared: string[] = [];
const withTerraform = (name: string, body: (terraform: string) => Promise<void>): void => {
  declared.push(name);
  if ('terraform' in found) test(name, () => body(found.terraform));
};

let copy: ReturnType<typeof copyRepository>;
let api: RecordedSandbox;
let env: Record<string, string>;

beforeAll(() => build());
beforeEach(async () => {
  copy = copyRepository();
  api = await recordedSandbox();
  env = environment({ ...api.environment, HCLOUD_TOKEN: '' });
});
afterEach(async () => {
  await api.stop();
  copy.remove();
});

const at = (...parts: string[]) => path.join(copy.root, ...parts);
const deploy = (stacks: readonly string[], extra: Record<string, string> = {}, approve = ['--auto-approve']) =>
  run('npx', ['cdktf', 'deploy', ...stacks, '--parallelism', '1', ...approve], {
    cwd: copy.root,
    env: { ...env, ...extra },
  });
const made = () => api.requests.filter((request) => !request.startsWith('GET '));
const terraformRan = () => filesBelow(at('cdktf.out')).some((file) => file.includes('.terraform/'));
const synth = () => run(process.execPath, ['--import', 'tsx', 'main.ts'], { cwd: copy.root, env });

describe('npx cdktf deploy', () => {
  withTerraform('the example passes both gates, and network, dns and keys are applied', async () => {
    const { code, text } = await deploy(['network', 'dns', 'keys']);
    expect(text).toContain('pass eu-sovereign');
    expect(code).toBe(0);
    expect(filesBelow(at('state/example')).filter((file) => !file.endsWith('.backup'))).toEqual([
      'dns.tfstate',
      'keys.tfstate',
      'network.tfstate',
      'obligations.json',
      'verdicts/dns.json',
      'verdicts/keys.json',
      'verdicts/network.json',
    ]);
    expect(made()).toContain('POST /v1/networks');
    const state = filesBelow(at('state'))
      .map((file) => readFileSync(at('state', file), 'utf8'))
      .join();
    for (const { token } of api.sandbox.projects) expect(state).not.toContain(token);
  });

  withTerraform('a location outside the EU is refused before terraform runs', async () => {
    writeFileSync(
      at('config/ash.yaml'),
      readFileSync(at('config/example.yaml'), 'utf8').replace('live: hel1', 'live: ash'),
    );
    const { code, text } = await deploy(['*'], { LUKKO_CONFIG: 'config/ash.yaml' });
    expect(code).not.toBe(0);
    expect(text).toContain('error[locations-in-eu]');
    expect(text).toMatch(/stacks\/logs\.ts:\d+/);
    expect(text).toMatch(/config\/ash\.yaml:\d+/);
    expect(terraformRan()).toBe(false);
    expect(api.requests).toEqual([]);
  });

  withTerraform('an AWS provider in a stack is refused before terraform runs', async () => {
    addAwsProvider(copy);
    const { code, text } = await deploy(['*']);
    expect(code).not.toBe(0);
    expect(text).toContain('error[providers-reach-allowed-jurisdictions]');
    expect(text).toMatch(/--> stacks\/logs\.ts:\d+/);
    expect(terraformRan()).toBe(false);
    expect(api.requests).toEqual([]);
  });

  withTerraform('without a terminal and without --auto-approve nothing is created', async () => {
    const { code, text } = await deploy(['network'], {}, []);
    expect(text).toContain('there is no terminal to ask on');
    expect(code).not.toBe(0);
    expect(made()).toEqual([]);
  });

  withTerraform('on a terminal cdktf shows the question, and its answer reaches the gate', async () => {
    const line = 'npx cdktf deploy network --parallelism 1';
    const stopped = await onTerminal(
      line,
      [{ when: 'Please review the diff output above', type: ['\u001b[B', '\r'] }],
      { cwd: copy.root, env: { ...env, CI: '' } },
    );
    expect(stopped.text).toContain('Please review the diff output above');
    expect(made()).toEqual([]);
    const applied = await onTerminal(line, [{ when: 'Please review the diff output above', type: ['\r'] }], {
      cwd: copy.root,
      env: { ...env, CI: '' },
    });
    expect(applied.code).toBe(0);
    expect(made()).toContain('POST /v1/networks');
    expect(existsSync(at('state/example/verdicts/network.json'))).toBe(true);
  });
});

describe('the real terraform by hand in cdktf.out/stacks/network', () => {
  const byHand = async (terraform: string, ...args: string[]) => {
    const cwd = at('cdktf.out/stacks/network');
    const own = { ...env, HCLOUD_TOKEN: api.environment.HCLOUD_TOKEN_MAIN ?? '' };
    expect((await run(terraform, ['init', '-input=false', '-no-color'], { cwd, env: own })).code).toBe(0);
    return run(terraform, ['apply', '-auto-approve', '-no-color', ...args], { cwd, env: own });
  };
  const REFUSED = /The synth gate has not passed this cdk\.tf\.json/;

  withTerraform('stops without a verdict', async (terraform) => {
    await synth();
    rmSync(at('cdktf.out/lukko-verdict.json'));
    const { code, text } = await byHand(terraform);
    expect(text.replace(/\s+/g, ' ')).toMatch(REFUSED);
    expect(code).not.toBe(0);
    expect(made()).toEqual([]);
  });

  withTerraform('stops after an edit, with -target too', async (terraform) => {
    await synth();
    const file = at('cdktf.out/stacks/network/cdk.tf.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"hel1"', '"ash"'));
    for (const args of [[], ['-target=hcloud_primary_ip.logs-ipv4']]) {
      const { code, text } = await byHand(terraform, ...args);
      expect(text.replace(/\s+/g, ' ')).toMatch(REFUSED);
      expect(code).not.toBe(0);
    }
    expect(made()).toEqual([]);
  });
});

// A test of its own, so that a run without terraform is never mistaken for a run with it.
test('what needs terraform and the provider is run, or named', () => {
  if ('missing' in found) {
    console.warn(`not run, since ${found.missing}:\n${declared.map((name) => `  - ${name}`).join('\n')}`);
  }
  expect(declared.length).toBeGreaterThan(0);
});
