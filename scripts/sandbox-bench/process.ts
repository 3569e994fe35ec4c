import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** Ticks of a second in which the system counts the time of processes (sysconf(3), _SC_CLK_TCK). */
const TICKS = 100;

/** A server under measure, in a process of its own. */
export interface Measured {
  /** What it printed when it was ready. */
  readonly printed: string;
  /** Seconds of processor time so far. */
  cpu(): number;
  /** Megabytes it holds now, and the most it held. */
  memory(): { readonly now: number; readonly most: number };
  stop(): Promise<void>;
}

/** Bundles a TypeScript program, as the command itself is shipped. @returns the path of the bundle */
export function bundle(entry: string, folder: string): string {
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.js`);
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  return outfile;
}

/** Starts a program and waits until it printed what `ready` finds. */
export async function start(program: string, args: readonly string[], ready: RegExp): Promise<Measured> {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const piece of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    printed += String(piece);
    if (ready.test(printed)) break;
  }
  const proc = (name: string): string => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
  const megabytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(proc('status'))?.[1] ?? 0) / 1024;
  return {
    printed,
    cpu: () => {
      const fields = proc('stat').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    },
    memory: () => ({ now: megabytes('VmRSS'), most: megabytes('VmHWM') }),
    stop: () => {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      return gone;
    },
  };
}
