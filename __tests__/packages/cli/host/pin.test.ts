import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { secretsList } from '../../../../packages/cli/src/commands/pin.ts';
import { contactOver } from '../../../../packages/cli/src/host/contact.ts';
import { environmentFile } from '../../../../packages/cli/src/host/environment-file.ts';
import { type Pinning, pinKeys, pinVolumes, rebindVolumes, rotateKeys } from '../../../../packages/cli/src/host/pin.ts';
import { sealSecret } from '../../../../packages/cli/src/seal/secrets.ts';
import { portsAt } from '../fake-ports.ts';
import { missingForTang, type RunningTang, startTang } from '../seal/tang.ts';
import { type SshHost, sshd, startSshd } from './sshd.ts';

/* Key servers are real Tang servers, reached through a real sshd; what is sealed is opened with clevis and jose alone. */

jest.setTimeout(120_000);

const missing = [missingForTang, sshd === undefined ? 'sshd' : ''].filter((each) => each !== '').join(', ');
const declared: string[] = [];
const withServers = (name: string, body: (world: Servers) => Promise<void>): void => {
  declared.push(name);
  if (missing !== '') return;
  test(name, async () => {
    const world = await servers();
    try {
      await body(world);
    } finally {
      await world.stop();
    }
  });
};

interface Servers {
  readonly root: string;
  readonly tangs: readonly RunningTang[];
  readonly hosts: readonly SshHost[];
  readonly said: string[];
  text(): string;
  pinning(): Pinning;
  stop(): Promise<void>;
}

async function servers(): Promise<Servers> {
  const root = mkdtempSync(path.join(tmpdir(), 'lukko-pin-'));
  const example = readFileSync(path.join(__dirname, '../../../../config/unpinned.yaml'), 'utf8');
  writeFileSync(path.join(root, 'pinned.yaml'), example);
  const tangs = await Promise.all([startTang(), startTang(), startTang()]);
  const names = ['tang-fsn1', 'tang-nbg1', 'tang-hel1'];
  const hosts = await Promise.all(names.map((name) => startSshd(`lukko-unpinned-${name}`)));
  for (const [index, host] of hosts.entries()) {
    const tang = tangs[index];
    writeFileSync(path.join(host.folder, 'adv'), (await tang?.advertisement()) ?? '');
    host.answers(
      `case $command in tang-thumbprint) echo ${tang?.thumbprint};; adv) cat adv;; luks-uuid) echo 5f1c7a3e-0b8e-4a56-9d11-2f3c4b5a697${index};; esac`,
    );
  }
  const said: string[] = [];
  const ports = portsAt(root);
  return {
    root,
    tangs,
    hosts,
    said,
    text: () => readFileSync(path.join(root, 'pinned.yaml'), 'utf8'),
    pinning: () => ({
      file: environmentFile('pinned.yaml', ports),
      files: ports.files,
      now: ports.now,
      say: (line) => said.push(line),
      reach: async (name) => {
        const index = names.findIndex((each) => name.endsWith(each));
        const host =
          hosts[
            index === -1 ? ['edge', 'logs', 'errors', 'backups'].findIndex((each) => name.endsWith(each)) % 3 : index
          ];
        if (host === undefined) throw new Error(name);
        return contactOver({ ...host.reach, name, knownHosts: path.join(root, 'known_hosts') }, process.env);
      },
    }),
    stop: async () => {
      await Promise.all([...tangs, ...hosts].map((each) => each.stop()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

withServers(
  'thumbprints are read, checked against the signed advertisement, and written beside their servers',
  async (world) => {
    const before = world.text();
    await pinKeys(world.pinning());
    const added = world
      .text()
      .split('\n')
      .filter((line) => !before.split('\n').includes(line));
    expect(added).toEqual(world.tangs.map(({ thumbprint }) => `      thumbprint: ${thumbprint}`));
    expect(readFileSync(path.join(world.root, 'known_hosts'), 'utf8').split('\n')).toHaveLength(4);
    expect(world.said.filter((line) => line.startsWith('trusted on first use'))).toHaveLength(3);
    await pinKeys(world.pinning());
    expect(world.said.at(-2)).toBe('tang-hel1: pinned already');
    // A server that answers with another key afterwards is refused, and nothing is written.
    const pinned = world.text();
    const [first, second] = world.hosts;
    const other = world.tangs[1];
    writeFileSync(path.join(first?.folder ?? '', 'adv'), (await other?.advertisement()) ?? '');
    first?.answers(`case $command in tang-thumbprint) echo ${other?.thumbprint};; adv) cat adv;; esac`);
    await expect(pinKeys(world.pinning())).rejects.toThrow(
      /tang-fsn1 answers with \S+, pinned is \S+: a changed key is refused/,
    );
    expect(world.text()).toBe(pinned);
    second?.answers('echo no; exit 1');
  },
);

withServers('UUIDs of volumes are written in place', async (world) => {
  const ids = ['0', '1', '2', '0'].map((index) => `5f1c7a3e-0b8e-4a56-9d11-2f3c4b5a697${index}`);
  await pinVolumes(world.pinning());
  const { hosts } = environmentFile('pinned.yaml', portsAt(world.root)).config;
  expect(Object.values(hosts).map((host) => host?.volume.luksUuid)).toEqual(ids);
});

withServers(
  'a secret is sealed with no key server asked, more are added, and clevis and jose open them',
  async (world) => {
    await pinKeys(world.pinning());
    const ports = portsAt(world.root);
    const sealing = () => ({
      file: environmentFile('pinned.yaml', ports),
      files: ports.files,
      now: ports.now,
      urlOf: (name: string) => world.tangs[['tang-fsn1', 'tang-nbg1', 'tang-hel1'].indexOf(name)]?.url,
    });
    sealSecret(sealing(), 'acme-account', Buffer.from('kid-1\n'));
    const { key, secrets } = sealSecret(sealing(), 'registry', Buffer.from('user:pass'));
    const file = readFileSync(path.join(world.root, 'pinned.sealed.json'), 'utf8');
    expect(file).not.toMatch(/kid-1|user:pass|"d"/);
    await world.tangs[2]?.stop();
    const opened = await piped('clevis', ['decrypt'], key);
    const jwk = path.join(world.root, 'key.jwk');
    writeFileSync(jwk, opened);
    expect(await piped('jose', ['jwe', 'dec', '-k', jwk, '-i-'], secrets['acme-account']?.sealed ?? '')).toBe(
      'kid-1\n',
    );
    expect(await piped('jose', ['jwe', 'dec', '-k', jwk, '-i-'], secrets.registry?.sealed ?? '')).toBe('user:pass');
    let out = '';
    secretsList(
      { config: 'pinned.yaml' },
      portsAt(world.root, {
        out: (text) => {
          out += text;
        },
      }),
    );
    expect(out).toMatchSnapshot();
  },
);

withServers('a key server is rotated and pinned, and after rebinding its new keys open the volume', async (world) => {
  await pinKeys(world.pinning());
  const [tang] = world.tangs;
  const [first, second] = world.hosts;
  if (tang === undefined || first === undefined || second === undefined) throw new Error('no servers');
  const bindingOf = () => {
    const { keys } = environmentFile('pinned.yaml', portsAt(world.root)).config;
    const tangs = keys.servers.map(({ thumbprint }, index) => ({ url: world.tangs[index]?.url, thp: thumbprint }));
    return JSON.stringify({ t: keys.threshold, pins: { tang: tangs } });
  };
  // A volume as a host binds it; LUKS needs no device for this.
  const disk = path.join(world.root, 'disk');
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
  await piped('clevis', ['luks', 'bind', '-f', '-y', '-k', '-', '-d', disk, 'sss', bindingOf()], 'recovery');
  const opens = async () => (await piped('clevis', ['luks', 'pass', '-d', disk, '-s', slot()], '')).length > 0;
  const slot = () => /^\d+/.exec(execFileSync('clevis', ['luks', 'list', '-d', disk], { encoding: 'utf8' }))?.[0] ?? '';
  expect(await opens()).toBe(true);

  const env = path.join(world.root, 'host.env');
  const script = path.join(world.root, 'rebind');
  const text = readFileSync(path.join(__dirname, '../../../../stacks/payload/volume/rebind'), 'utf8');
  writeFileSync(script, text.replaceAll('/etc/lukko/host.env', env).replaceAll('/run/lukko', world.root));
  const asHost = `case $command in rebind) sh ${script};; esac`;
  const asTang = `case "$SSH_ORIGINAL_COMMAND" in
*tangd-rotate-keys*) /usr/libexec/tangd-rotate-keys -d ${tang.keys};;
*tang-thumbprint) jose jwk thp -a S256 -i $(grep -l '"sign"' ${tang.keys}/*.jwk);;
curl*) curl --silent ${tang.url}/adv;;
esac`;
  first.answers(asTang);
  await rotateKeys(world.pinning(), 'tang-fsn1');
  const rotated = environmentFile('pinned.yaml', portsAt(world.root)).config.keys.servers[0]?.thumbprint;
  expect(rotated).not.toBe(tang.thumbprint);
  expect(await opens()).toBe(true);
  writeFileSync(env, `LUKKO_VOLUME_DEVICE=${disk}\nLUKKO_CLEVIS='${bindingOf()}'\n`);
  for (const host of world.hosts) host.answers(asHost);
  const { file, ...rest } = world.pinning();
  const { logs } = file.config.hosts;
  await expect(
    rebindVolumes({ ...rest, file: { ...file, config: { ...file.config, hosts: { logs } as never } } }),
  ).resolves.toBeUndefined();
  // Without its former keys, and with one of the others gone, only the new ones can open it.
  execFileSync('find', [tang.keys, '-name', '.*.jwk', '-delete']);
  await world.tangs[2]?.stop();
  expect(await opens()).toBe(true);
});

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

test('without pinned key servers nothing is sealed', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'lukko-pin-'));
  writeFileSync(path.join(root, 'x.yaml'), readFileSync(path.join(__dirname, '../../../../config/unpinned.yaml')));
  const ports = portsAt(root);
  const sealing = {
    file: environmentFile('x.yaml', ports),
    files: ports.files,
    now: ports.now,
    urlOf: () => undefined,
  };
  expect(() => sealSecret(sealing, 'acme-account', Buffer.from('x'))).toThrowErrorMatchingSnapshot();
  expect(() => sealSecret(sealing, 'Acme', Buffer.from('x'))).toThrowErrorMatchingSnapshot();
  expect(() => sealSecret(sealing, 'acme', Buffer.alloc(0))).toThrowErrorMatchingSnapshot();
  rmSync(root, { recursive: true });
});

test('what needs tang, clevis and sshd is run, or named', () => {
  if (missing !== '')
    console.warn(`not run, since ${missing} is not installed:\n${declared.map((name) => `  - ${name}`).join('\n')}`);
  expect(declared).toHaveLength(4);
});
