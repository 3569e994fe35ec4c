import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has, must, run } from '../boot/run.ts';
import { missingForTang, type RunningTang, startTang } from '../packages/cli/seal/tang.ts';
import { built, documentOf, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

/*
 * What a host says when something is wrong, in the words that stand in its journal: the shipped scripts with the real cryptsetup, clevis,
 * jose, age and Tang. The volume is a file, so what needs the kernel (opening, mounting) is planted; that a host boots on from there is the
 * boot test's. Unit and program names that systemd would answer for are planted, too.
 */

const missing = [
  missingForTang,
  ...['cryptsetup', 'age', 'jq', 'mkfs.ext4', 'wipefs', 'blkid', 'curl'].filter((program) => !has(program)),
].filter((each) => each !== '');
const [[, errors]] = serversOf(documentOf(built(shipped('example.yaml')), 'errors')) as [
  [string, Record<string, unknown>],
];
const { files } = onHost(errors.user_data);

if (missing.length > 0) {
  test(`not run: bad input on a host (no ${missing.join(', ')})`, () => {
    process.stdout.write(`not run: bad input on a host (no ${missing.join(', ')} on this machine)\n`);
    expect(files.some(({ path: file }) => file.endsWith('/volume'))).toBe(true);
  });
} else {
  jest.setTimeout(240_000);
  const root = mkdtempSync(path.join(tmpdir(), 'lukko-bad-'));
  const at = (name: string) => path.join(root, name);
  const disk = at('disk');
  let tangs: RunningTang[] = [];
  let recipients = '';

  const binding = () =>
    JSON.stringify({ t: 2, pins: { tang: tangs.map(({ url, thumbprint: thp }) => ({ url, thp })) } });

  /** The scripts of the host with its paths below this test's folder, and the programs it is planted with. */
  const host = (programs: Readonly<Record<string, string>> = {}, env: readonly string[] = []): void => {
    rmSync(at('host'), { recursive: true, force: true });
    for (const folder of ['bin', 'lib', 'etc', 'run', 'var', 'srv/secrets/acme-account'])
      mkdirSync(at(`host/${folder}`), { recursive: true });
    for (const { path: file, content } of files) {
      const where = file.startsWith('/usr/local/lib/lukko/')
        ? 'lib'
        : /^\/etc\/lukko\/[a-z.-]+$/.test(file)
          ? 'etc'
          : '';
      if (where === '') continue;
      const text = content
        .replaceAll('/usr/local/lib/lukko/', `${at('host/lib')}/`)
        .replaceAll('/etc/lukko/', `${at('host/etc')}/`)
        .replaceAll('/var/lib/lukko', at('host/var'))
        .replaceAll('/run/lukko', at('host/run'))
        .replaceAll('/srv/lukko', at('host/srv'))
        // A file stands for the disk.
        .replace('[ ! -b "$LUKKO_VOLUME_DEVICE" ]', '[ ! -e "$LUKKO_VOLUME_DEVICE" ]');
      const name = at(`host/${where}/${path.posix.basename(file)}`);
      writeFileSync(name, text);
      chmodSync(name, 0o755);
    }
    const lines = [
      `LUKKO_VOLUME_DEVICE=${disk}`,
      ...tangs.map(({ url }, index) => `LUKKO_TANG_${index}=${url}`),
      `LUKKO_CLEVIS='${binding()}'`,
      `LUKKO_AGE_RECIPIENTS="${recipients}"`,
      ...env,
    ];
    writeFileSync(at('host/etc/host.env'), `${lines.join('\n')}\n`);
    const planted = {
      chattr: 'exit 0',
      mount: 'echo mounted >>"$PLANTED/mounted"',
      sleep: 'exit 0',
      cryptsetup: QUICK,
      ...programs,
    };
    for (const [name, body] of Object.entries(planted)) {
      writeFileSync(at(`host/bin/${name}`), `#!/bin/sh\n${body}\n`);
      chmodSync(at(`host/bin/${name}`), 0o755);
    }
  };
  /** Runs a script of the host as its unit does, and gives what the journal would hold. */
  const runs = (script: string, args: readonly string[] = []): Promise<{ code: number | null; lines: string[] }> =>
    new Promise((resolve) => {
      const line = `set -a; . ${at('host/etc/host.env')}; set +a; exec "$0" "$@"`;
      const child = spawn('sh', ['-c', line, at(`host/lib/${script}`), ...args], {
        env: { ...process.env, PLANTED: at('host'), PATH: `${at('host/bin')}:${process.env.PATH}:/usr/sbin:/sbin` },
      });
      let out = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece: Buffer) => (out += piece.toString()));
      child.once('close', (code) => resolve({ code, lines: out.split('\n').filter((each) => each !== '') }));
    });
  const refusals = (lines: readonly string[]) => lines.filter((line) => /^(refused|no answer)/.test(line));
  /** Nothing was mounted, and no key lies about. */
  const expectClosed = () => {
    expect(existsSync(at('host/mounted'))).toBe(false);
    expect(existsSync(at('host/run/volume.key'))).toBe(false);
  };
  const blank = () => {
    rmSync(disk, { force: true });
    execFileSync('truncate', ['-s', '24M', disk]);
  };
  const luks = (label: string) => {
    blank();
    const fast = ['--type', 'luks2', '--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000', '--label', label];
    execFileSync('cryptsetup', ['luksFormat', '-q', ...fast, '--key-file', '-', disk], { input: 'recovery' });
    return must('cryptsetup', ['luksUUID', disk]).trim();
  };
  const bound = async () => {
    const uuid = luks('lukko');
    const child = spawn('clevis', ['luks', 'bind', '-f', '-y', '-k', '-', '-d', disk, 'sss', binding()], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.end('recovery');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    return uuid;
  };
  const another = async (index: number) => {
    const port = Number(new URL(tangs[index]?.url ?? '').port);
    await tangs[index]?.stop();
    return startTang(port);
  };

  beforeEach(async () => {
    tangs = [await startTang(), await startTang(), await startTang()];
  });
  afterEach(() => Promise.all(tangs.map((tang) => tang.stop())));
  beforeAll(() => {
    recipients = ['a', 'b']
      .map((name) => {
        must('age-keygen', ['-o', at(name)]);
        return must('age-keygen', ['-y', at(name)]).trim();
      })
      .join(' ');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('no device, for as long as the unit waits', async () => {
    rmSync(disk, { force: true });
    host();
    const { code, lines } = await runs('volume');
    expect([code, lines]).toEqual([1, [`refused: ${disk} has not appeared: is the volume attached?`]]);
    expectClosed();
  });

  test('a device that comes late is set up, and the next boot finds it late, too', async () => {
    // It comes with the third look; planted is that clevis has opened it, which takes the kernel.
    const late = `n=$(cat "$PLANTED/n" 2>/dev/null || echo 0); echo $((n + 1)) >"$PLANTED/n"; [ "$n" -lt 2 ] || mv "$PLANTED/late" ${disk} 2>/dev/null || true`;
    rmSync(disk, { force: true });
    host({
      sleep: late,
      'mkfs.ext4': 'exit 0',
      resize2fs: 'exit 0',
      'systemd-tmpfiles': 'exit 0',
      systemctl: 'exit 0',
      clevis: CLEVIS,
    });
    execFileSync('truncate', ['-s', '24M', at('host/late')]);
    const first = await runs('volume');
    expect([first.code, first.lines.filter((line) => /^(setting up|refused|opened)/.test(line))]).toEqual([
      0,
      [
        `setting up: formatting ${disk}`,
        'setting up: binding to the key servers',
        'setting up: sealing the recovery key',
        'setting up: making the file system',
        'setting up: done',
      ],
    ]);
    expect(readFileSync(at('host/mounted'), 'utf8')).toBe('mounted\n');
    const uuid = readFileSync(at('host/var/luks-uuid'), 'utf8').trim();
    execFileSync('mv', [disk, at('host/late')]);
    rmSync(at('host/n'));
    const second = await runs('volume');
    expect([second.code, second.lines]).toEqual([0, [`opened ${uuid}`]]);
  });

  test.each([
    [
      'a file system',
      () => must('mkfs.ext4', ['-q', '-F', disk]),
      /^refused: the volume holds something that is not ours: disk 0x438 ext4 [0-9a-f-]{36} ?$/,
    ],
    [
      'a LUKS volume of somebody else',
      () => luks('mine'),
      /^refused: the volume holds something that is not ours: disk 0x0 crypto_LUKS \S+ mine disk 0x4000 crypto_LUKS \S+ mine$/,
    ],
    [
      'a partition table',
      () => must('sfdisk', ['-q', disk], { input: 'label: gpt\n,\n' }),
      /^refused: the volume holds something that is not ours: disk 0x200 gpt disk 0x17ffe00 gpt disk 0x1fe PMBR ?$/,
    ],
  ])('a disk with %s is left as it is, byte for byte', async (_, make, line) => {
    blank();
    make();
    const before = readFileSync(disk);
    host();
    const { code, lines } = await runs('volume');
    expect([code, refusals(lines)]).toEqual([1, [expect.stringMatching(line)]]);
    expect(readFileSync(disk).equals(before)).toBe(true);
    expectClosed();
  });

  test('a blank disk, and another volume of ours, where a UUID is recorded', async () => {
    const recorded = '5f1c7a3e-0b8e-4a56-9d11-2f3c4b5a6978';
    blank();
    host({}, [`LUKKO_LUKS_UUID=${recorded}`]);
    expect(await runs('volume')).toEqual({
      code: 1,
      lines: [`refused: the volume is not set up, expected ${recorded}: another disk, or one that was wiped`],
    });
    expect(readFileSync(disk).every((byte) => byte === 0)).toBe(true);
    const other = luks('lukko');
    const before = readFileSync(disk);
    expect(await runs('volume')).toEqual({ code: 1, lines: [`refused: the volume is ${other}, expected ${recorded}`] });
    expect(readFileSync(disk).equals(before)).toBe(true);
    expectClosed();
  });

  test('key servers that answer with other keys, or not at all, do not open it, and each is named', async () => {
    await bound();
    host();
    const [first, second] = tangs;
    tangs[0] = await another(0);
    await second?.stop();
    const { code, lines } = await runs('volume');
    expect([code, lines.filter((line) => /^(refused|no answer)|answers$/.test(line))]).toEqual([
      1,
      [
        `refused: ${first?.url} answers with other keys than the pinned ${first?.thumbprint}`,
        `no answer from ${second?.url}`,
        `${tangs[2]?.url} answers`,
        `refused: too few key servers opened ${disk}; trying again`,
      ],
    ]);
    expectClosed();
  });

  test('a first boot is not bound to a key server with other keys, nor while the network is not up', async () => {
    blank();
    host();
    const pinned = tangs[0];
    tangs[0] = await another(0);
    const changed = await runs('volume');
    expect([changed.code, refusals(changed.lines)]).toEqual([
      1,
      [
        `refused: ${pinned?.url} answers with other keys than the pinned ${pinned?.thumbprint}`,
        `refused: ${disk} could not be bound to the key servers; trying again`,
      ],
    ]);
    expect(must('blkid', ['--probe', '--match-tag', 'LABEL', '--output', 'value', disk]).trim()).toBe('lukko-pending');
    expect(run('clevis', ['luks', 'list', '-d', disk]).stdout).toBe('');
    expectClosed();
    for (const tang of tangs) await tang.stop();
    const away = await runs('volume');
    expect(refusals(away.lines)).toEqual([
      ...tangs.map(({ url }) => `no answer from ${url}`),
      `refused: ${disk} could not be bound to the key servers; trying again`,
    ]);
    expectClosed();
  });

  test('sealed secrets that do not open: too few key servers, and one that was damaged', async () => {
    host({ chown: 'exit 0' });
    const jwk = must('jose', ['jwk', 'gen', '-i', '{"alg":"A256GCM"}']);
    writeFileSync(at('jwk'), jwk);
    const sealed = must('jose', ['jwe', 'enc', '-k', at('jwk'), '-I-'], { input: 'kid-1\nmac\n' });
    const key = await new Promise<string>((resolve) => {
      const child = spawn('clevis', ['encrypt', 'sss', binding(), '-y'], { stdio: ['pipe', 'pipe', 'ignore'] });
      let out = '';
      child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
      child.once('close', () => resolve(out));
      child.stdin.end(jwk);
    });
    const file = at('host/srv/secrets/sealed.json');
    const write = (text: string) =>
      writeFileSync(file, JSON.stringify({ key, secrets: { 'acme-account': { sealed: text } } }));
    write(sealed);
    expect(await runs('open-secrets')).toEqual({ code: 0, lines: ['opened acme-account'] });
    expect(readFileSync(at('host/srv/secrets/acme-account/mac-key'), 'utf8')).toBe('mac');
    const login = 'machine relay.example login hosts password synthetic\n';
    const mail = must('jose', ['jwe', 'enc', '-k', at('jwk'), '-I-'], { input: login });
    writeFileSync(file, JSON.stringify({ key, secrets: { 'alert-mail': { sealed: mail } } }));
    expect(await runs('open-secrets')).toEqual({ code: 0, lines: ['opened alert-mail'] });
    expect(readFileSync(at('host/srv/secrets/alert-mail'), 'utf8')).toBe(login);
    expect(statSync(at('host/srv/secrets/alert-mail')).mode & 0o777).toBe(0o600);
    const damaged = JSON.parse(sealed) as { tag: string };
    write(
      JSON.stringify({
        ...damaged,
        tag: damaged.tag.startsWith('A') ? `B${damaged.tag.slice(1)}` : `A${damaged.tag.slice(1)}`,
      }),
    );
    const spoilt = await runs('open-secrets');
    // The key that opened is not left in memory either.
    expect(existsSync(at('host/run/open'))).toBe(false);
    expect([spoilt.code, refusals(spoilt.lines)]).toEqual([1, ['refused: the secret acme-account does not open']]);
    write(sealed);
    await tangs[0]?.stop();
    await tangs[1]?.stop();
    const few = await runs('open-secrets');
    expect([few.code, refusals(few.lines)]).toEqual([
      1,
      [`refused: ${file} does not open: too few key servers answer, or it was sealed to others`],
    ]);
  });

  test('a service that keeps crashing, and a volume that is not there, are what the host says it does not serve for', async () => {
    const cloud = { 'cloud-init': 'echo status: done', cat: 'exec /bin/cat "$@"' };
    const systemctl = `case "$*" in
"is-active --quiet glitchtip.service") exit 3;;
"is-active glitchtip.service") echo activating;;
"show -P StatusText"*) echo "";;
esac`;
    // Its port is open where a process runs; whether it answers is another question.
    const well = 'echo "$*" >>"$PLANTED/asked"';
    host({ ...cloud, systemctl, mountpoint: 'exit 0', curl: well });
    expect(await runs('serving')).toEqual({ code: 1, lines: ['not serving: glitchtip.service is activating: '] });
    expect(readFileSync(at('host/asked'), 'utf8')).toMatch(
      /--connect-to ::127\.0\.0\.1: .*http:\/\/errors\.lukko\.example:8000\/_health\/\n$/,
    );
    host({ ...cloud, systemctl: 'exit 0', mountpoint: 'exit 0', curl: 'exit 22' });
    expect(await runs('serving')).toEqual({
      code: 1,
      lines: ['not serving: http://errors.lukko.example:8000/_health/ does not answer'],
    });
    const journalctl = `echo "refused: too few key servers opened ${disk}; trying again"`;
    host({ ...cloud, systemctl: 'exit 0', mountpoint: 'exit 1', journalctl, curl: well });
    expect(await runs('serving')).toEqual({
      code: 1,
      lines: [
        `not serving: ${at('host/srv')} is not mounted: refused: too few key servers opened ${disk}; trying again`,
      ],
    });
  });

  test('Caddy that waits for its secret serves; one that has it and does not run does not', async () => {
    const systemctl = `case "$*" in
"is-active --quiet caddy.service") exit 3;;
"is-active caddy.service") echo activating;;
esac`;
    host({ 'cloud-init': 'echo status: done', systemctl, mountpoint: 'exit 0', curl: 'exit 0' });
    expect(await runs('acme-account')).toEqual({
      code: 0,
      lines: [expect.stringMatching(/^waiting for acme-account: /)],
    });
    expect(await runs('serving')).toEqual({ code: 0, lines: ['waiting: caddy.service for acme-account', 'serving'] });
    // Its unit removes what it waited for, once it is started with the secret there.
    const unit = files.find(({ path: file }) => file.endsWith('/caddy.container'))?.content ?? '';
    const [, before = ''] = /^ExecStartPre=(.*)$/m.exec(unit) ?? [];
    must('sh', ['-c', before.replace('/run/lukko', at('host/run'))]);
    expect(await runs('serving')).toEqual({ code: 1, lines: ['not serving: caddy.service is activating'] });
  });

  test('a full disk, and a clock that follows nobody', async () => {
    host({
      df: 'printf "Use%%\\n 100%%\\n"',
      mountpoint: 'exit 0',
      systemctl: 'exit 0',
      timedatectl: 'echo no',
      date: 'case "$*" in *%FT%TZ) echo 2025-11-21T12:00:00Z;; *) exec /bin/date "$@";; esac',
      hostname: 'echo errors.lukko.example',
    });
    expect(await runs('checks')).toEqual({
      code: 0,
      lines: [
        `<3>ALERT disk ${at('host/srv')} 100 % of the volume are used`,
        '<3>ALERT disk / 100 % of the root disk are used',
        '<3>ALERT clock errors.lukko.example no time server agrees with the clock, which says 2025-11-21T12:00:00Z',
      ],
    });
  });
}

/** The real cryptsetup; a key slot made by it takes a thousand rounds instead of two seconds, each time it is made and opened. */
const QUICK = `PATH=\${PATH#*:}
[ "$1" = luksFormat ] || exec cryptsetup "$@"
exec cryptsetup "$@" --pbkdf-force-iterations 1000`;

/** The real clevis, but for the step that takes the kernel: what it would have opened is opened without a mapping. */
const CLEVIS = `case "$1 $2" in
"luks unlock") /usr/bin/clevis luks pass -d "$4" -s 1 | cryptsetup open --test-passphrase --key-file - "$4";;
*) exec /usr/bin/clevis "$@";;
esac`;
