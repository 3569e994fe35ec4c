import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has, type Ran, run, sleep } from '../boot/run.ts';
import { freePort } from '../ports.ts';
import { built, documentOf, REPOSITORY, serversOf, shipped } from './built.ts';
import { type HostFile, onHost } from './on-host.ts';

/**
 * The shipped scripts of backup and drill against the shipped command line of the server, in the real restic and rclone on loopback.
 * Only the folders, the address and the proxy differ.
 */
const PROGRAMS = ['restic', 'rclone', 'age', 'age-keygen', 'jq'];
const missing = PROGRAMS.filter((program) => !has(program));
const example = built(shipped('example.yaml'));

function filesOf(stack: string): readonly HostFile[] {
  const [[, server]] = serversOf(documentOf(example, stack)) as [[string, Record<string, unknown>]];
  return onHost(server.user_data).files;
}
const contentOf = (stack: string, end: string): string =>
  filesOf(stack).find((file) => file.path.endsWith(end))?.content ?? '';

if (missing.length > 0) {
  test(`not run: backups against the real server (no ${missing.join(', ')})`, () => {
    process.stdout.write(`not run: backups against the real server (no ${missing.join(', ')} on this machine)\n`);
    expect(contentOf('backups', 'lukko-restic.service')).toContain('--append-only');
  });
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-backup-'));
  const store = path.join(folder, 'store');
  let server: ChildProcess | undefined;
  let port = 0;

  /** A script of the host `edge`, with the host's folders moved below this test's. */
  const script = (name: string, args: readonly string[] = [], input = ''): Ran => {
    const text = contentOf('edge', `/lukko/${name}`)
      .replaceAll('/srv/lukko', `${folder}/volume`)
      .replaceAll('/run/lukko', `${folder}/run`)
      .replaceAll('/etc/lukko', `${folder}/etc`)
      .replaceAll('HTTPS_PROXY=http://127.0.0.1:8888 ', '');
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return run('sh', [file, ...args], { input });
  };
  const restic = (args: readonly string[], repository: string, password: string): Ran =>
    run('restic', ['--no-cache', '-r', repository, ...args], { env: { ...process.env, RESTIC_PASSWORD: password } });
  const state = (name: string) =>
    JSON.parse(readFileSync(`${folder}/volume/state/${name}.json`, 'utf8')) as Record<string, unknown>;
  const password = () => readFileSync(`${folder}/volume/secrets/restic-password`, 'utf8').trim();

  beforeAll(async () => {
    for (const each of [
      'volume/state',
      'volume/secrets',
      'volume/identity',
      'volume/caddy/data',
      'volume/dumps',
      'run',
      'etc',
      'store',
    ])
      mkdirSync(path.join(folder, each), { recursive: true });
    writeFileSync(`${folder}/volume/identity/marker`, 'what a backup must hold\n');
    port = await freePort();
    const recipients = ['a', 'b'].map((name) => {
      run('age-keygen', ['-o', `${folder}/${name}`]);
      return run('age-keygen', ['-y', `${folder}/${name}`]).stdout.trim();
    });
    writeFileSync(`${folder}/etc/host.env`, `LUKKO_AGE_RECIPIENTS="${recipients.join(' ')}"\n`);
    writeFileSync(
      `${folder}/etc/backup.env`,
      contentOf('edge', '/backup.env')
        .replace('https://backups.lukko.example', `http://127.0.0.1:${port}`)
        .replaceAll('/srv/lukko', `${folder}/volume`),
    );
    const command = /^ExecStart=(.*)$/m.exec(contentOf('backups', 'lukko-restic.service'))?.[1] ?? '';
    const [, ...words] = command
      .replace('127.0.0.1:8081', `127.0.0.1:${port}`)
      .replace('/srv/lukko/restic', store)
      .split(' ');
    server = spawn('rclone', words, { stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries += 1) {
      if (run('curl', ['-s', `http://127.0.0.1:${port}/`]).status === 0) break;
      await sleep(50);
    }
  }, 60_000);
  afterAll(() => {
    server?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the password is made once, and sealed to both operators in the same step', () => {
    expect(script('restic-secret')).toMatchObject({ status: 0 });
    const made = password();
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    for (const name of ['a', 'b'])
      expect(
        run('age', [
          '--decrypt',
          '-i',
          `${folder}/${name}`,
          `${folder}/volume/secrets/restic-password.age`,
        ]).stdout.trim(),
      ).toBe(made);
    expect(script('restic-secret')).toMatchObject({ status: 0 });
    expect(password()).toBe(made);
  });

  test('a backup is made, checked and noted; the drill restores it and notes point and time', () => {
    const ran = script('backup');
    expect([ran.status, ran.status === 0 ? '' : ran.stderr]).toEqual([0, '']);
    expect(state('backup')).toMatchObject({ passwordFetched: null, snapshot: expect.stringMatching(/^[0-9a-f]+$/) });
    const drill = script('drill');
    expect([drill.status, drill.status === 0 ? '' : drill.stderr]).toEqual([0, '']);
    expect(state('drill')).toMatchObject({ openedWith: 'host', repository: state('backup').repository });
  }, 120_000);

  test('once an operator fetched the sealed password, the next backup says so', () => {
    expect(script('sealed').stdout).toContain('-----BEGIN AGE ENCRYPTED FILE-----');
    expect(script('backup').status).toBe(0);
    expect(state('backup').passwordFetched).toMatch(/^\d{4}-\d\d-\d\dT/);
  }, 60_000);

  test('a machine that never held the volume restores with the unsealed password alone', () => {
    const unsealed = run('age', [
      '--decrypt',
      '-i',
      `${folder}/b`,
      `${folder}/volume/secrets/restic-password.age`,
    ]).stdout.trim();
    const target = path.join(folder, 'elsewhere');
    const { status, stderr } = restic(
      ['restore', 'latest', '--target', target],
      String(state('backup').repository),
      unsealed,
    );
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
    expect(readFileSync(`${target}${folder}/volume/identity/marker`, 'utf8')).toBe('what a backup must hold\n');
    // What was made on the host is there as well, sealed alone.
    expect(readdirSync(`${target}${folder}/volume/secrets`)).toEqual(['restic-password.age']);
  }, 60_000);

  test('a backup that was cut off leaves no lock behind that stops the next ones', async () => {
    const repository = String(state('backup').repository);
    const big = path.join(folder, 'big');
    run('sh', ['-c', `head -c 20000000 /dev/urandom >${big}`]);
    const cut = spawn('restic', ['-r', repository, '--no-cache', 'backup', '--limit-upload', '200', big], {
      env: { ...process.env, RESTIC_PASSWORD: password() },
      stdio: 'ignore',
    });
    const locks = path.join(store, 'edge', path.basename(repository), 'locks');
    for (let tries = 0; tries < 3600 && cut.exitCode === null && readdirSync(locks).length === 0; tries += 1)
      await sleep(50);
    const over = new Promise((resolve) => cut.once('exit', resolve));
    cut.kill('SIGKILL');
    await over;
    expect(readdirSync(locks)).toHaveLength(1);
    expect(restic(['check', '--quiet'], repository, password()).stderr).toContain('already locked');
    const ran = script('backup');
    expect([ran.status, ran.status === 0 ? '' : ran.stderr]).toEqual([0, '']);
    expect(readdirSync(locks)).toEqual([]);
  }, 300_000);

  test('the drill opens the repository with the copy an operator unsealed', () => {
    const ran = script('drill', ['-'], `${password()}\n`);
    expect([ran.status, ran.status === 0 ? '' : ran.stderr]).toEqual([0, '']);
    expect(state('drill').openedWith).toBe('sealed');
    expect(script('drill', ['-'], 'another\n').status).not.toBe(0);
  }, 60_000);

  test('one file comes back as the page says', () => {
    const page = readFileSync(path.join(REPOSITORY, 'docs/runbooks/restore.md'), 'utf8');
    const [, block = ''] = /```sh\n( +export [^]*?)```/.exec(page) ?? [];
    const text = block
      .replace('HTTPS_PROXY=http://127.0.0.1:8888 ', '')
      .replaceAll('/srv/lukko', `${folder}/volume`)
      .replaceAll('/etc/lukko', `${folder}/etc`)
      .replace('<path>', `${folder}/volume/identity/marker`);
    const ran = run('sh', ['-euc', text], { env: { ...process.env, RESTIC_CACHE_DIR: `${folder}/cache` } });
    expect([ran.status, ran.status === 0 ? '' : ran.stderr]).toEqual([0, '']);
    expect(readFileSync(`${folder}/volume/restored${folder}/volume/identity/marker`, 'utf8')).toBe(
      'what a backup must hold\n',
    );
  }, 60_000);

  test('a host can neither take a backup away nor write over one', () => {
    const repository = String(state('backup').repository).replace(/^rest:/, '');
    const listed = () =>
      (JSON.parse(restic(['snapshots', '--json'], `rest:${repository}`, password()).stdout) as { id: string }[]).map(
        ({ id }) => id,
      );
    const before = listed();
    expect(before.length).toBeGreaterThan(1);
    const root = path.join(store, 'edge', path.basename(repository));
    const pack = readdirSync(`${root}/data`, { recursive: true, withFileTypes: true }).find((entry) =>
      entry.isFile(),
    )?.name;
    for (const target of [`snapshots/${before[0]}`, `data/${pack}`, `keys/${readdirSync(`${root}/keys`)[0]}`, 'config'])
      for (const request of [
        ['-X', 'DELETE'],
        ['-X', 'POST', '--data-binary', 'x'],
      ]) {
        const { stdout } = run('curl', [
          '-s',
          '-o',
          '/dev/null',
          '-w',
          '%{http_code}',
          ...request,
          `${repository}/${target}`,
        ]);
        expect([target, request[1], stdout]).toEqual([target, request[1], '403']);
      }
    expect(listed()).toEqual(before);
  }, 60_000);

  test('a pack that was damaged on the server is found', () => {
    const repository = String(state('backup').repository);
    const root = path.join(store, 'edge', path.basename(repository), 'data');
    const pack = readdirSync(root, { recursive: true, withFileTypes: true }).find((entry) => entry.isFile());
    const file = path.join(pack?.parentPath ?? '', pack?.name ?? '');
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(10) ^ 0xff, 10);
    rmSync(file);
    writeFileSync(file, bytes);
    const { status, stderr } = restic(['check', '--read-data'], repository, password());
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/pack|hash|damaged|does not match/i);
    // The drill fails too, and leaves nothing behind that would fill the volume.
    expect(script('drill').status).not.toBe(0);
    expect(existsSync(`${folder}/volume/drill`)).toBe(false);
  }, 60_000);

  test('the server removes what is past its time by age alone, and keeps the rest', () => {
    const old = path.join(store, 'edge', '2020-w01');
    mkdirSync(old, { recursive: true });
    writeFileSync(`${old}/config`, '');
    run('touch', ['-d', '60 days ago', `${old}/config`]);
    const expire = (says: string) => {
      writeFileSync(path.join(folder, 'timedatectl'), `#!/bin/sh\necho ${says}\n`, { mode: 0o755 });
      const text = contentOf('backups', '/lukko/expire').replaceAll('/srv/lukko/restic', store);
      return run('sh', ['-s'], { input: text, env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } });
    };
    // A clock that is a year ahead would end every one of them.
    expect(expire('no')).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(
        /^refused: nothing is removed by age while no time server agrees with the clock, which says 20/,
      ),
    });
    expect(readdirSync(path.join(store, 'edge'))).toContain('2020-w01');
    expect(expire('yes')).toMatchObject({ status: 0, stdout: expect.stringContaining('2020-w01') });
    expect(readdirSync(path.join(store, 'edge'))).toEqual([path.basename(String(state('backup').repository))]);
  });
}
