import { printable } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { StepFailed } from '../host/problem.ts';
import { quiesceHost } from '../host/quiesce.ts';
import { rebuildHost } from '../host/rebuild.ts';
import { hostWork } from '../host/work.ts';
import type { Ports } from '../ports/ports.ts';

export interface HostOptions {
  readonly server: string;
  readonly stack: string;
  readonly minutes: string;
}

/** `lukko host rebuild`. @returns 0 when the host serves, 1 when a step failed. */
export function hostRebuild(options: HostOptions, ports: Ports): Promise<number> {
  if (!/^[1-9]\d{0,14}$/.test(options.server))
    throw new InputError(`--server ${printable(options.server)}: expected the id of a server, a number`);
  return attempt(ports, () =>
    rebuildHost(hostWork(stackOf(options), minutesOf(options), safe(ports)), Number(options.server)),
  );
}

/** `lukko host quiesce`. @returns 0 when nothing is open any more and the server is off, 1 when a step failed. */
export function hostQuiesce(options: HostOptions, ports: Ports): Promise<number> {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(options.server))
    throw new InputError(`--server ${printable(options.server)}: expected the name of a server, or its id`);
  return attempt(ports, () => quiesceHost(hostWork(stackOf(options), minutesOf(options), safe(ports)), options.server));
}

/** Runs a verb: what failed outside is one message with the next step, exit code 1. */
export async function attempt(ports: Pick<Ports, 'err'>, body: () => Promise<void>): Promise<number> {
  try {
    await body();
    return 0;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    ports.err(`error: ${printable(error.message)}\n  = fix: ${printable(error.next)}\n`);
    return 1;
  }
}

/** What hosts and the API say is made printable before it is printed. */
export function safe(ports: Ports): Ports {
  return { ...ports, out: (text) => ports.out(`${printable(text.trimEnd())}\n`) };
}

function stackOf({ stack }: HostOptions): string {
  if (!/^[a-z][a-z0-9-]*$/.test(stack))
    throw new InputError(`--stack ${printable(stack)}: expected the name of a stack, such as logs`);
  return stack;
}

function minutesOf({ minutes }: HostOptions): number {
  if (!/^[1-9]\d{0,3}$/.test(minutes))
    throw new InputError(`--minutes ${printable(minutes)}: expected a whole number from 1 to 9999`);
  return Number(minutes);
}
