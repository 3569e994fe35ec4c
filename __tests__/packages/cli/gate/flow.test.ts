import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gateVerdict, obligations } from '@lukko/formats';
import { build, type Ended, environment, onTerminal, repository, run, tokens } from '../../../e2e/support.ts';
import { unzip } from '../../../e2e/unzip.ts';

/*
 * The gate as a program, with a terraform that only plays back a plan recorded with the real one: every machine can run these.
 */

jest.setTimeout(60_000);

const gate = path.join(repository, 'packages', 'cli', 'dist', 'terraform-gate.js');
const recorded = path.join(repository, '__tests__', 'fixtures', 'plans', 'own-network');
const loopback = { HCLOUD_ENDPOINT: 'http://127.0.0.1:9/v1', HETZNER_ENDPOINT: 'http://127.0.0.1:9/v1' };

/** Writes what it was called with and what it sees, and answers from files beside it. `apply` runs until `finish` exists, where `slow` does. */
const PLAYBACK = `#!/bin/bash
here="$(cd "$(dirname "$0")" && pwd)"
echo "$*" >> "$here/calls"
case "$1" in
  version) echo '{"terraform_version":"1.11.4"}' ;;
  output) cat "$here/outputs.json" ;;
  plan)
    env | cut -d= -f1 | sort > "$here/environment"
    echo '  + label = "Do you want to perform these actions?"'
    for argument; do case "$argument" in -out=*) cp "$here/plan.tfplan" "\${argument#-out=}"; stat -c %a "$(dirname "\${argument#-out=}")" > "$here/mode" ;; esac; done ;;
  show)
    cat "$here/plan.json"
    if [ -e "$here/swap" ]; then echo another > "\${@: -1}"; fi ;;
  apply)
    trap 'echo INT >> "$here/signals"' INT
    trap 'echo TERM >> "$here/signals"' TERM
    cp "\${@: -1}" "$here/applied"
    echo started >> "$here/signals"
    while [ -e "$here/slow" ] && [ ! -e "$here/finish" ]; do echo working; sleep 0.1; done
    echo done >> "$here/signals" ;;
esac
`;

let root: string;
let folder: string;
let fake: string;

beforeAll(() => build());
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'lukko-flow-'));
  folder = path.join(root, 'cdktf.out', 'stacks', 'network');
  fake = path.join(root, 'real');
  mkdirSync(path.join(folder, '.terraform'), { recursive: true });
  mkdirSync(fake);
  for (const name of ['lukko.yaml', 'register.yaml', 'approvers', 'claims.yaml'])
    copyFileSync(path.join(repository, name), path.join(root, name));
  cpSync(path.join(repository, 'config'), path.join(root, 'config'), { recursive: true });
  for (const name of ['plan.json', 'plan.tfplan']) copyFileSync(path.join(recorded, name), path.join(fake, name));
  writeFileSync(path.join(fake, 'terraform'), PLAYBACK);
  chmodSync(path.join(fake, 'terraform'), 0o755);
  writeFileSync(path.join(fake, 'outputs.json'), '{}');
  // The configuration is the one the plan was made from.
  const configuration =
    unzip(readFileSync(path.join(recorded, 'plan.tfplan'))).get('tfconfig/m-/cdk.tf.json') ?? Buffer.alloc(0);
  writeFileSync(path.join(folder, 'cdk.tf.json'), configuration);
  writeFileSync(
    path.join(folder, '.terraform', 'terraform.tfstate'),
    JSON.stringify({
      backend: { type: 'local', config: { path: '../../../state/example/network.tfstate', workspace_dir: null } },
    }),
  );
  const sha256 = createHash('sha256').update(configuration).digest('hex');
  writeFileSync(
    path.join(root, 'cdktf.out', 'lukko-verdict.json'),
    JSON.stringify({
      schemaVersion: 1,
      gate: 'synth',
      environment: 'example',
      class: 'production',
      posture: 'eu-sovereign',
      policy: '0'.repeat(64),
      stacks: { network: sha256 },
      obligations: [],
    }),
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const env = (extra: Record<string, string> = {}) =>
  environment({ ...loopback, ...tokens, LUKKO_TERRAFORM: path.join(fake, 'terraform'), TMPDIR: root, ...extra });
const terraform = (args: readonly string[], extra?: Record<string, string>): Promise<Ended> =>
  run(process.execPath, [gate, ...args], { cwd: folder, env: env(extra) });
const seen = (name: string) => (existsSync(path.join(fake, name)) ? readFileSync(path.join(fake, name), 'utf8') : '');
const calls = () =>
  seen('calls')
    .replaceAll(root, '<root>')
    .replaceAll(/lukko-gate-\w+/g, 'lukko-gate-x');
const leftovers = () => readdirSync(root).filter((name) => name.startsWith('lukko-gate-'));
const until = async (done: () => boolean) => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('apply', () => {
  test('plans to a file, judges it, applies that very file, and leaves a verdict and nothing else', async () => {
    const { code, text } = await terraform(['apply', '-auto-approve', '-no-color', '-parallelism=4']);
    expect(text).toContain('Do·you·want·to·perform·these·actions?');
    expect(code).toBe(0);
    expect(calls()).toMatchSnapshot();
    expect(readFileSync(path.join(fake, 'applied')).equals(readFileSync(path.join(fake, 'plan.tfplan')))).toBe(true);
    expect(seen('mode')).toBe('700\n');
    expect(leftovers()).toEqual([]);
    const verdict = gateVerdict.parse(
      JSON.parse(readFileSync(path.join(root, 'state/example/verdicts/network.json'), 'utf8')),
    );
    expect(verdict).toMatchObject({
      gate: 'plan',
      environment: 'example',
      plan: {
        command: 'apply',
        endpoints: [loopback.HCLOUD_ENDPOINT],
        backend: 'local ../../../state/example/network.tfstate',
        terraform: '1.11.4',
        waivers: [],
      },
    });
    expect(verdict.plan?.sha256).toBe(
      createHash('sha256')
        .update(readFileSync(path.join(fake, 'plan.tfplan')))
        .digest('hex'),
    );
    obligations.parse(JSON.parse(readFileSync(path.join(root, 'state/example/obligations.json'), 'utf8')));
  });

  test('destroy plans the removal, judges it, and applies it', async () => {
    const removal = path.join(recorded, '..', 'own-network-destroy');
    for (const name of ['plan.json', 'plan.tfplan']) copyFileSync(path.join(removal, name), path.join(fake, name));
    const { code } = await terraform(['destroy', '-auto-approve', '-no-color']);
    expect(code).toBe(0);
    expect(calls()).toContain('plan -input=false -out=<root>/lukko-gate-x/plan -destroy -no-color');
    expect(JSON.parse(readFileSync(path.join(root, 'state/example/verdicts/network.json'), 'utf8'))).toMatchObject({
      plan: { command: 'destroy' },
    });
  });

  test('terraform sees the allow-list and no token of another project', async () => {
    await terraform(['apply', '-auto-approve'], {
      TF_LOG: 'TRACE',
      TF_VAR_x: '1',
      SECRET_OF_CI: 'x',
      AWS_PROFILE: 'x',
    });
    const names = seen('environment').split('\n');
    for (const name of [
      'TF_LOG',
      'TF_VAR_x',
      'SECRET_OF_CI',
      'AWS_PROFILE',
      'HCLOUD_TOKEN_MAIN',
      'HCLOUD_TOKEN_KEYS',
      'LUKKO_TERRAFORM',
    ])
      expect(names).not.toContain(name);
    for (const name of ['PATH', 'HCLOUD_TOKEN', 'HCLOUD_ENDPOINT', 'CHECKPOINT_DISABLE']) expect(names).toContain(name);
  });

  test('a plan that breaks a rule is not applied', async () => {
    const plan = path.join(fake, 'plan.json');
    writeFileSync(plan, readFileSync(plan, 'utf8').replaceAll('"location":"hel1"', '"location":"ash"'));
    const { code, text } = await terraform(['apply', '-auto-approve', '-no-color']);
    expect(text).toContain('locations-in-eu');
    expect(text).toContain('lukko: refused: the plan of stack network fails the policy, nothing was applied');
    expect(code).toBe(1);
    expect(calls()).not.toMatch(/^apply/m);
    expect(existsSync(path.join(root, 'state'))).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  test('a plan of another configuration than the judged one is not applied', async () => {
    for (const name of ['plan.json', 'plan.tfplan'])
      copyFileSync(path.join(recorded, '..', 'own-dns', name), path.join(fake, name));
    const { code, text } = await terraform(['apply', '-auto-approve']);
    expect(text).toContain('was made from another configuration than the one that was judged');
    expect(code).toBe(1);
    expect(calls()).not.toMatch(/^apply/m);
  });

  test('a plan that somebody changes after it was judged is not applied', async () => {
    writeFileSync(path.join(fake, 'swap'), '');
    const { code, text } = await terraform(['apply', '-auto-approve']);
    expect(text).toContain('the plan of stack network was changed on disk after it was judged, nothing was applied');
    expect(code).toBe(1);
    expect(calls()).not.toMatch(/^apply/m);
    expect(existsSync(path.join(root, 'state/example/verdicts'))).toBe(false);
  });

  test('a plan that cannot be read is not applied', async () => {
    writeFileSync(path.join(fake, 'plan.json'), '{"format_version":"9.0"}');
    const { code, text } = await terraform(['apply', '-auto-approve']);
    expect(text).toContain('lukko: refused');
    expect(code).toBe(1);
    expect(calls()).not.toMatch(/^apply/m);
    expect(leftovers()).toEqual([]);
  });

  test.each<[string, readonly string[], Record<string, string>, () => void, RegExp]>([
    ['without a terminal and without -auto-approve', ['apply'], {}, () => undefined, /there is no terminal to ask on/],
    ['with -target', ['apply', '-auto-approve', '-target=hcloud_network.private'], {}, () => undefined, /with -target/],
    [
      'after an edit',
      ['apply', '-auto-approve'],
      {},
      () => writeFileSync(path.join(folder, 'cdk.tf.json'), '{}'),
      /changed after the synth gate/,
    ],
    [
      'without a verdict',
      ['apply', '-auto-approve'],
      {},
      () => rmSync(path.join(root, 'cdktf.out/lukko-verdict.json')),
      /no gate has let stack network pass/,
    ],
    [
      'with fixtures at the real API',
      ['apply', '-auto-approve'],
      { HCLOUD_ENDPOINT: '', HETZNER_ENDPOINT: '' },
      () => undefined,
      /holds the example's ssh-user-ca/,
    ],
    [
      'with one token for two projects',
      ['apply', '-auto-approve'],
      { HCLOUD_TOKEN_KEYS: tokens.HCLOUD_TOKEN_MAIN },
      () => undefined,
      /the same token/,
    ],
    [
      'with the state of another environment',
      ['apply', '-auto-approve'],
      {},
      () => writeFileSync(path.join(fake, 'outputs.json'), '{"lukko_environment":{"value":"dr"}}'),
      /belongs to the environment "dr"/,
    ],
    [
      'with another backend',
      ['apply', '-auto-approve'],
      {},
      () =>
        writeFileSync(
          path.join(folder, '.terraform/terraform.tfstate'),
          '{"backend":{"type":"local","config":{"path":"x"}}}',
        ),
      /another backend/,
    ],
    [
      'with TF_CLI_ARGS_apply',
      ['apply', '-auto-approve'],
      { TF_CLI_ARGS_apply: '-target=x' },
      () => undefined,
      /TF_CLI_ARGS_apply is set/,
    ],
  ])('%s it refuses before anything is planned', async (_name, args, extra, change, message) => {
    change();
    const { code, text } = await terraform(args, extra);
    expect(text).toMatch(message);
    expect(code).toBe(1);
    expect(calls()).not.toMatch(/^(plan|apply)/m);
  });
});

describe('on a terminal', () => {
  const line = `'${process.execPath}' '${gate}' apply -no-color`;
  const question = 'Do you want to perform these actions? Type yes to go on, anything else stops.';

  test('it asks in the words cdktf knows, and yes applies', async () => {
    const { code, text } = await onTerminal(line, [{ when: question, type: ['yes\r'] }], { cwd: folder, env: env() });
    expect(text).toContain('stack network of the environment example, at http://127.0.0.1:9/v1');
    expect(code).toBe(0);
    expect(calls()).toMatch(/^apply/m);
  });

  test.each([
    ['no', 'no\r'],
    ['an end of input', '\u0004'],
    ['an interrupt', '\u0003'],
  ])('%s stops, and nothing stays', async (_name, type) => {
    const { code } = await onTerminal(line, [{ when: question, type: [type] }], { cwd: folder, env: env() });
    expect(code).not.toBe(0);
    expect(calls()).not.toMatch(/^apply/m);
    expect(leftovers()).toEqual([]);
    expect(existsSync(path.join(root, 'state'))).toBe(false);
  });

  test('a terminal that only cdktf made, while cdktf itself stands in a pipe, is none', async () => {
    // What cdktf does: a process without a terminal that gives terraform one.
    const cdktf = `
      const pty = require('node:module').createRequire(require.resolve('cdktf-cli/package.json'))('@cdktf/node-pty-prebuilt-multiarch');
      const terminal = pty.spawn(process.execPath, [${JSON.stringify(gate)}, 'apply', '-no-color'], { env: process.env, cwd: ${JSON.stringify(folder)} });
      terminal.onData((data) => process.stdout.write(data));
      terminal.onExit(({ exitCode }) => process.exit(exitCode));`;
    const { code, text } = await run(process.execPath, ['-e', cdktf], { cwd: repository, env: env() });
    expect(text).toContain('there is no terminal to ask on');
    expect(code).toBe(1);
    expect(calls()).not.toMatch(/^plan/m);
  });
});

describe('while terraform applies', () => {
  let child: ChildProcess;
  const start = async () => {
    writeFileSync(path.join(fake, 'slow'), '');
    child = spawn(process.execPath, [gate, 'apply', '-auto-approve', '-no-color'], {
      cwd: folder,
      env: env(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout?.resume();
    child.stderr?.resume();
    await until(() => seen('signals').includes('started'));
  };
  const ended = () => new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));

  test.each([
    ['SIGINT', 'INT'],
    ['SIGTERM', 'TERM'],
    ['SIGHUP', 'TERM'],
  ] as const)('%s reaches it once, and it is waited for', async (signal, name) => {
    await start();
    child.kill(signal);
    await until(() => seen('signals').includes(name));
    expect(child.exitCode).toBeNull();
    writeFileSync(path.join(fake, 'finish'), '');
    expect(await ended()).toBe(0);
    expect(seen('signals')).toBe(`started\n${name}\ndone\n`);
    expect(leftovers()).toEqual([]);
  });

  test('a reader that goes away does not end it', async () => {
    await start();
    child.stdout?.destroy();
    child.stderr?.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    writeFileSync(path.join(fake, 'finish'), '');
    await ended();
    expect(seen('signals')).toBe('started\ndone\n');
    expect(leftovers()).toEqual([]);
  });
});

test('a verb that is passed on keeps its exit code', async () => {
  writeFileSync(path.join(fake, 'terraform'), '#!/bin/bash\nexit 7\n');
  expect((await terraform(['output', '-json'])).code).toBe(7);
});

test('a gate that is not built says so', async () => {
  const bin = path.join(root, 'packages', 'terraform-bin', 'terraform.js');
  mkdirSync(path.dirname(bin), { recursive: true });
  copyFileSync(path.join(repository, 'packages/terraform-bin/terraform.js'), bin);
  const { code, text } = await run(process.execPath, [bin, 'version'], { cwd: root, env: env() });
  expect(text).toMatchSnapshot();
  expect(code).toBe(1);
});
