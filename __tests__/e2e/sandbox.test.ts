import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type RunningSandbox, startSandbox } from '../../packages/cli/src/sandbox/start.ts';
import {
  build,
  copyRepository,
  type Ended,
  environment,
  filesBelow,
  findTerraform,
  inStack,
  repository,
  run,
} from './support.ts';

/*
 * The life of an environment with the real terraform, the real provider and cdktf, in the sandbox: each test goes on from where
 * the one before stopped. Where terraform or the provider cannot be found they are not run, and say so by name.
 */

jest.setTimeout(600_000);

const found = findTerraform();
const declared: string[] = [];
const withTerraform = (name: string, body: (terraform: string) => Promise<void>): void => {
  declared.push(name);
  if ('terraform' in found) test(name, () => body(found.terraform));
};

const STACKS = ['network', 'dns', 'keys', 'backups', 'edge', 'errors', 'logs'];
let copy: ReturnType<typeof copyRepository>;
let sandbox: RunningSandbox;
let env: Record<string, string>;

beforeAll(async () => {
  if ('missing' in found) return;
  build();
  copy = copyRepository();
  copyFileSync(at('config/example.yaml', repository), at('config/life.yaml'));
  const log = at('sandbox.log');
  sandbox = await startSandbox(
    { projects: ['main', 'keys'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000, log },
    Date.now,
  );
  env = environment({ ...sandbox.environment, LUKKO_CONFIG: 'config/life.yaml', HCLOUD_TOKEN: '' });
});
afterAll(async () => {
  if ('missing' in found) return;
  await sandbox.stop();
  copy.remove();
});

const at = (file: string, root = copy.root) => path.join(root, file);
const cdktf = (verb: 'deploy' | 'destroy') =>
  run('cdktf', [verb, '*', '--parallelism', '1', '--auto-approve'], { cwd: copy.root, env });
const alone = (verb: 'apply' | 'destroy', stack: string) => inStack(verb, stack, { cwd: copy.root, env });
const lukko = (...args: string[]) => run('lukko', args, { cwd: copy.root, env });
const edit = (change: (text: string) => string) => copy.edit('config/life.yaml', change);

/** The gate's own plan: 0 nothing to do, 2 changes. */
const plan = (stack: string) =>
  run('terraform', ['plan', '-detailed-exitcode', '-input=false', '-no-color'], {
    cwd: at(`cdktf.out/stacks/${stack}`),
    env,
  });
async function expectNothingToDo(stacks: readonly string[]): Promise<void> {
  for (const stack of stacks) {
    const { code, text } = await plan(stack);
    expect(`${stack}: ${text}`).toContain('No changes.');
    expect(code).toBe(0);
  }
}
function expectDone({ code, text }: Ended): void {
  // The end of what was printed says what failed.
  expect({ code, end: code === 0 ? '' : text.slice(-3_000) }).toEqual({ code: 0, end: '' });
}

interface Server {
  readonly id: number;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly public_net: { readonly ipv4: { readonly ip: string }; readonly ipv6: { readonly ip: string } };
  readonly private_net: readonly { readonly ip: string }[];
}
const ask = async (url: string): Promise<Record<string, never>> => {
  const headers = { authorization: `Bearer ${sandbox.environment.HCLOUD_TOKEN_MAIN}` };
  return (await (await fetch(`${sandbox.environment.HCLOUD_ENDPOINT}${url}`, { headers })).json()) as never;
};
const serverOf = async (host: string): Promise<Server> =>
  ((await ask(`/servers?name=lukko-example-${host}`)) as unknown as { servers: Server[] }).servers[0] as Server;

/** Commands that began on servers and volumes, with the names of what they were about, as the sandbox's log has them. */
function begun(since: number): readonly string[] {
  const names = new Map<string, string>();
  const seen = new Set<string>();
  const commands: string[] = [];
  const lines = readFileSync(at('sandbox.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"project"'));
  for (const [index, line] of lines.entries()) {
    for (const { kind, id, record } of (JSON.parse(line) as { changes: Change[] }).changes) {
      if (record?.name !== undefined) names.set(`${kind}/${id}`, record.name);
      if (kind !== 'action' || record?.command === undefined || seen.has(`${line.slice(0, 20)}${id}`)) continue;
      seen.add(`${line.slice(0, 20)}${id}`);
      const about = (record.resources ?? [])
        .map((each) => names.get(`${each.type}/${each.id}`))
        .find((name) => name !== undefined);
      if (index >= since) commands.push(`${record.command} ${about}`);
    }
  }
  return commands;
}
interface Change {
  readonly kind: string;
  readonly id: number;
  readonly record?: {
    readonly name?: string;
    readonly command?: string;
    readonly resources?: readonly { readonly id: number; readonly type: string }[];
  };
}
const logged = () =>
  readFileSync(at('sandbox.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"project"')).length;

describe('the life of an environment in the sandbox', () => {
  withTerraform('every stack is applied through cdktf, and a second plan finds nothing to do', async () => {
    expectDone(await cdktf('deploy'));
    expect(filesBelow(at('state/example')).filter((file) => file.endsWith('.tfstate')).length).toBe(STACKS.length);
    await expectNothingToDo(STACKS);
    // What exists is judged as well as what is planned: addresses and ids are known by now.
    const args = ['apply', '-auto-approve', '-no-color'];
    expectDone(await run('terraform', args, { cwd: at('cdktf.out/stacks/network'), env }));
    const recorded = readFileSync(at('state/example/hosts.jsonl'), 'utf8').split('\n').slice(0, -1);
    const provenances = recorded.map((line) => (JSON.parse(line) as { provenance: string }).provenance);
    expect([...new Set(provenances)]).toEqual(['sandbox']);
  });

  withTerraform(
    'a larger volume and another payload: the volume grows, the server is rebuilt and stays what it is',
    async () => {
      const before = await serverOf('logs');
      const since = logged();
      edit((text) =>
        text.replace('volume: { size: 100 }', 'volume: { size: 120 }').replace(/audit: \d+/, 'audit: 401'),
      );
      const { code, text } = await alone('apply', 'logs');
      expect(text).toContain('lukko-example-logs: skipped: quiesce over SSH');
      expect(code).toBe(0);
      const after = await serverOf('logs');
      expect(after.labels['lukko-payload']).not.toBe(before.labels['lukko-payload']);
      expect({ ...after, labels: {}, status: '' }).toEqual({ ...before, labels: {}, status: '' });
      expect([...begun(since)].sort()).toEqual([
        'rebuild_server lukko-example-logs',
        'resize_volume lukko-example-logs',
      ]);
      await expectNothingToDo(['logs']);
    },
  );

  withTerraform('what a state has lost is imported by the real terraform, and nothing is to do', async (terraform) => {
    const cwd = at('cdktf.out/stacks/network');
    const own = { ...env, HCLOUD_TOKEN: sandbox.environment.HCLOUD_TOKEN_MAIN ?? '' };
    const address = 'hcloud_primary_ip.logs-ipv4';
    const { primary_ips } = (await ask('/primary_ips?name=lukko-example-logs-ipv4')) as unknown as {
      primary_ips: { id: number }[];
    };
    expect((await run(terraform, ['state', 'rm', address], { cwd, env: own })).code).toBe(0);
    // The gate lets nothing change a state.
    expect((await run('terraform', ['import', address, '1'], { cwd, env })).text).toContain('lukko: refused');
    const imported = await run(terraform, ['import', '-input=false', address, String(primary_ips[0]?.id)], {
      cwd,
      env: own,
    });
    expect(imported.text).toContain('Import successful!');
    await expectNothingToDo(['network']);
  });

  withTerraform('retire lifts protection, empties the host, detaches and removes, in this order', async () => {
    const refused = await alone('destroy', 'logs');
    expect(refused.text).toContain('Instance cannot be destroyed');
    expect(refused.code).not.toBe(0);
    const since = logged();
    const { code, text } = await lukko('retire', 'logs', '--reason', 'moved elsewhere', '--confirm', 'example/logs');
    expect(text).toContain('example/logs is retired');
    expect(code).toBe(0);
    expect(begun(since)).toEqual([
      'change_protection lukko-example-logs',
      'stop_server lukko-example-logs',
      'detach_volume lukko-example-logs',
      // The provider's own, which comes too late by itself: shutdown_before_deletion.
      'shutdown_server lukko-example-logs',
      'delete_server lukko-example-logs',
    ]);
    const used = filesBelow(at('state/example/intents'));
    expect(used.every((file) => file.startsWith('used/'))).toBe(true);
    expect(used).toHaveLength(2);
    const verdict = JSON.parse(readFileSync(at('state/example/verdicts/logs.json'), 'utf8')) as {
      plan: { intents: string[] };
    };
    expect(used).toContain(`used/${verdict.plan.intents[0]}.json`);
  });

  withTerraform(
    'an environment that became disposable is destroyed through cdktf, and no host is detached running',
    async () => {
      edit((text) => text.replace('class: production', 'class: disposable'));
      expectDone(await cdktf('deploy'));
      const since = logged();
      expectDone(await cdktf('destroy'));
      expect(sandbox.objects()).toEqual({ main: 0, keys: 0 });
      const commands = begun(since);
      for (const host of ['edge', 'errors', 'backups', 'logs']) {
        const name = `lukko-example-${host}`;
        const order = ['stop_server', 'detach_volume', 'delete_server'].map((command) =>
          commands.indexOf(`${command} ${name}`),
        );
        expect(order).toEqual([...order].sort((a, b) => a - b));
        expect(Math.min(...order)).toBeGreaterThanOrEqual(0);
      }
    },
  );
});

test('what needs terraform and the provider is run, or named', () => {
  if ('missing' in found)
    console.warn(`not run, since ${found.missing}:\n${declared.map((name) => `  - ${name}`).join('\n')}`);
  expect(declared).toHaveLength(5);
});
