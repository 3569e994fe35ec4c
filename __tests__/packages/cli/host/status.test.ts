import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Config, config, parseFile } from '@lukko/formats';
import type { Api } from '../../../../packages/cli/src/host/api.ts';
import { deployStatus } from '../../../../packages/cli/src/host/status.ts';
import { inBucket } from '../../../stacks/built.ts';

/* What waits for what, from states on disk, an API, and what hosts say. */

const read = (name: string) => readFileSync(path.join(__dirname, '../../../../config', name), 'utf8');
let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'lukko-status-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const applied = (environment: string, ...stacks: string[]) => {
  for (const stack of stacks) {
    const folder = path.join(root, 'cdktf.out/stacks', stack);
    mkdirSync(folder, { recursive: true });
    const document = {
      output: { lukko_environment: { value: environment } },
      terraform: { backend: { local: { path: `../../../state/${environment}/${stack}.tfstate` } } },
    };
    writeFileSync(path.join(folder, 'cdk.tf.json'), JSON.stringify(document));
    mkdirSync(path.join(root, 'state', environment), { recursive: true });
    writeFileSync(path.join(root, 'state', environment, `${stack}.tfstate`), '{"resources":[{"type":"x"}]}');
  }
};
const server = (name: string, status: string) => ({ id: 1, name, status, public_net: { ipv4: { ip: '192.0.2.1' } } });
const status = async (
  file: string,
  names: readonly string[],
  serving: Readonly<Record<string, string>> | undefined,
  change: (config: Config) => void = () => undefined,
  code = 1,
) => {
  // A copy, since what was parsed once is kept.
  const declared = structuredClone(parseFile(config, read(file), file).value);
  change(declared);
  const said: string[] = [];
  const api = {
    get: async (url: string) => ({
      servers: names.filter((name) => url.endsWith(name)).map((name) => server(name, 'running')),
    }),
  } as unknown as Api;
  const good = await deployStatus({
    config: declared,
    cwd: root,
    output: 'cdktf.out',
    environment: {},
    api: () => api,
    reach:
      serving === undefined
        ? undefined
        : (name) => ({
            run: async () => ({ code: serving[name] === undefined ? 0 : code, out: serving[name] ?? '', err: '' }),
            record: () => undefined,
            hostKey: () => undefined,
            close: () => undefined,
          }),
    say: (line) => said.push(line),
  });
  return { good, said };
};

test('before the first deploy everything waits for what it stands on', async () => {
  expect(await status('unpinned.yaml', [], {})).toMatchSnapshot();
});

test('with the foundations deployed, hosts wait for the thumbprints of key servers', async () => {
  applied('unpinned', 'network', 'dns', 'keys');
  expect(await status('unpinned.yaml', [], {})).toMatchSnapshot();
});

test('what stands is asked, and says what it waits for', async () => {
  applied('example', 'network', 'dns', 'keys', 'edge', 'logs', 'errors', 'backups');
  const names = ['edge', 'logs', 'backups'].map((host) => `lukko-example-${host}`);
  const waits = { 'lukko-example-logs': 'not serving: caddy.service is inactive\nwaiting: caddy for acme-account\n' };
  expect(await status('example.yaml', names, waits)).toMatchSnapshot();
  const all = ['edge', 'logs', 'errors', 'backups'].map((host) => `lukko-example-${host}`);
  expect((await status('example.yaml', all, {})).good).toBe(true);
});

test('backups in a bucket wait for no host, and a host that serves says what it waits for', async () => {
  applied('example', 'network', 'dns', 'keys', 'edge', 'logs', 'errors');
  const names = ['edge', 'logs', 'errors'].map((host) => `lukko-example-${host}`);
  const waits = { 'lukko-example-logs': 'waiting: lukko-backup.service for backup-bucket\nserving\n' };
  expect(await status('example.yaml', names, waits, inBucket, 0)).toMatchSnapshot();
});

test('where the API is on this machine hosts are not asked, and that is said', async () => {
  applied('example', 'network', 'dns', 'keys', 'edge', 'logs', 'errors', 'backups');
  const all = ['edge', 'logs', 'errors', 'backups'].map((host) => `lukko-example-${host}`);
  expect(await status('example.yaml', all, undefined)).toMatchSnapshot();
});
