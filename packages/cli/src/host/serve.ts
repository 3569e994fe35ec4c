import { setTimeout as sleep } from 'node:timers/promises';
import type { Contact } from './contact.ts';
import { StepFailed } from './problem.ts';
import type { Said } from './ssh.ts';

export interface Waiting {
  readonly name: string;
  readonly contact: Contact;
  readonly clock: () => number;
  /** Milliseconds after which it is given up. */
  readonly longest: number;
  /** Milliseconds between two questions. */
  readonly pause?: number;
  readonly say: (line: string) => void;
}

/**
 * Waits until a host says that it serves, and prints what it waits for whenever that changes. Then its key is the one of its
 * volume, and is recorded.
 * @throws StepFailed after `longest`, with what the host waited for last.
 */
export async function untilItServes({ name, contact, clock, longest, pause = 5_000, say }: Waiting): Promise<void> {
  const until = clock() + longest;
  let last = '';
  for (;;) {
    const said = await contact.run('serving');
    if (said.code === 0) {
      const recorded = contact.record();
      if (recorded !== undefined) say(recorded);
      say(`${name} serves`);
      return;
    }
    if (said.trouble === 'no-ssh') throw new StepFailed(said.err, 'install the OpenSSH client');
    const now = waitsFor(said);
    if (now !== last) for (const line of now.split('\n')) say(`${name}: ${line}`);
    last = now;
    if (clock() > until)
      throw new StepFailed(
        `${name} does not serve after ${Math.round(longest / 60_000)} minutes: ${last.split('\n').join('; ')}`,
        `sign in with ssh and read journalctl -b; then run the same command again`,
      );
    await sleep(pause);
  }
}

/** What a host that does not serve waits for, in its own words where it has any. */
export function waitsFor(said: Said): string {
  switch (said.trouble) {
    case 'host-key':
      return 'answers with a host key that is not the recorded one: its volume is still locked, or another machine answers';
    case 'refused':
      return 'refuses the sign-in: is the certificate valid, and in the agent (ssh-add -L)?';
    case 'unreachable':
      return 'does not answer on SSH yet';
    default:
      return said.out.trim() || said.err.trim() || `says no more than exit code ${said.code}`;
  }
}
