import { createInterface } from 'node:readline';
import { printable } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { retire } from '../host/retire.ts';
import type { Ports } from '../ports/ports.ts';
import { attempt } from './host.ts';

export interface RetireOptions {
  readonly confirm?: string;
  readonly reason: string;
}

/** `lukko retire <stack>`. @returns 0 when it is gone, 1 when a step failed or somebody stopped it. */
export function retireStack(stack: string, options: RetireOptions, ports: Ports): Promise<number> {
  if (!/^[a-z][a-z0-9-]*$/.test(stack))
    throw new InputError(`${printable(stack)}: expected the name of a stack, such as logs`);
  if (options.reason.trim() === '') throw new InputError('--reason: expected why it is removed, in some words');
  return attempt(ports, () =>
    retire({
      stack,
      cwd: ports.cwd,
      environment: ports.environment,
      now: ports.now,
      say: (text) => ports.out(`${text}\n`),
      reason: options.reason,
      ask: async (question) => options.confirm ?? (await typed(question)),
    }),
  );
}

/** One line from a terminal; undefined where there is none. */
export function typed(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return Promise.resolve(undefined);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise((resolve) => {
    lines.once('close', () => resolve(''));
    lines.question(question, (line) => {
      resolve(line.trim());
      lines.close();
    });
  });
}
