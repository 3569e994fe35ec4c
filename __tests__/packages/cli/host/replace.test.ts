import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { contactOver } from '../../../../packages/cli/src/host/contact.ts';
import { environmentFile } from '../../../../packages/cli/src/host/environment-file.ts';
import { appendRecord } from '../../../../packages/cli/src/host/record.ts';
import { type Replacing, replaceKeyServer } from '../../../../packages/cli/src/host/replace.ts';
import { forgetKey } from '../../../../packages/cli/src/host/ssh.ts';
import { run } from '../../../boot/run.ts';
import { portsAt } from '../fake-ports.ts';
import { missingForTang, type RunningTang, startTang } from '../seal/tang.ts';
import { type SshHost, sshd, startSshd } from './sshd.ts';

/*
 * A lost key server, with the real Tang, clevis, LUKS2 and sshd: the payload's own script binds a volume anew. The volume is a file, which
 * is enough for its header; that terraform replaces the server is shown in the sandbox (__tests__/e2e/).
 */

jest.setTimeout(240_000);

const missing = [missingForTang, sshd === undefined ? 'sshd' : ''].filter((each) => each !== '').join(', ');
const declared: string[] = [];
const withServers = (name: string, body: (world: World) => Promise<void>): void => {
  declared.push(name);
  if (missing !== '') return;
  test(name, async () => {
    const world = await worldOfThree();
    try {
      await body(world);
    } finally {
      await world.stop();
    }
  });
};

const NAMES = ['tang-fsn1', 'tang-nbg1', 'tang-hel1'];
const REPOSITORY = path.join(__dirname, '../../../..');

interface World {
  readonly root: string;
  readonly tangs: RunningTang[];
  readonly disk: string;
  readonly said: string[];
  /** Times the server was replaced. */
  replaced: number;
  replacing(change?: Partial<Replacing>): Replacing;
  /** Puts a Tang with new keys in the place of the first. */
  another(): Promise<void>;
  /** For each slot that is bound to key servers, whether it opens the volume. */
  bindings(): Promise<readonly boolean[]>;
  pinned(): readonly (string | undefined)[];
  stop(): Promise<void>;
}

async function worldOfThree(): Promise<World> {
  const root = mkdtempSync(path.join(tmpdir(), 'lukko-replace-'));
  const at = (name: string) => path.join(root, name);
  const tangs = [await startTang(), await startTang(), await startTang()];
  const urls = tangs.map(({ url }) => url);
  const servers = await Promise.all(NAMES.map((name) => startSshd(`lukko-unpinned-${name}`)));
  const data = await startSshd('lukko-unpinned-logs');
  let text = readFileSync(path.join(REPOSITORY, 'config/unpinned.yaml'), 'utf8');
  for (const [index, name] of NAMES.entries())
    text = text.replace(new RegExp(`(- name: ${name}\\n)`), `$1      thumbprint: ${tangs[index]?.thumbprint}\n`);
  writeFileSync(at('x.yaml'), text);
  const ports = portsAt(root);
  const file = () => {
    const read = environmentFile('x.yaml', ports);
    // One host stands for all: the others would only do the same.
    return { ...read, config: { ...read.config, hosts: { logs: read.config.hosts.logs } as never } };
  };
  const pinned = () => file().config.keys.servers.map(({ thumbprint }) => thumbprint);

  const answersAsTang = (host: SshHost | undefined, tang: RunningTang | undefined) =>
    host?.answers(`case $command in
serving) echo serving;;
tang-thumbprint) jose jwk thp -a S256 -i $(grep -l '"sign"' ${tang?.keys}/*.jwk);;
adv) curl --silent ${tang?.url}/adv;;
esac`);
  for (const [index, host] of servers.entries()) answersAsTang(host, tangs[index]);

  const disk = at('disk');
  execFileSync('truncate', ['-s', '24M', disk]);
  const fast = [
    '--type',
    'luks2',
    '--luks2-metadata-size',
    '64k',
    '--pbkdf',
    'pbkdf2',
    '--pbkdf-force-iterations',
    '1000',
  ];
  execFileSync('cryptsetup', ['luksFormat', '-q', ...fast, '--key-file', '-', disk], { input: 'recovery' });
  const binding = JSON.stringify({ t: 2, pins: { tang: urls.map((url, index) => ({ url, thp: pinned()[index] })) } });
  await piped('clevis', ['luks', 'bind', '-f', '-y', '-k', '-', '-d', disk, 'sss', binding], 'recovery');
  const env = urls.map((url, index) => `LUKKO_TANG_${index}=${url}\n`).join('');
  writeFileSync(at('host.env'), `LUKKO_VOLUME_DEVICE=${disk}\n${env}LUKKO_CLEVIS='${binding}'\n`);
  for (const name of ['rebind', 'key-servers']) {
    const script = readFileSync(path.join(REPOSITORY, 'stacks/payload/volume', name), 'utf8')
      .replaceAll('/etc/lukko/host.env', at('host.env'))
      .replaceAll('/usr/local/lib/lukko/key-servers', `sh ${at('key-servers')}`)
      .replaceAll('/run/lukko', at('run'));
    writeFileSync(at(name), script);
  }
  data.answers(`case "$SSH_ORIGINAL_COMMAND" in */rebind*) sh ${at('rebind')} \${SSH_ORIGINAL_COMMAND#* };; esac`);

  const reach = async (name: string) => {
    const host = servers[NAMES.findIndex((each) => name.endsWith(each))] ?? data;
    return contactOver({ ...host.reach, name, knownHosts: at('known_hosts') }, process.env);
  };
  const world: World = {
    root,
    tangs,
    disk,
    said: [],
    replaced: 0,
    another: async () => {
      const [lost] = tangs;
      await lost?.stop();
      tangs[0] = await startTang(Number(new URL(urls[0] ?? '').port));
      await servers[0]?.changeKey();
      answersAsTang(servers[0], tangs[0]);
    },
    replacing: (change = {}) => ({
      name: 'tang-fsn1',
      file,
      ways: { keys: reach, hosts: reach },
      files: ports.files,
      now: () => new Date(),
      say: (line) => world.said.push(line),
      kept: at('state'),
      url: urls[0] ?? '',
      ask: async () => 'unpinned/tang-fsn1',
      replace: async () => {
        world.replaced += 1;
        await world.another();
        return 42;
      },
      forget: (server) => forgetKey(at('known_hosts'), server),
      record: (step, outcome, id) =>
        appendRecord(at('state'), {
          schemaVersion: 1,
          at: '2026-11-21T12:00:00Z',
          provenance: 'real',
          verb: 'keys-replace',
          stack: 'keys',
          server: { id, name: 'lukko-unpinned-tang-fsn1' },
          step,
          outcome,
        }),
      longest: 60_000,
      pause: 10,
      ...change,
    }),
    bindings: async () => {
      const listed = run('clevis', ['luks', 'list', '-d', disk]).stdout.matchAll(/^(\d+): sss/gm);
      const opened: boolean[] = [];
      for (const [, slot = ''] of listed)
        opened.push((await piped('clevis', ['luks', 'pass', '-d', disk, '-s', slot], '')) !== '');
      return opened;
    },
    pinned,
    stop: async () => {
      await Promise.all([...tangs, ...servers, data].map((each) => each.stop()));
      rmSync(root, { recursive: true, force: true });
    },
  };
  return world;
}

/** Not awaited by stopping this process: the Tang servers are in it. */
function piped(program: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (piece: Buffer) => {
      out += piece.toString('utf8');
    });
    child.once('close', () => resolve(out));
    child.stdin.end(input);
  });
}

withServers('a new key server takes the place of a lost one, and no slot of the old binding is left', async (world) => {
  const [lost] = world.tangs;
  const before = world.pinned();
  expect(await world.bindings()).toEqual([true]);
  await replaceKeyServer(world.replacing());
  expect(world.replaced).toBe(1);
  expect(world.pinned()).toEqual([world.tangs[0]?.thumbprint, ...before.slice(1)]);
  expect(world.pinned()[0]).not.toBe(lost?.thumbprint);
  // One binding, one key slot beside the recovery key's, one token.
  expect(await world.bindings()).toEqual([true]);
  const dump = JSON.parse(run('cryptsetup', ['luksDump', '--dump-json-metadata', world.disk]).stdout) as {
    keyslots: Record<string, unknown>;
    tokens: Record<string, unknown>;
  };
  expect([Object.keys(dump.keyslots).length, Object.keys(dump.tokens).length]).toEqual([2, 1]);
  // With another of the three away the new one is needed, and opens it.
  await world.tangs[1]?.stop();
  expect(await world.bindings()).toEqual([true]);
  await world.tangs[0]?.stop();
  expect(await world.bindings()).toEqual([false]);
  const text = world.said.join('\n').replaceAll(/127\.0\.0\.1:\d+/g, '<address>');
  expect(text.replaceAll(/SHA256:\S+|: [\w-]{43}$/gm, '<key>')).toMatchSnapshot();
});

withServers('nothing is replaced while a volume cannot do without the server', async (world) => {
  await world.tangs[0]?.stop();
  await world.tangs[1]?.stop();
  const before = readFileSync(world.disk);
  await expect(replaceKeyServer(world.replacing())).rejects.toThrow(
    `refused: ${world.disk} could not be bound again; its binding is what it was`,
  );
  expect(world.replaced).toBe(0);
  expect(readFileSync(world.disk).equals(before)).toBe(true);
});

withServers('a call that was interrupted is gone on with: the server is replaced once', async (world) => {
  const fails = async () => {
    throw new Error('terraform ended with exit code 1');
  };
  await expect(replaceKeyServer(world.replacing({ replace: fails }))).rejects.toThrow('terraform ended');
  // Between the two the volume needs both of the others, and opens.
  expect(await world.bindings()).toEqual([true]);
  const closed = { keys: fails as never, hosts: world.replacing().ways?.hosts as never };
  await expect(replaceKeyServer(world.replacing({ ways: closed }))).rejects.toThrow();
  expect(world.replaced).toBe(1);
  await replaceKeyServer(world.replacing());
  expect(world.replaced).toBe(1);
  expect(world.pinned()[0]).toBe(world.tangs[0]?.thumbprint);
  await world.tangs[2]?.stop();
  expect(await world.bindings()).toEqual([true]);
});

withServers(
  'another word than the name, no terminal, and a server that is not there stop before anything',
  async (world) => {
    const refusals = await Promise.all(
      [{ ask: async () => 'yes' }, { ask: async () => undefined }, { name: 'tang-ash' }].map((change) =>
        replaceKeyServer(world.replacing(change)).catch((error: Error) => error.message),
      ),
    );
    expect(refusals).toMatchSnapshot();
    expect(world.replaced).toBe(0);
  },
);

test('what needs tang, clevis and sshd is run, or named', () => {
  if (missing !== '')
    console.warn(`not run, since ${missing} is not installed:\n${declared.map((name) => `  - ${name}`).join('\n')}`);
  expect(declared).toHaveLength(4);
});
