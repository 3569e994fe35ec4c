import { type SpawnSyncOptions, spawnSync } from 'node:child_process';

/** What a program said, and how it ended. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; does not throw. A program that is absent or was killed has status 127 or 137. */
export function run(program: string, args: readonly string[], options: SpawnSyncOptions = {}): Ran {
  const { status, signal, stdout, stderr, error } = spawnSync(program, [...args], {
    maxBuffer: 256 * 1024 * 1024,
    ...options,
    encoding: 'utf8',
  });
  if (error !== undefined && status === null)
    return { status: 127, stdout: String(stdout ?? ''), stderr: error.message };
  return { status: status ?? (signal === null ? 1 : 137), stdout: String(stdout ?? ''), stderr: String(stderr ?? '') };
}

/** Runs a program that must succeed and gives what it printed. */
export function must(program: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const { status, stdout, stderr } = run(program, args, options);
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

export function has(program: string): boolean {
  return (
    run('sh', ['-c', `command -v "$1"`, 'sh', program], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    }).status === 0
  );
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
