import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../errors.ts';
import { lockFile } from '../sandbox/lock-file.ts';
import { StepFailed } from './problem.ts';

/** How long another host's turn may take before this one gives up, in milliseconds. */
const LONGEST = 60 * 60_000;

/**
 * Waits until no other verb of this environment works on a host: two hosts that are away at once may be all that answers.
 * @returns gives the turn to the next.
 */
export async function takeTurn(
  kept: string,
  waiting: (holder: string) => void,
  clock: () => number,
): Promise<() => void> {
  mkdirSync(kept, { recursive: true });
  const until = clock() + LONGEST;
  for (let said = false; ; ) {
    const taken = attempt(path.join(kept, 'hosts'));
    if (typeof taken === 'function') return taken;
    if (!said) waiting(taken);
    said = true;
    if (clock() > until)
      throw new StepFailed(
        `${taken} has worked on another host of this environment for an hour`,
        `look what it waits for, end it, and run the same command again; if it is gone, remove ${path.join(path.basename(kept), 'hosts.lock')}`,
      );
    await sleep(500);
  }
}

/** The lock, or who holds it. */
function attempt(file: string): (() => void) | string {
  try {
    return lockFile(file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return /process \d+/.exec(error.message)?.[0] ?? 'another process';
  }
}
