import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { Intent } from '@lukko/formats';
import { InputError } from '../errors.ts';
import { readBytes } from '../gate/folder.ts';
import { textAt } from './json.ts';
import { StepFailed } from './problem.ts';
import type { HostStack } from './stack.ts';

/*
 * How a verb that removes things on purpose passes both gates: an intent that says what is meant, a synth that lifts the protection,
 * and the program named terraform of this repository.
 */

/** Minutes within which every run of one intent must have begun. */
const MINUTES = 30;

/** An intent for one run on one stack, good for half an hour. `addresses` are those of the stack: `hcloud_volume.data`. */
export function intentFor(
  what: {
    readonly verb: Intent['verb'];
    readonly stack: HostStack;
    readonly command: Intent['command'];
    readonly addresses: readonly string[];
    readonly rules: readonly string[];
  },
  by: { readonly now: () => Date; readonly reason: string; readonly environment: NodeJS.ProcessEnv },
): Intent {
  const { verb, stack, command, addresses, rules } = what;
  const made = by.now();
  return {
    schemaVersion: 1,
    id: randomUUID(),
    verb,
    environment: stack.environment,
    stack: stack.name,
    command,
    addresses: addresses.map((address) => `${stack.name}/${address}`),
    rules: [...rules],
    by: pseudonym(stack.environment, by.environment),
    reason: by.reason,
    made: made.toISOString(),
    expires: new Date(made.getTime() + MINUTES * 60_000).toISOString(),
  };
}

/** The same for one person in one environment, and no name: who it was can be told by whoever knows the names. */
function pseudonym(environment: string, variables: NodeJS.ProcessEnv): string {
  const name = variables.LUKKO_OPERATOR ?? userInfo().username;
  return `operator-${createHash('sha256').update(`${environment}\0${name}`).digest('hex').slice(0, 8)}`;
}

/** Runs what cdktf.json names as `app`, through the synth gate. @throws StepFailed when it refuses */
export function synthesise(
  stack: HostStack,
  environment: NodeJS.ProcessEnv,
  extra: NodeJS.ProcessEnv = {},
): Promise<void> {
  const root = rootOf(stack);
  const app = appCommand(root);
  return spawned('/bin/sh', ['-c', app], root, { ...environment, ...extra }, app);
}

/** Runs the program named terraform of this repository on a stack: the plan gate, never the real one. @throws StepFailed */
export function gatedTerraform(
  stack: HostStack,
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<void> {
  const gate = path.join(rootOf(stack), 'node_modules', '.bin', 'terraform');
  return spawned(gate, [...args, '-no-color'], stack.folder, environment, `terraform ${args[0] ?? ''}`);
}

function rootOf({ folder }: HostStack): string {
  return path.resolve(folder, '..', '..', '..');
}

/** How this repository synthesises: `app` of cdktf.json. */
function appCommand(repository: string): string {
  const text = readBytes(path.join(repository, 'cdktf.json'))?.toString('utf8');
  const app = text === undefined ? undefined : textAt(JSON.parse(text), 'app');
  if (app === undefined) throw new InputError('cdktf.json names no app; run this at the root of the repository');
  return app;
}

function spawned(
  file: string,
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
  what: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => reject(new StepFailed(`${what} cannot be run: ${error.message}`, 'run npm ci')));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new StepFailed(
            `${what} ended with exit code ${code ?? 'none'}`,
            'mend what it names above and run the same command again',
          ),
        );
    });
  });
}
