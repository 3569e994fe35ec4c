import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type RunningSandbox, startSandbox } from '../../packages/cli/src/sandbox/start.ts';
import { build, copyRepository, environment, findTerraform, inStack, repository, run } from './support.ts';

/*
 * A bad day at Hetzner, with the real terraform, the real provider and cdktf: what the provider can bridge is bridged, what it cannot
 * stops the run, and running it again finishes. Where they cannot be found this is not run, and says so by name.
 */

jest.setTimeout(900_000);

const found = findTerraform();
const declared: string[] = [];
const withTerraform = (name: string, body: () => Promise<void>): void => {
  declared.push(name);
  if ('terraform' in found) test(name, body);
};

const STACKS = ['network', 'keys', 'logs'];
/** Struck in this order of severity: asked again by the provider; one run stopped each; an action that fails later. */
const FAULTS = [
  'rate_limit_exceeded,probability=0.05,times=8',
  'bad_gateway,probability=0.05,times=8',
  'locked,on=attach_volume_to_server,times=2',
  'delay:300,probability=0.05,times=10',
  'server_error,on=POST /placement_groups,times=1',
  'resource_unavailable,on=create_server,times=1,after=3',
  'fail:action_failed,on=rebuild_server_from_image,times=1',
];
/** Three faults of those stop a run: the fourth goes through. */
const RUNS = 4;

let copy: ReturnType<typeof copyRepository>;
let sandbox: RunningSandbox;
let env: Record<string, string>;

beforeAll(async () => {
  if ('missing' in found) return;
  build();
  copy = copyRepository();
  copyFileSync(path.join(repository, 'config/example.yaml'), path.join(copy.root, 'config/life.yaml'));
  sandbox = await startSandbox(
    {
      projects: ['main', 'keys'],
      port: 0,
      speed: Number.POSITIVE_INFINITY,
      rateLimit: 1_000_000,
      faults: FAULTS,
      seed: 'a bad day',
    },
    Date.now,
  );
  env = environment({ ...sandbox.environment, LUKKO_CONFIG: 'config/life.yaml', HCLOUD_TOKEN: '' });
});
afterAll(async () => {
  if ('missing' in found) return;
  await sandbox.stop();
  copy.remove();
});

/** Deploys until it goes through. @returns the exit codes of the runs. */
async function deploy(stacks: readonly string[]): Promise<readonly number[]> {
  const codes: number[] = [];
  const args = ['deploy', ...stacks, '--parallelism', '1', '--auto-approve'];
  while (codes.length < RUNS) {
    const { code } = await run('cdktf', args, { cwd: copy.root, env });
    codes.push(code);
    if (code === 0) break;
  }
  return codes;
}
async function expectNothingToDo(stack: string): Promise<void> {
  const cwd = path.join(copy.root, 'cdktf.out/stacks', stack);
  const { text } = await run('terraform', ['plan', '-input=false', '-no-color'], { cwd, env });
  expect(`${stack}: ${text}`).toContain('No changes.');
}

describe('a bad day', () => {
  withTerraform('a deploy that was stopped is finished by the next, and nothing is there twice', async () => {
    const codes = await deploy(STACKS);
    expect(codes.at(-1)).toBe(0);
    // At least the placement group stopped one.
    expect(codes.length).toBeGreaterThan(1);
    for (const stack of STACKS) await expectNothingToDo(stack);
    const headers = { authorization: `Bearer ${sandbox.environment.HCLOUD_TOKEN_MAIN}` };
    const url = `${sandbox.environment.HCLOUD_ENDPOINT}/servers?per_page=50`;
    const { servers } = (await (await fetch(url, { headers })).json()) as { servers: { name: string }[] };
    expect(servers.map(({ name }) => name)).toEqual(['lukko-example-logs']);
  });

  withTerraform('a rebuild that Hetzner could not finish stops the deploy, and the next one rebuilds', async () => {
    copy.edit('config/life.yaml', (text) => text.replace(/audit: \d+/, 'audit: 401'));
    const logs = () => inStack('apply', 'logs', { cwd: copy.root, env });
    expect([(await logs()).code, (await logs()).code]).toEqual([1, 0]);
    const steps = readFileSync(path.join(copy.root, 'state/example/hosts.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { step: string; outcome: string })
      .filter(({ step }) => step === 'rebuild')
      .map(({ outcome }) => outcome);
    expect(steps).toEqual(['begun', 'failed', 'begun', 'done']);
    await expectNothingToDo('logs');
  });
});

test('what needs terraform and the provider is run, or named', () => {
  if ('missing' in found)
    console.warn(`not run, since ${found.missing}:\n${declared.map((name) => `  - ${name}`).join('\n')}`);
  expect(declared).toHaveLength(2);
});
