import { readdirSync } from 'node:fs';
import path from 'node:path';
import { printable } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { readBytes } from '../gate/folder.ts';
import { withdrawIntent, writeIntent } from '../gate/intents.ts';
import { gatedTerraform, intentFor, synthesise } from './gates.ts';
import { at, listAt, recordAt, textAt } from './json.ts';
import { StepFailed } from './problem.ts';
import { type HostStack, readHostStack } from './stack.ts';
import { readState } from './state.ts';

/** What says that data or keys can be removed; no other rule is ever excused. */
const RULES = ['data-removal-guarded', 'volumes-delete-protected', 'zones-delete-protected'];
/** Whose removal those rules are about. */
const GUARDED = ['hcloud_volume', 'hcloud_server', 'hcloud_storage_box', 'hcloud_zone'];

export interface Retirement {
  readonly stack: string;
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
  readonly say: (text: string) => void;
  readonly reason: string;
  /** Asks to type `<environment>/<stack>`. @returns what was typed, undefined where nobody can answer. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

/**
 * Removes a stack with its data: shows what goes, asks, lifts protection by an apply of its own, then destroys. Each of the two
 * runs passes the plan gate with an intent of its own.
 * @throws StepFailed when a run fails: the same command goes on from there.
 */
export async function retire(retirement: Retirement): Promise<void> {
  const { cwd, environment, say, now } = retirement;
  const stack = readHostStack(retirement.stack, cwd, environment.CDKTF_OUTDIR);
  const state = readState(stack, environment);
  const addresses = managed(state);
  if (addresses.length === 0)
    throw new InputError(
      `stack ${stack.name} of ${stack.environment} has nothing in its state: there is nothing to retire`,
    );
  refuseNeeded(stack, environment);
  const name = `${stack.environment}/${stack.name}`;
  say(shown(name, state, addresses));
  const typed = await retirement.ask(`Type ${name} to remove all of it for good, anything else stops.\n`);
  if (typed === undefined)
    throw new InputError(
      `retire must ask, and there is no terminal to ask on; run it on one, or give --confirm ${name}`,
    );
  if (typed !== name) throw new StepFailed('stopped: nothing was changed', `type exactly ${name}`);

  const { environment: of, kept } = stack;
  const guarded = addresses.filter((address) => GUARDED.includes(address.split('.')[0] ?? ''));
  const intents = (['apply', 'destroy'] as const).flatMap((command) =>
    guarded.length === 0
      ? []
      : [intentFor({ verb: 'retire', stack, command, addresses: guarded, rules: RULES }, retirement)],
  );
  for (const intent of intents) writeIntent(kept, intent);
  try {
    await lifted(stack, environment);
    say(`${name}: the protection is lifted; now it is removed`);
    await gatedTerraform(stack, environment, ['destroy', '-auto-approve']);
  } finally {
    for (const intent of intents) withdrawIntent(kept, intent);
    // Whatever happened, what lies in the output is no stack without protection.
    await synthesise(stack, environment).catch(() => undefined);
  }
  say(
    `${name} is retired, recorded in ${path.join('state', of, 'verdicts', `${stack.name}.json`)} since ${now().toISOString()}.\nThe configuration still declares it: its next deploy makes it anew, empty.`,
  );
}

/** Synthesises the stack without protection, which the synth gate lets pass by the intent alone, and applies it. */
async function lifted(stack: HostStack, environment: NodeJS.ProcessEnv): Promise<void> {
  await synthesise(stack, environment, { LUKKO_RETIRE: stack.name });
  await gatedTerraform(stack, environment, ['init', '-input=false']);
  await gatedTerraform(stack, environment, ['apply', '-auto-approve']);
}

/** Addresses of the managed resources in a state. */
function managed(state: unknown): readonly string[] {
  return listAt(state, 'resources')
    .filter((resource) => textAt(resource, 'mode') === 'managed' && listAt(resource, 'instances').length > 0)
    .map((resource) => `${textAt(resource, 'type')}.${textAt(resource, 'name')}`)
    .sort();
}

/** A stack that others stand on goes last. */
function refuseNeeded(stack: HostStack, environment: NodeJS.ProcessEnv): void {
  const output = path.resolve(stack.folder, '..', '..');
  const manifest: unknown = JSON.parse(readBytes(path.join(output, 'manifest.json'))?.toString('utf8') ?? '{}');
  const dependents = Object.entries(recordAt(manifest, 'stacks'))
    .filter(([, each]) => listAt(each, 'dependencies').includes(stack.name))
    .map(([name]) => name);
  const standing = dependents.filter((name) => {
    if (!readdirSync(path.join(output, 'stacks')).includes(name)) return false;
    const other = readHostStack(name, path.dirname(output), path.basename(output));
    return managed(readState(other, environment)).length > 0;
  });
  if (standing.length > 0)
    throw new InputError(
      `${standing.join(', ')} stand on stack ${stack.name}; retire ${standing.length === 1 ? 'that' : 'those'} first`,
    );
}

/** What goes, data first. */
function shown(name: string, state: unknown, addresses: readonly string[]): string {
  const volumes = listAt(state, 'resources')
    .filter((resource) => textAt(resource, 'type') === 'hcloud_volume')
    .map((resource) => at(resource, 'instances', 0, 'attributes'))
    .map(
      (volume) =>
        `  volume ${textAt(volume, 'name') ?? '?'}, ${String(at(volume, 'size') ?? '?')} GB, with all data on it`,
    );
  return [
    `${name}: ${addresses.length} resources are removed.`,
    ...volumes,
    ...addresses.map((address) => `  ${address}`),
  ]
    .map(printable)
    .join('\n');
}
