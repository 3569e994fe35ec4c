import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { relay } from './relay.ts';

export interface Program {
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
}

export interface Ended {
  /** Exit code as a shell shows it: 128 and the signal's number when a signal ended it. */
  readonly code: number;
  /** Standard output where it was captured. */
  readonly output: Buffer;
}

/** Runs terraform with this process's own input and output: for verbs that change nothing. */
export function handOver(program: Program, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.file, args, { cwd: program.folder, env: program.environment, stdio: 'inherit' });
    // The terminal sends an interrupt to terraform as well: passing it on would be a second one, which terraform obeys at once.
    const release = on({
      SIGINT: () => undefined,
      SIGTERM: () => child.kill('SIGTERM'),
      SIGHUP: () => child.kill('SIGTERM'),
    });
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      release();
      resolve(exitCode(code, signal));
    });
  });
}

/**
 * Runs terraform in a process group of its own, without input, with its output passed on line by line and defused, or captured.
 * Every signal is handed on once, as the one terraform ends gracefully on; it is waited for, so that its state is written.
 */
export function supervise(
  program: Program,
  args: readonly string[],
  how: { readonly capture: boolean },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.file, args, {
      cwd: program.folder,
      env: program.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const release = on({
      SIGINT: () => child.kill('SIGINT'),
      SIGTERM: () => child.kill('SIGTERM'),
      SIGHUP: () => child.kill('SIGTERM'),
    });
    const output: Buffer[] = [];
    const out = relay((text) => process.stdout.write(text));
    const problems = relay((text) => process.stderr.write(text));
    child.stdout.on('data', (piece: Buffer) => (how.capture ? output.push(piece) : out.write(piece)));
    child.stderr.on('data', (piece: Buffer) => problems.write(piece));
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', (code, signal) => {
      release();
      out.end();
      problems.end();
      resolve({ code: exitCode(code, signal), output: Buffer.concat(output) });
    });
  });
}

/** Notes that somebody asked to stop while nothing runs that a signal could be handed to, so that nothing is begun afterwards. */
export function noteInterrupts(): { readonly seen: () => boolean; readonly release: () => void } {
  let seen = false;
  const note = () => {
    seen = true;
  };
  return { seen: () => seen, release: on({ SIGINT: note, SIGTERM: note, SIGHUP: note }) };
}

/** A reader that went away (cdktf crashed, the terminal closed) must not end the gate while terraform runs. */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

function on(handlers: Readonly<Partial<Record<NodeJS.Signals, () => void>>>): () => void {
  const entries = Object.entries(handlers) as [NodeJS.Signals, () => void][];
  for (const [signal, handler] of entries) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of entries) process.off(signal, handler);
  };
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
