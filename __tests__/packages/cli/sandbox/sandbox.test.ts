import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';
import { repository } from '../../../e2e/support.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

jest.setTimeout(120_000);

const settings = { projects: ['main', 'keys'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 };
const clock = () => Date.parse('2026-06-01T12:00:00Z');

test('it serves on loopback with a token for each project, and keeps what it acknowledged', async () => {
  const log = join(directoryWith({}), 'sandbox.log');
  const first = await startSandbox({ ...settings, log, seed: 'same' }, clock);
  const {
    HCLOUD_ENDPOINT: endpoint,
    HCLOUD_TOKEN: token,
    HCLOUD_TOKEN_MAIN: main,
    HCLOUD_TOKEN_KEYS: keys,
  } = first.environment;
  expect(endpoint).toBe(`http://127.0.0.1:${first.port}/v1`);
  expect(token).toBe(main);
  expect(keys).not.toBe(main);
  const ask = (base: string | undefined, key: string | undefined, init: RequestInit = {}) =>
    fetch(`${base}/networks`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
  const made = await ask(endpoint, main, { method: 'POST', body: '{"name":"n","ip_range":"10.0.0.0/16"}' });
  expect(made.status).toBe(201);
  // On the disk before it was answered.
  expect(readFileSync(log, 'utf8')).toContain('"name":"n"');
  await first.stop();

  const second = await startSandbox({ ...settings, log, seed: 'same' }, clock);
  expect(second.objects()).toEqual({ main: 1, keys: 0 });
  const listed = (await (await ask(second.environment.HCLOUD_ENDPOINT, main)).json()) as {
    networks: { name: string }[];
  };
  expect(listed.networks.map(({ name }) => name)).toEqual(['n']);
  const other = (await (await ask(second.environment.HCLOUD_ENDPOINT, keys)).json()) as { networks: unknown[] };
  expect(other.networks).toEqual([]);
  await second.stop();
});

test('a body that is too long is refused', async () => {
  const sandbox = await startSandbox(settings, clock);
  const { status } = await fetch(`${sandbox.environment.HCLOUD_ENDPOINT}/networks`, {
    method: 'POST',
    body: 'x'.repeat(2 * 1024 * 1024),
    headers: { authorization: `Bearer ${sandbox.environment.HCLOUD_TOKEN}` },
  }).catch(() => ({ status: 413 }));
  expect(status).toBe(413);
  await sandbox.stop();
});

test('run hands the environment to the command and its exit code back', async () => {
  const check =
    'process.exit(/^http:..127.0.0.1:\\d+.v1$/.test(process.env.HCLOUD_ENDPOINT) && process.env.HCLOUD_TOKEN_EU_KEYS.length === 64 ? 7 : 8)';
  const { code, err } = await lukko(directoryWith({}), [
    'sandbox',
    'run',
    '--project',
    'main',
    '--project',
    'eu-keys',
    '--',
    process.execPath,
    '-e',
    check,
  ]);
  expect({ code, err }).toEqual({ code: 7, err: '' });
});

test('run keeps tokens of the real API from the command', async () => {
  const environment = { PATH: process.env.PATH, HCLOUD_TOKEN_BACKUPS: 'x'.repeat(64), KEPT: 'yes' };
  const check = 'process.exit(process.env.HCLOUD_TOKEN_BACKUPS === undefined && process.env.KEPT === "yes" ? 0 : 8)';
  const { code } = await lukko(directoryWith({}), ['sandbox', 'run', '--', process.execPath, '-e', check], {
    environment,
  });
  expect(code).toBe(0);
});

test.each([
  ['a speed that is none', ['sandbox', 'run', '--speed', 'fast', '--', 'true']],
  ['a port that is none', ['sandbox', '--port', '70000']],
  ['a project name that is none', ['sandbox', '--project', 'Main!']],
  ['a project twice', ['sandbox', '--project', 'a', '--project', 'a']],
  ['no command', ['sandbox', 'run']],
  ['a command that does not exist', ['sandbox', 'run', '--', 'lukko-no-such-command']],
])('%s: exit 2 and one message', async (_, argv) => {
  const { code, out, err } = await lukko(directoryWith({}), argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatchSnapshot();
});

test('a log that is something else: exit 2, and it stays as it is', async () => {
  const directory = directoryWith({ 'notes.txt': 'mine\n' });
  const { code, err } = await lukko(directory, ['sandbox', '--log', 'notes.txt']);
  expect(code).toBe(2);
  expect(err).toContain('is no log of a sandbox');
  expect(readFileSync(join(directory, 'notes.txt'), 'utf8')).toBe('mine\n');
});

test.each([[[]], [['--intercept']]])('it says where it is and what to export: %j', async (options) => {
  const program = ['--import', 'tsx', join(repository, 'packages/cli/src/main.ts'), 'sandbox', '--token-seed', 'said'];
  const child = spawn(process.execPath, [...program, '--project', 'main', '--project', 'eu-keys', ...options], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const piece of child.stdout.iterator({ destroyOnReturn: false })) {
    said += String(piece);
    if (/CONTROL_TOKEN=\S+\n/.test(said)) break;
  }
  const gone = once(child, 'exit');
  child.kill('SIGINT');
  expect((await gone)[0]).toBe(0);
  const same = said
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    .replace(/[0-9a-f]{64}/g, '<token>')
    .replace(/=\S+authority\.pem/g, '=<folder of this run>/authority.pem');
  expect(same).toMatchSnapshot();
});

const PROGRAM = ['--import', 'tsx', join(repository, 'packages/cli/src/main.ts'), 'sandbox'];

/** Starts a command in a sandbox that prints its process and the authority's file, and then waits. */
async function waitingCommand(script: string) {
  const command = [process.execPath, '-e', `${script}; console.log(process.pid, process.env.SSL_CERT_FILE)`];
  const child = spawn(process.execPath, [...PROGRAM, 'run', '--intercept', '--', ...command], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  const [pid = '', authority = ''] = String(said).trim().split(' ');
  return { child, pid: Number(pid), authority };
}

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends the command, then the sandbox, and nothing stays behind', async (signal, expected) => {
  const { child, pid, authority } = await waitingCommand('setInterval(() => {}, 1000)');
  expect([runs(pid), existsSync(authority)]).toEqual([true, true]);
  const gone = once(child, 'exit');
  child.kill(signal);
  expect(await gone).toEqual([expected, null]);
  expect([runs(pid), existsSync(authority)]).toEqual([false, false]);
});

test('a command that takes its time to end is waited for, and its own exit code counts', async () => {
  const script = "process.on('SIGTERM', () => setTimeout(() => process.exit(5), 300)); setInterval(() => {}, 1000)";
  const { child, pid, authority } = await waitingCommand(script);
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await gone).toEqual([5, null]);
  expect([runs(pid), existsSync(authority)]).toEqual([false, false]);
});

test('the end of its terminal ends the sandbox in order', async () => {
  const log = join(directoryWith({}), 'sandbox.log');
  const child = spawn(process.execPath, [...PROGRAM, '--log', log], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const gone = once(child, 'exit');
  child.kill('SIGHUP');
  expect(await gone).toEqual([0, null]);
  expect([existsSync(log), existsSync(`${log}.lock`)]).toEqual([true, false]);
});

test.each([
  ['in a folder that is not there', 'nowhere/sandbox.log', 'there is no such folder; make it first'],
  ['that is a folder', '.', 'is no file'],
])('a log %s: exit 2 and what to do', async (_, log, words) => {
  const { code, err } = await lukko(directoryWith({}), ['sandbox', '--log', log]);
  expect(code).toBe(2);
  expect(err).toContain(words);
});
