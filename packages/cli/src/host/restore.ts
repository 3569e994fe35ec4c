import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { isRecord, textAt } from './json.ts';
import { StepFailed } from './problem.ts';

export interface Restore {
  /** Base of a host's repositories, one a week below it: `rest:https://backups.example/logs`, `s3:https://s3.example/bucket/logs`. */
  readonly base: string;
  /** One repository, instead of the newest below `base`. */
  readonly repository?: string | undefined;
  readonly target: string;
  /** The sealed password of the repository, and the age identity that opens it. */
  readonly sealed: string;
  readonly identity: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
  readonly say: (line: string) => void;
  /** Folder in which recovery point and time are recorded. */
  readonly kept: string;
  readonly from: string;
}

/** Weeks that are looked through for the newest repository: older ones have been removed by their age. */
const WEEKS = 10;

/**
 * Restores the newest backup of a host with what is left when the host is gone: the backups, the sealed password, one identity.
 * The repository is checked first, every restored file is compared, and recovery point and time are recorded.
 * @throws StepFailed when the password does not open, no repository is found, or one is damaged; then nothing counts as restored.
 */
export async function restore(restoring: Restore): Promise<void> {
  const { target, say, now, kept, from } = restoring;
  const began = now();
  const opened = await program(
    'age',
    ['--decrypt', '--identity', restoring.identity, restoring.sealed],
    restoring.environment,
  );
  if (opened.code !== 0)
    throw new StepFailed(
      `the sealed password does not open: ${lastLine(opened.err)}`,
      'name the identity of one of the recipients with --identity',
    );
  const password = opened.out.toString('utf8').trim();
  const repository = restoring.repository ?? (await newest(restoring, password));
  say(`repository: ${repository}`);
  const restic = (...args: readonly string[]) =>
    program('restic', args, withRepository(restoring.environment, repository, password));
  const checked = await restic('check', '--read-data', '--quiet', '--no-cache', '--no-lock');
  if (checked.code !== 0)
    throw new StepFailed(
      `${repository} is damaged: ${lastLine(checked.err)}`,
      'restore from an older week with --repository, and look after the store',
    );
  const listed = await restic('snapshots', 'latest', '--json', '--no-lock', '--no-cache');
  const snapshots: unknown = listed.code === 0 ? JSON.parse(listed.out.toString('utf8')) : [];
  const latest = Array.isArray(snapshots) ? snapshots.filter(isRecord).at(-1) : undefined;
  const point = textAt(latest, 'time');
  if (point === undefined) throw new StepFailed(`${repository} holds no backup`, 'name another with --repository');
  const restored = await restic(
    'restore',
    'latest',
    '--verify',
    '--target',
    target,
    '--quiet',
    '--no-cache',
    '--no-lock',
  );
  if (restored.code !== 0)
    throw new StepFailed(`restoring stopped: ${lastLine(restored.err)}`, 'make room and run the same command again');
  const seconds = Math.round((now().getTime() - began.getTime()) / 1000);
  mkdirSync(kept, { recursive: true });
  const record = {
    schemaVersion: 1,
    at: now().toISOString(),
    from,
    repository,
    recoveryPoint: point,
    recoverySeconds: seconds,
    openedWith: 'sealed',
  };
  appendFileSync(path.join(kept, 'restores.jsonl'), `${JSON.stringify(record)}\n`);
  say(`restored to ${target}, every file compared: recovery point ${point}, ${seconds} s`);
}

async function newest({ base, now, environment }: Restore, password: string): Promise<string> {
  let said = '';
  for (let back = 0; back < WEEKS; back += 1) {
    const repository = `${base}/${week(new Date(now().getTime() - back * 7 * 86_400_000))}`;
    const found = await program(
      'restic',
      ['cat', 'config', '--quiet', '--no-lock', '--no-cache'],
      withRepository(environment, repository, password),
    );
    if (found.code === 0) return repository;
    said = lastLine(found.err);
    if (/wrong password/i.test(said))
      throw new StepFailed(
        `${repository} does not open with that password`,
        'name the sealed password of this host with --password',
      );
  }
  throw new StepFailed(
    `below ${base} there is no repository of the last ${WEEKS} weeks: ${said}`,
    'look at the address, and whether the server admits this machine',
  );
}

/** The ISO week of an instant, UTC, as `date -u +%G-w%V` prints it: the name of its repository. */
export function week(at: Date): string {
  // The Thursday of a week lies in the year the week belongs to (ISO 8601).
  const day = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const first = Date.UTC(day.getUTCFullYear(), 0, 1);
  const number = Math.ceil(((day.getTime() - first) / 86_400_000 + 1) / 7);
  return `${day.getUTCFullYear()}-w${String(number).padStart(2, '0')}`;
}

function withRepository(environment: NodeJS.ProcessEnv, repository: string, password: string): NodeJS.ProcessEnv {
  const { RESTIC_PASSWORD_FILE: _, RESTIC_PASSWORD_COMMAND: __, ...rest } = environment;
  return { ...rest, RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: password };
}

interface Ended {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

function program(name: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => err.push(piece));
    child.once('error', () =>
      reject(new StepFailed(`there is no program ${name} on PATH`, `install ${name} (Debian: apt install ${name})`)),
    );
    child.once('close', (code) =>
      resolve({ code: code ?? 255, out: Buffer.concat(out), err: Buffer.concat(err).toString('utf8') }),
    );
  });
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .findLast((line) => line.trim() !== '')
      ?.slice(0, 300) ?? 'it says nothing'
  );
}
