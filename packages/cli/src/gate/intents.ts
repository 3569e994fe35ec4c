import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Intent, intent } from '@lukko/formats';
import { isCurrent } from '@lukko/policy-engine';
import { nodeFiles } from '../ports/node.ts';
import { readBytes } from './folder.ts';
import { Refusal } from './refusal.ts';

/** Folder of the intents of one environment, below `state/<environment>`. */
const FOLDER = 'intents';

/**
 * The intents that are for this run: of this environment, stack and command, not expired, not used. One that cannot be read
 * refuses the run, since what it was meant to say is not known.
 */
export function intentsFor(
  kept: string,
  run: { readonly environment: string; readonly stack: string; readonly command: Intent['command'] },
  now: Date,
): readonly Intent[] {
  const folder = path.join(kept, FOLDER);
  if (nodeFiles.kind(folder) !== 'directory') return [];
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => read(path.join(folder, name), name));
  return found.filter(
    (each) =>
      each.environment === run.environment &&
      each.stack === run.stack &&
      each.command === run.command &&
      isCurrent(each, now),
  );
}

function read(file: string, name: string): Intent {
  try {
    const parsed = intent.safeParse(JSON.parse(readBytes(file)?.toString('utf8') ?? ''));
    if (parsed.success && name === `${parsed.data.id}.json`) return parsed.data;
  } catch {
    // No JSON: the same refusal.
  }
  throw new Refusal(
    `the intent state/…/${FOLDER}/${name} cannot be read`,
    'remove it, and run the verb that wrote it again',
  );
}

/** Writes an intent. @returns its file's path below `state/<environment>` */
export function writeIntent(kept: string, made: Intent): string {
  const file = path.join(FOLDER, `${made.id}.json`);
  nodeFiles.write(path.join(kept, file), `${JSON.stringify(made, null, 2)}\n`);
  return file;
}

/** Takes back an intent that was not used. */
export function withdrawIntent(kept: string, { id }: Intent): void {
  rmSync(path.join(kept, FOLDER, `${id}.json`), { force: true });
}

/**
 * Uses an intent up: it moves to `used/` with the plan it was used for, before anything is changed. The copy is written first, so
 * that a kill in between leaves it readable as used.
 */
export function useIntent(kept: string, used: Intent, at: Date, plan: string): void {
  const spent: Intent = { ...used, used: { at: at.toISOString(), plan } };
  nodeFiles.write(path.join(kept, FOLDER, 'used', `${used.id}.json`), `${JSON.stringify(spent, null, 2)}\n`);
  withdrawIntent(kept, used);
}

/** What is shown of an intent before it is used. */
export function intentText({ id, verb, stack, by, made, expires, rules, addresses, reason }: Intent): string {
  return [
    `lukko: intent ${id}: ${verb.replace('-', ' ')} of stack ${stack}, by ${by}, made ${made}, good until ${expires}`,
    `  reason: ${reason}`,
    `  excuses ${rules.join(', ')} at ${addresses.join(', ')}`,
    '',
  ].join('\n');
}
