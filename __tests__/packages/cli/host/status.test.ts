import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Config, config, parseFile } from '@lukko/formats';
import { InputError } from '../../../../packages/cli/src/errors.ts';
import type { Api } from '../../../../packages/cli/src/host/api.ts';
import { contactOver } from '../../../../packages/cli/src/host/contact.ts';
import { deployStatus } from '../../../../packages/cli/src/host/status.ts';
import { inBucket } from '../../../stacks/built.ts';
import { sshd, startSshd } from './sshd.ts';

/* What waits for what, from states on disk, an API, and what hosts say. */

const read = (name: string) => readFileSync(path.join(__dirname, '../../../../config', name), 'utf8');
// Four real sshds are started, on a machine that may have other things to do.
jest.setTimeout(60_000);

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
      terraform: {
        backend: {
          local: { path: `../../../state/${environment}/${stack}.tfstate` },
        },
      },
    };
    writeFileSync(path.join(folder, 'cdk.tf.json'), JSON.stringify(document));
    mkdirSync(path.join(root, 'state', environment), { recursive: true });
    writeFileSync(path.join(root, 'state', environment, `${stack}.tfstate`), '{"resources":[{"type":"x"}]}');
  }
};
const server = (name: string, status: string) => ({
  id: 1,
  name,
  status,
  public_net: { ipv4: { ip: '192.0.2.1' } },
});
const KEYS = ['fsn1', 'nbg1', 'hel1'].map((place) => `lukko-example-tang-${place}`);
const status = async (
  file: string,
  names: readonly string[],
  serving: Readonly<Record<string, string>> | undefined,
  noKeys?: InputError,
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
    api: (stack) => {
      if (stack === 'keys' && noKeys !== undefined) throw noKeys;
      return api;
    },
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
  const names = [...KEYS, ...['edge', 'logs', 'backups'].map((host) => `lukko-example-${host}`)];
  const waits = {
    'lukko-example-logs': 'not serving: caddy.service is inactive\nwaiting: caddy for acme-account\n',
  };
  expect(await status('example.yaml', names, waits)).toMatchSnapshot();
  const all = [...KEYS, ...['edge', 'logs', 'errors', 'backups'].map((host) => `lukko-example-${host}`)];
  expect((await status('example.yaml', all, {})).good).toBe(true);
  const noToken = new InputError('stack keys belongs to the Hetzner project keys, and HCLOUD_TOKEN_KEYS is not set');
  const { good, said } = await status('example.yaml', all, {}, noToken);
  expect([good, said.filter((line) => line.includes('tang-fsn1'))]).toEqual([
    false,
    [`lukko-example-tang-fsn1: not asked: ${noToken.message}`],
  ]);
});

test('backups in a bucket wait for no host, and a host that serves says what it waits for', async () => {
  applied('example', 'network', 'dns', 'keys', 'edge', 'logs', 'errors');
  const names = [...KEYS, ...['edge', 'logs', 'errors'].map((host) => `lukko-example-${host}`)];
  const waits = { 'lukko-example-logs': 'waiting: lukko-backup.service for backup-bucket\nserving\n' };
  expect(await status('example.yaml', names, waits, undefined, inBucket, 0)).toMatchSnapshot();
});

test('where the API is on this machine hosts are not asked, and that is said', async () => {
  applied('example', 'network', 'dns', 'keys', 'edge', 'logs', 'errors', 'backups');
  const all = [...KEYS, ...['edge', 'logs', 'errors', 'backups'].map((host) => `lukko-example-${host}`)];
  expect(await status('example.yaml', all, undefined)).toMatchSnapshot();
});

test('hosts that are asked over the real SSH: one serves, one waits, one is away, one answers with another key', async () => {
  if (sshd === undefined) {
    console.warn('not run, since no sshd is installed: deploy status over the real SSH');
    return;
  }
  applied('example', 'network', 'dns', 'keys', 'edge', 'logs', 'errors', 'backups');
  const names = ['tang-fsn1', 'edge', 'logs', 'errors', 'backups'].map((host) => `lukko-example-${host}`);
  const hosts = new Map(await Promise.all(names.map(async (name) => [name, await startSshd(name)] as const)));
  const host = (short: string) => hosts.get(`lukko-example-${short}`) as Awaited<ReturnType<typeof startSshd>>;
  try {
    host('edge').answers('echo "waiting: caddy.service for acme-account"; echo serving');
    host('logs').answers(
      'printf "not serving: /srv/lukko is not mounted: no answer from http://192.0.2.9:7500\\n"; exit 1',
    );
    const known = contactOver(host('backups').reach, process.env);
    await known.run('serving');
    known.record();
    known.close();
    await host('backups').changeKey();
    const reaches = new Map(names.map((name) => [name, hosts.get(name)?.reach]));
    await host('errors').stop();
    const said: string[] = [];
    const good = await deployStatus({
      config: parseFile(config, read('example.yaml'), 'example.yaml').value,
      cwd: root,
      output: 'cdktf.out',
      environment: {},
      api: () =>
        ({
          get: async (url: string) => ({
            servers: names.filter((name) => url.endsWith(name)).map((name) => server(name, 'running')),
          }),
        }) as unknown as Api,
      reach: (name) => contactOver(reaches.get(name) as NonNullable<ReturnType<typeof reaches.get>>, process.env),
      say: (line) => said.push(line),
    });
    expect([good, said.filter((line) => line.startsWith('lukko-'))]).toMatchInlineSnapshot(`
      [
        false,
        [
          "lukko-example-tang-fsn1: serves",
          "lukko-example-tang-nbg1: stands in the state and not at Hetzner; lukko keys replace --server tang-nbg1",
          "lukko-example-tang-hel1: stands in the state and not at Hetzner; lukko keys replace --server tang-hel1",
          "lukko-example-edge: waiting: caddy.service for acme-account",
          "lukko-example-edge: serves",
          "lukko-example-logs: not serving: /srv/lukko is not mounted: no answer from http://192.0.2.9:7500",
          "lukko-example-errors: does not answer on SSH yet",
          "lukko-example-backups: answers with a host key that is not the recorded one: its volume is still locked, or another machine answers",
        ],
      ]
    `);
    // Nothing but the one fixed command was asked, and nothing recorded.
    expect(host('edge').asked()).toEqual(['/usr/local/lib/lukko/serving']);
  } finally {
    for (const [name, each] of hosts) if (name !== 'lukko-example-errors') await each.stop();
  }
});
