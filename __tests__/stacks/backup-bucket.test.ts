import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { restore } from '../../packages/cli/src/host/restore.ts';
import { has, must, type Ran, sleep } from '../boot/run.ts';
import { versitygwProgram } from '../boot/tools.ts';
import {
  type BucketServer,
  expires,
  hostsMay,
  type Key,
  largestPack,
  REGION,
  startBucketServer,
  versionsIn,
} from './bucket-server.ts';
import { built, documentOf, inBucket, REPOSITORY, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

/**
 * The shipped scripts of a host that backs up into a bucket, in the real restic and curl, against a real S3 server with versions and object
 * lock on loopback. Only the folders, the address and the proxy differ. The runbook's commands make the bucket and bring back what was deleted.
 */
const PROGRAMS = ['restic', 'rclone', 'age', 'age-keygen', 'jq', 'curl', 'openssl'];
const lacking = PROGRAMS.filter((program) => !has(program));
const found = lacking.length === 0 ? versitygwProgram() : { missing: `no ${lacking.join(', ')}` };

const example = built(shipped('example.yaml', inBucket));
const [[, server]] = serversOf(documentOf(example, 'edge')) as [[string, Record<string, unknown>]];
const { files } = onHost(server.user_data);
const contentOf = (end: string): string => files.find((file) => file.path.endsWith(end))?.content ?? '';

if ('missing' in found) {
  test(`not run: backups into a real bucket (${found.missing})`, () => {
    process.stdout.write(`not run: backups into a real bucket: ${found.missing}\n`);
    expect(contentOf('/lukko/bucket')).toContain('$LUKKO_BUCKET?$1=');
  });
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-bucket-'));
  const at = (name: string) => path.join(folder, name);
  const bucket = 'lukko-example-backups';
  const hosts: Key = { id: 'HOSTSKEY', secret: 'hosts/secret+of=the.hosts' };
  // What this machine may have set of its own must not reach the servers on loopback.
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|RESTIC_|RCLONE_|https?_proxy$|HTTPS?_PROXY$)/.test(name)),
  );
  let store: BucketServer;

  /** Runs a program to its end while this process goes on, since it answers for the bucket. */
  const program = (name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Promise<Ran> =>
    new Promise((resolve) => {
      const child = spawn(name, args, { cwd: folder, env: { ...environment, ...env } });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (piece: Buffer) => (stdout += piece));
      child.stderr.on('data', (piece: Buffer) => (stderr += piece));
      child.once('close', (status) => resolve({ status: status ?? 137, stdout, stderr }));
      child.stdin.end(input);
    });
  const onThis = (text: string): string =>
    text
      .replaceAll('/usr/local/lib/lukko', `${folder}/lib`)
      .replaceAll('/srv/lukko', `${folder}/volume`)
      .replaceAll('/run/lukko', `${folder}/run`)
      .replaceAll('/etc/lukko', `${folder}/etc`)
      .replaceAll('HTTPS_PROXY=http://127.0.0.1:8888 ', '')
      .replaceAll('--proxy http://127.0.0.1:8888 ', '')
      // Twice a second apart is enough of a retry here.
      .replaceAll('--retry 3', '--retry 0')
      .replaceAll('https://fsn1.your-objectstorage.com', store.endpoint);
  const script = (name: string, args: readonly string[] = [], input = ''): Promise<Ran> =>
    program('sh', [at(`lib/${name}`), ...args], { PATH: `${folder}/bin:${process.env.PATH}` }, input);
  const state = (name: string) =>
    JSON.parse(readFileSync(at(`volume/state/${name}.json`), 'utf8')) as Record<string, unknown>;
  const password = () => readFileSync(at('volume/secrets/restic-password'), 'utf8').trim();
  const asHost = { AWS_ACCESS_KEY_ID: hosts.id, AWS_SECRET_ACCESS_KEY: hosts.secret };
  const asOwner = () => ({ AWS_ACCESS_KEY_ID: store.owner.id, AWS_SECRET_ACCESS_KEY: store.owner.secret });
  const restic = (args: readonly string[], env: NodeJS.ProcessEnv, repository = String(state('backup').repository)) =>
    program('restic', ['--no-cache', '-r', repository, ...args], {
      RESTIC_PASSWORD: password(),
      AWS_DEFAULT_REGION: REGION,
      ...env,
    });
  const week = () => path.basename(String(state('backup').repository));
  /** The block of a runbook that has these words. */
  const block = (page: string, words: string): string => {
    const text = readFileSync(path.join(REPOSITORY, `docs/runbooks/${page}`), 'utf8');
    const found = [...text.matchAll(/```sh\n([^]*?)```/g)].find(([, lines]) => lines?.includes(words))?.[1];
    if (found === undefined) throw new Error(`${page} has no block with ${words}`);
    return found.replaceAll('https://fsn1.your-objectstorage.com', store.endpoint);
  };
  const seal = async (name: string, text: string): Promise<Ran> => {
    // What opens a sealed secret is tried in bad-input.test.ts; here it is there already, as the text itself.
    mkdirSync(at('bin'), { recursive: true });
    for (const [each, lines] of [
      ['clevis', 'cat'],
      ['jose', 'while [ "$1" != -O ]; do shift; done; cat "$SECRET" >"$2"'],
    ] as const) {
      writeFileSync(at(`bin/${each}`), `#!/bin/sh\n${lines}\n`);
      chmodSync(at(`bin/${each}`), 0o755);
    }
    writeFileSync(at('volume/secrets/sealed.json'), JSON.stringify({ key: 'k', secrets: { [name]: { sealed: 's' } } }));
    writeFileSync(at('secret'), text);
    return program('sh', [at('lib/open-secrets')], {
      PATH: `${folder}/bin:${process.env.PATH}`,
      SECRET: at('secret'),
    });
  };
  const refusals = ({ status, stderr }: Ran): readonly [number, readonly string[]] => [
    status,
    stderr
      .trim()
      .split('\n')
      .map((line) => line.replaceAll(store.endpoint, 'https://fsn1.your-objectstorage.com')),
  ];
  const says = (why: string) => [
    1,
    [`refused: no backup, the bucket https://fsn1.your-objectstorage.com/${bucket} ${why}`],
  ];

  beforeAll(async () => {
    for (const each of ['volume/state', 'volume/secrets', 'volume/identity', 'volume/caddy/data', 'volume/dumps'])
      mkdirSync(at(each), { recursive: true });
    for (const each of ['run', 'etc', 'lib']) mkdirSync(at(each), { recursive: true });
    writeFileSync(at('volume/identity/marker'), 'what a backup must hold\n');
    writeFileSync(at('volume/caddy/data/large'), Buffer.alloc(3_000_000, 'lukko '));
    store = await startBucketServer(found.program, at('s3'));
    store.addUser(hosts);
    const recipients = ['a', 'b'].map((name) => {
      must('age-keygen', ['-o', at(name)]);
      return must('age-keygen', ['-y', at(name)]).trim();
    });
    for (const file of files.filter((each) => each.path.startsWith('/usr/local/lib/lukko/')))
      writeFileSync(at(`lib/${path.basename(file.path)}`), onThis(file.content), { mode: 0o755 });
    writeFileSync(at('etc/host.env'), `LUKKO_AGE_RECIPIENTS="${recipients.join(' ')}"\n`);
    writeFileSync(at('etc/backup.env'), onThis(contentOf('/backup.env')));
    must('sh', [at('lib/restic-secret')]);
  }, 300_000);
  afterAll(async () => {
    await store?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('without its key nothing is asked, and the host says what it waits for', async () => {
    expect(refusals(await script('backup'))).toEqual(says('waits for backup-bucket'));
    expect(state('bucket')).toMatchObject({ refused: 'waits for backup-bucket' });
    const waits = contentOf('/lukko/serving').split('\n').at(-3);
    expect(waits).toBe(
      '[ -s /srv/lukko/secrets/backup-bucket ] || echo "waiting: lukko-backup.service for backup-bucket"',
    );
  });

  test('the sealed key is opened into files of root alone; what is no key is refused', async () => {
    for (const text of [`${hosts.id}\n`, `${hosts.id}\n${hosts.secret}\nmore\n`, `id\n"; rm -rf /\n`, `a\r\nb\r\n`]) {
      const { status, stderr } = await seal('backup-bucket', text);
      expect([text, status, stderr]).toEqual([
        text,
        1,
        'refused: the secret backup-bucket is not two lines, a key id and its secret\n',
      ]);
    }
    expect(existsSync(at('volume/secrets/backup-bucket'))).toBe(false);
    expect(await seal('backup-bucket', `${hosts.id}\n${hosts.secret}\n`)).toMatchObject({ status: 0, stderr: '' });
    expect(statSync(at('volume/secrets/backup-bucket')).mode & 0o777).toBe(0o600);
    expect(readFileSync(at('volume/secrets/backup-bucket'), 'utf8')).toBe(
      `[default]\naws_access_key_id = ${hosts.id}\naws_secret_access_key = ${hosts.secret}\n`,
    );
    expect(statSync(at('volume/secrets/backup-bucket.curl')).mode & 0o777).toBe(0o600);
  }, 30_000);

  test('a bucket is refused for as long as it does not lock and remove what is written, in one line each', async () => {
    const refused = async () => refusals(await script('bucket'));
    const error = (code: string) => `${code} (22) The requested URL returned error: 404`;
    expect(await refused()).toEqual(says(`does not say its versioning: ${error('NoSuchBucket')}`));
    expect(state('bucket')).toEqual({
      at: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:]{8}Z$/),
      bucket: `${store.endpoint}/${bucket}`,
      refused: `does not say its versioning: ${error('NoSuchBucket')}`,
    });

    // One without lock, as a console makes it when nobody asks for it.
    store.make(bucket, false);
    store.policy(bucket, hostsMay(hosts, bucket));
    expect(await refused()).toEqual(says('keeps no versions'));
    expect(store.ask('PUT', `/${bucket}?versioning=`, { body: versioning }).status).toBe(200);
    expect(await refused()).toEqual(
      says(`does not say its object-lock: ${error('ObjectLockConfigurationNotFoundError')}`),
    );
    expect(store.ask('DELETE', `/${bucket}`).status).toBe(204);

    store.make(bucket, true);
    store.policy(bucket, hostsMay(hosts, bucket));
    expect(await refused()).toEqual(says('locks in mode none, expected COMPLIANCE'));
    store.lock(bucket, 'GOVERNANCE', 29);
    expect(await refused()).toEqual(says('locks in mode GOVERNANCE, expected COMPLIANCE'));
    store.lock(bucket, 'COMPLIANCE', 7);
    expect(await refused()).toEqual(says('locks for 7 days, expected at least 29'));
    store.lock(bucket, 'COMPLIANCE', 30);
    expect(await refused()).toEqual(says('locks for 30 days, expected less than 30'));
    store.lock(bucket, 'COMPLIANCE', 29);

    const whole = 'does not remove all versions by itself';
    for (const [rules, why] of [
      [undefined, `does not say its lifecycle: ${error('NoSuchLifecycleConfiguration')}`],
      [expires(29, 1).replace('Enabled', 'Disabled'), whole],
      [expires(29, 1, '<Filter><Prefix>edge/</Prefix></Filter>'), whole],
      [expires(29, 1, '<Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>'), whole],
      [expires(29, 1).replace(/<NoncurrentVersionExpiration>.*<\/NoncurrentVersionExpiration>/, ''), whole],
      [`\n  ${expires(60, 30).replaceAll('><', '>\n  <')}\n`, 'removes backups after 90 days, expected at most 30'],
      [expires(29, 1).replace('<Days>29</Days>', '<Date>2020-01-01T00:00:00Z</Date>'), whole],
    ] as const) {
      store.lifecycle(bucket, rules);
      expect([rules, await refused()]).toEqual([rules, says(why)]);
    }
    store.lifecycle(bucket, undefined);
    expect(store.ask('DELETE', `/${bucket}`).status).toBe(204);
  }, 60_000);

  test('the runbook makes a bucket that is taken', async () => {
    writeFileSync(at('owner.curl'), `user = "${store.owner.id}:${store.owner.secret}"\n`, { mode: 0o600 });
    const lines = block('backup-bucket.md', 'x-amz-bucket-object-lock-enabled').replace('<bucket>', bucket);
    const ran = await program('sh', ['-euc', lines]);
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    store.policy(bucket, hostsMay(hosts, bucket));
    expect(await script('bucket')).toMatchObject({ status: 0, stderr: '' });
    expect(state('bucket')).toEqual({
      at: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:]{8}Z$/),
      bucket: `${store.endpoint}/${bucket}`,
      mode: 'COMPLIANCE',
      lockDays: 29,
      removedAfterDays: 30,
    });
  }, 30_000);

  test('another key, and a server that is down, are said', async () => {
    const file = at('volume/secrets/backup-bucket.curl');
    const right = readFileSync(file, 'utf8');
    writeFileSync(file, right.replace(hosts.secret, 'another'));
    expect(refusals(await script('bucket'))).toEqual(
      says('does not say its versioning: SignatureDoesNotMatch (22) The requested URL returned error: 403'),
    );
    writeFileSync(file, right.replace(hosts.id, 'NOBODY'));
    expect(refusals(await script('bucket'))).toEqual(
      says('does not say its versioning: InvalidAccessKeyId (22) The requested URL returned error: 403'),
    );
    writeFileSync(file, right);
    const env = readFileSync(at('etc/backup.env'), 'utf8');
    writeFileSync(at('etc/backup.env'), env.replaceAll(store.endpoint, 'http://127.0.0.1:9'));
    const [status, [line = '', ...more]] = refusals(await script('bucket'));
    expect([status, more]).toEqual([1, []]);
    expect(line).toMatch(
      /^refused: no backup, the bucket http:\/\/127\.0\.0\.1:9\/\S+ does not say its versioning: {1,2}\(7\) /,
    );
    writeFileSync(at('etc/backup.env'), env);
  }, 30_000);

  test('a backup is made, checked and noted; the drill restores it, also with the copy an operator unsealed', async () => {
    const ran = await script('backup');
    expect([ran.status, ran.status === 0 ? '' : ran.stderr]).toEqual([0, '']);
    expect(state('backup')).toMatchObject({
      repository: expect.stringMatching(new RegExp(`^s3:${store.endpoint}/${bucket}/edge/20\\d\\d-w\\d\\d$`)),
      snapshot: expect.stringMatching(/^[0-9a-f]+$/),
    });
    const drill = await script('drill');
    expect([drill.status, drill.status === 0 ? '' : drill.stderr]).toEqual([0, '']);
    expect(state('drill')).toMatchObject({ openedWith: 'host', repository: state('backup').repository });
    expect((await script('drill', ['-'], `${password()}\n`)).status).toBe(0);
    expect(state('drill').openedWith).toBe('sealed');
  }, 60_000);

  test('one file comes back as the page says', async () => {
    const lines = onThis(block('restore.md', '--include <path>')).replace('<path>', at('volume/identity/marker'));
    const ran = await program('sh', ['-euc', lines], { RESTIC_CACHE_DIR: at('cache') });
    expect([ran.status, ran.status === 0 ? '' : ran.stderr]).toEqual([0, '']);
    expect(readFileSync(`${folder}/volume/restored${folder}/volume/identity/marker`, 'utf8')).toBe(
      'what a backup must hold\n',
    );
  }, 30_000);

  test('a machine that never held the volume restores with the sealed password and a key that may read', async () => {
    const said: string[] = [];
    const restoring = {
      base: `s3:${store.endpoint}/${bucket}/edge`,
      target: at('elsewhere'),
      sealed: at('volume/secrets/restic-password.age'),
      identity: at('b'),
      environment: { ...environment, ...asOwner(), AWS_DEFAULT_REGION: REGION },
      now: () => new Date(),
      say: (line: string) => said.push(line),
      kept: at('kept'),
      from: 'example',
    };
    await restore(restoring);
    expect(said[0]).toBe(`repository: ${state('backup').repository}`);
    expect(readFileSync(`${at('elsewhere')}${at('volume/identity/marker')}`, 'utf8')).toBe('what a backup must hold\n');
    await expect(
      restore({
        ...restoring,
        target: at('elsewhere2'),
        environment: { ...restoring.environment, AWS_SECRET_ACCESS_KEY: 'another' },
      }),
    ).rejects.toThrow(/there is no repository of the last 10 weeks: /);
  }, 60_000);

  test('what a host deletes stays, and no key deletes a version before its time', async () => {
    expect((await script('backup')).status).toBe(0);
    const before = versionsIn(store, bucket);
    const gone = await restic(['forget', '--keep-last', '1', '--prune'], asHost);
    expect([gone.status, gone.status === 0 ? '' : gone.stderr]).toEqual([0, '']);
    // restic deleted, and every version is there.
    expect(versionsIn(store, bucket).map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
    const pack = before.find(({ key }) => key.includes('/data/'));
    const one = `/${bucket}/${pack?.key}?versionId=${pack?.id}`;
    expect(store.ask('DELETE', one, { key: hosts })).toMatchObject({ status: 403 });
    const owners = store.ask('DELETE', one, { headers: ['x-amz-bypass-governance-retention: true'] });
    expect(owners.status).toBe(403);
    expect(owners.body).toMatch(/locked|AccessDenied/i);
    // Nor does it change what later writes get.
    for (const [setting, body] of [
      [
        'object-lock',
        '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
      ],
      ['versioning', versioning.replace('Enabled', 'Suspended')],
      ['policy', '{}'],
    ] as const)
      expect([setting, store.ask('PUT', `/${bucket}?${setting}=`, { key: hosts, body }).status]).toEqual([
        setting,
        403,
      ]);
  }, 60_000);

  test('what somebody with the key deleted and wrote over is brought back as the page says', async () => {
    const listed = async (...more: readonly string[]) =>
      (JSON.parse((await restic(['snapshots', '--json', ...more], asHost)).stdout) as { id: string }[]).length;
    const kept = await listed();
    const key = largestPack(store, bucket, `edge/${week()}/data/`);
    expect(store.ask('PUT', `/${bucket}/${key}`, { key: hosts, body: 'worthless' }).status).toBe(200);
    // This server dates a version when it is replaced, and rclone tells versions apart by seconds.
    await sleep(1_100);
    const rclone = { RCLONE_CONFIG: at('rclone.conf'), RCLONE_S3_PROVIDER: 'Other', RCLONE_S3_ENV_AUTH: 'true' };
    const deletes = await program('rclone', ['delete', `:s3:${bucket}/edge`], {
      ...rclone,
      ...asHost,
      RCLONE_S3_ENDPOINT: store.endpoint,
      RCLONE_S3_REGION: REGION,
    });
    expect([deletes.status, deletes.status === 0 ? '' : deletes.stderr]).toEqual([0, '']);
    expect((await restic(['cat', 'config'], asHost)).status).not.toBe(0);

    const lines = block('restore.md', 'rclone copy --s3-versions').replace(
      '<bucket>/<host>/<week>',
      `${bucket}/edge/${week()}`,
    );
    const ran = await program('sh', ['-euc', lines], { RCLONE_CONFIG: at('rclone.conf'), ...asOwner() });
    expect([ran.status, ran.status === 0 ? '' : ran.stderr]).toEqual([0, '']);
    const [config = ''] = ran.stdout.trim().split('\n');
    must('cp', [at(config), at('repository/config')]);
    const back = async (...args: readonly string[]) => {
      const done = await restic(['--no-lock', ...args], {}, at('repository'));
      expect([args[0], done.status, done.status === 0 ? '' : done.stderr]).toEqual([args[0], 0, '']);
      return done.stdout;
    };
    await back('check', '--read-data');
    const snapshots = JSON.parse(await back('snapshots', '--json')) as unknown[];
    expect(snapshots.length).toBeGreaterThan(kept);
    await back('restore', 'latest', '--target', at('back'));
    expect(readFileSync(`${at('back')}${at('volume/identity/marker')}`, 'utf8')).toBe('what a backup must hold\n');
  }, 60_000);

  test('a pack that was damaged where the bucket lies is found', async () => {
    // The week begins anew after the deletion, in the same place.
    expect((await script('backup')).status).toBe(0);
    const file = at(`s3/store/${bucket}/${largestPack(store, bucket, `edge/${week()}/data/`)}`);
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(10) ^ 0xff, 10);
    writeFileSync(file, bytes);
    const { status, stderr } = await restic(['check', '--read-data'], asHost);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/pack|hash|damaged|does not match/i);
    expect((await script('drill')).status).not.toBe(0);
    expect(existsSync(at('volume/drill'))).toBe(false);
  }, 60_000);

  const versioning =
    '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>';
}
