import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Whether a person can answer. cdktf runs terraform in a pseudo-terminal of its own even when cdktf itself stands in a pipe or
 * in CI, and its prompt then crashes while terraform goes on: so the parent's standard input must be a terminal too.
 */
export function personAtTerminal(parent = process.ppid): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && parentAtTerminal(parent);
}

/** Reads the parent's standard input from /proc; where there is none (macOS), asks ps for its controlling terminal. */
function parentAtTerminal(parent: number): boolean {
  try {
    return /^\/dev\/(pts\/\d+|tty[^/]*|console)$/.test(readlinkSync(`/proc/${parent}/fd/0`));
  } catch {
    try {
      const terminal = execFileSync('ps', ['-o', 'tty=', '-p', String(parent)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return !['', '?', '??', '-'].includes(terminal.trim());
    } catch {
      return false;
    }
  }
}

/** One line from standard input; undefined at its end or when a signal asks to stop. */
export function answer(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, terminal: false });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const stop = () => lines.close();
    let line: string | undefined;
    for (const signal of signals) process.on(signal, stop);
    lines.once('line', (text) => {
      line = text.trim();
      stop();
    });
    lines.once('close', () => {
      for (const signal of signals) process.off(signal, stop);
      process.stdin.pause();
      resolve(line);
    });
  });
}
