import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { makeAuthority } from '../../../../../packages/cli/src/sandbox/intercept/authority.ts';
import { startSandbox } from '../../../../../packages/cli/src/sandbox/start.ts';
import { directoryWith } from '../../fake-ports.ts';

/*
 * Hetzner's official Python client against the sandbox, every kind (every_kind.py beside this file). Where it cannot be installed
 * these tests are not run, and say so by name.
 */

jest.setTimeout(300_000);

const VERSION = '2.27.0';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDr3gkkuOVEnFTx+FTtqIM8ZNgmZ+IoV0m5J4mPvYhkz ops';
const packages = directoryWith({});

interface Ended {
  readonly code: number;
  readonly text: string;
}

const run = (
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  new Promise((resolve) =>
    execFile(program, args, { env: { ...process.env, ...environment }, timeout: 120_000 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : 1, text: `${out}${err}` }),
    ),
  );

/** Installs the client where only these tests see it. @returns why it could not be, or undefined */
function install(): string | undefined {
  const options = ['--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15', '--target', packages];
  const installed = spawnSync('python3', ['-m', 'pip', 'install', ...options, `hcloud==${VERSION}`], {
    encoding: 'utf8',
  });
  const found = spawnSync('python3', ['-c', 'import hcloud'], { env: { ...process.env, PYTHONPATH: packages } });
  return found.status === 0 ? undefined : (installed.stderr?.trim().split('\n').at(-1) ?? 'there is no python3');
}

const missing = install();
const declared: string[] = [];
const withClient = (name: string, body: () => Promise<void>): void => {
  declared.push(name);
  if (missing === undefined) test(name, body);
};

/** Runs the script in a sandbox of its own; what it prints. */
async function everyKind(intercept: boolean): Promise<Ended> {
  const settings = { projects: ['main'], port: 0, speed: 50, rateLimit: 1_000_000, intercept };
  const sandbox = await startSandbox(settings, Date.now);
  const { certificate, key } = makeAuthority(['www.lukko.example'], Date.now()).issue('www.lukko.example');
  const ended = await run('python3', [path.join(__dirname, 'every_kind.py')], {
    ...sandbox.environment,
    HARD_CODED: intercept ? '1' : '0',
    PYTHONPATH: packages,
    SSH_KEY: KEY,
    CERTIFICATE: certificate,
    CERTIFICATE_KEY: key,
    PASSWORD: 'Correct-Horse-7-Battery',
  });
  const left = sandbox.objects();
  await sandbox.stop();
  expect({ left, ended }).toEqual({ left: { main: 0 }, ended: { code: 0, text: expect.any(String) } });
  return ended;
}

withClient('creates, lists, pages, waits, protects and deletes every kind', async () => {
  expect((await everyKind(false)).text).toMatchSnapshot();
});

withClient('does so too when it knows only the real hosts, through --intercept', async () => {
  const text = (await everyKind(true)).text;
  expect(text).toContain('storage_boxes: protected, deleted\n');
});

test('what needs the Python client was run, or is named here as left out', () => {
  expect(declared).toHaveLength(2);
  if (missing !== undefined)
    console.warn(
      `hcloud ${VERSION} could not be installed (${missing}); not run:\n${declared.map((name) => `  ${name}`).join('\n')}`,
    );
});
