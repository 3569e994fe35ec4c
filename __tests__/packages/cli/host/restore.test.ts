import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { restore, week } from '../../../../packages/cli/src/host/restore.ts';
import { freePort } from '../../../ports.ts';
import { lukko } from '../fake-ports.ts';

/* The real restic against the real append-only server of the backups host, with the password sealed by the real age. */

jest.setTimeout(180_000);

const onPath = (program: string) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
const missing = ['restic', 'rclone', 'age', 'age-keygen'].filter((program) => !onPath(program)).join(', ');
const declared: string[] = [];
const withRestic = (name: string, body: () => Promise<void>): void => {
  declared.push(name);
  if (missing === '') test(name, body);
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();

/** What a program says until it was refused so often; then it is ended as by an operator's Ctrl-C. */
const refusals = (times: number, program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
      if (said.split('403 Forbidden').length > times) child.kill('SIGINT');
    });
    child.once('close', (code) => resolve(code === 0 ? `it went through: ${said}` : said));
  });

withRestic(
  'a backup is restored where the volume never was; a host can delete nothing; a damaged pack is found',
  async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'lukko-restore-'));
    const port = await freePort();
    const args = ['serve', 'restic', '--append-only', '--addr', `127.0.0.1:${port}`, path.join(root, 'store')];
    const server = spawn('rclone', args, {
      stdio: 'ignore',
      env: { ...process.env, RCLONE_CONFIG: path.join(root, 'rclone.conf') },
    });
    const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
    try {
      while (
        !(await fetch(`http://127.0.0.1:${port}/`).then(
          () => true,
          () => false,
        ))
      )
        await sleep(50);
      const data = path.join(root, 'srv');
      mkdirSync(data);
      writeFileSync(path.join(data, 'orders.sql'), 'insert into orders values (1);\n'.repeat(5_000));
      const now = new Date('2026-11-21T12:00:00Z');
      const base = `rest:http://127.0.0.1:${port}/logs`;
      const repository = `${base}/${week(new Date('2026-11-10T12:00:00Z'))}`;
      const env = {
        ...process.env,
        RESTIC_REPOSITORY: repository,
        RESTIC_PASSWORD: 'correct-horse',
        RESTIC_CACHE_DIR: path.join(root, 'cache'),
      };
      const restic = (...all: string[]) => execFileSync('restic', all, { env, stdio: 'pipe' });
      restic('init');
      restic('backup', '--tag', 'lukko', data);
      const store = path.join(root, 'store/logs', week(new Date('2026-11-10T12:00:00Z')));
      const kept = () =>
        ['config', 'data', 'index', 'keys', 'snapshots'].flatMap((name) =>
          name === 'config' ? [name] : filesIn(path.join(store, name)).map((file) => `${name}/${path.basename(file)}`),
        );
      const before = kept();
      // restic asks ten times, ever more patiently, for what is refused each time: two refusals say as much.
      expect(await refusals(2, 'restic', ['forget', 'latest', '--prune'], env)).toMatch(/403 Forbidden/);
      for (const file of before)
        expect([file, (await fetch(`${repository.slice(5)}/${file}`, { method: 'DELETE' })).status]).toEqual([
          file,
          403,
        ]);
      expect([before.length > 4, kept()]).toEqual([true, before]);

      const identity = path.join(root, 'identity');
      execFileSync('age-keygen', ['-o', identity], { stdio: 'pipe' });
      const recipient = /public key: (\S+)/.exec(readFileSync(identity, 'utf8'))?.[1] ?? '';
      const sealed = path.join(root, 'restic-password.age');
      execFileSync('age', ['--armor', '-r', recipient, '-o', sealed], { input: 'correct-horse\n' });

      const said: string[] = [];
      const common = {
        base,
        sealed,
        identity,
        environment: env,
        now: () => now,
        kept: path.join(root, 'state'),
        from: 'example',
      };
      const target = path.join(root, 'back');
      await restore({ ...common, target, say: (line) => said.push(line) });
      expect(said[0]).toBe(`repository: ${repository}`);
      expect(readFileSync(path.join(target, data, 'orders.sql'))).toEqual(readFileSync(path.join(data, 'orders.sql')));
      const recorded = JSON.parse(readFileSync(path.join(root, 'state/restores.jsonl'), 'utf8')) as Record<
        string,
        unknown
      >;
      expect(recorded).toMatchObject({ from: 'example', repository, recoverySeconds: 0, openedWith: 'sealed' });
      expect(JSON.stringify(recorded)).not.toContain('correct-horse');

      const other = path.join(root, 'other');
      execFileSync('age-keygen', ['-o', other], { stdio: 'pipe' });
      await expect(restore({ ...common, identity: other, target: `${target}2`, say: () => undefined })).rejects.toThrow(
        'the sealed password does not open',
      );

      const [pack = ''] = filesIn(path.join(store, 'data'));
      const bytes = readFileSync(pack);
      bytes[10] = (bytes[10] ?? 0) ^ 0xff;
      rmSync(pack);
      writeFileSync(pack, bytes);
      await expect(restore({ ...common, target: `${target}3`, say: () => undefined })).rejects.toThrow(
        `${repository} is damaged`,
      );
      expect(existsSync(`${target}3`)).toBe(false);
    } finally {
      server.kill();
      await ended;
      rmSync(root, { recursive: true, force: true });
    }
  },
);

test.each([
  ['2026-01-01', '2026-w01'],
  ['2027-01-01', '2026-w53'],
  ['2026-11-21', '2026-w47'],
  ['2024-12-30', '2025-w01'],
])('%s lies in week %s, as GNU date says', (day, expected) => {
  expect(week(new Date(`${day}T12:00:00Z`))).toBe(expected);
});

test('what cannot be restored is refused before anything runs', async () => {
  const argv = ['restore', '--host', 'logs', '--password', 'p', '--identity', 'i', '--target', 't'];
  expect(await lukko('/', [...argv, '--from', '../x'])).toMatchSnapshot();
  expect(await lukko('/', [...argv, '--from', 'nowhere'])).toMatchSnapshot();
});

test('what needs restic, rclone and age is run, or named', () => {
  if (missing !== '')
    console.warn(`not run, since ${missing} is not installed:\n${declared.map((name) => `  - ${name}`).join('\n')}`);
  expect(declared).toHaveLength(1);
});
