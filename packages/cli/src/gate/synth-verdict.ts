import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type GateVerdict, gateVerdict } from '@lukko/formats';
import { CONFIGURATION, isStackFolder, readBytes } from './folder.ts';
import { Refusal } from './refusal.ts';

/** One stack as `npx cdktf synth` left it, checked against the verdict of the synth gate. */
export interface StackFolder {
  readonly stack: string;
  readonly folder: string;
  /** The folder with `lukko-verdict.json`. */
  readonly output: string;
  readonly verdict: GateVerdict;
  /** Text of every stack of this output by name, each with the digest the verdict names. */
  readonly texts: ReadonlyMap<string, string>;
}

export const VERDICT_FILE = 'lukko-verdict.json';
const AGAIN = 'run `npx cdktf deploy` (or `npx cdktf synth` first): what is applied is what was judged';

/**
 * Reads the stack in this folder and the verdict two folders up. Throws a Refusal when there is none, when one stack's bytes
 * are not the judged ones, or when another file would add to the configuration.
 */
export function readStackFolder(folder: string): StackFolder {
  if (!isStackFolder(folder))
    throw new Refusal(
      `there is no ${CONFIGURATION} in this folder, so there is nothing that was judged`,
      'change to cdktf.out/stacks/<stack>, or run `npx cdktf deploy` at the root',
    );
  const stack = path.basename(folder);
  const output = path.dirname(path.dirname(folder));
  const verdict = readVerdict(path.join(output, VERDICT_FILE), stack);
  const texts = new Map<string, string>();
  for (const [name, digest] of Object.entries(verdict.stacks)) {
    const bytes = readBytes(path.join(output, 'stacks', name, CONFIGURATION));
    if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== digest) {
      throw new Refusal(
        `${CONFIGURATION} of stack ${name} is ${bytes === undefined ? 'missing' : 'not the one that was judged: it was changed after the synth gate'}`,
        AGAIN,
      );
    }
    texts.set(name, bytes.toString('utf8'));
  }
  if (!texts.has(stack)) throw new Refusal(`the verdict in ${VERDICT_FILE} does not name stack ${stack}`, AGAIN);
  refuseAdditions(folder);
  return { stack, folder, output, verdict, texts };
}

function readVerdict(file: string, stack: string): GateVerdict {
  const bytes = readBytes(file);
  if (bytes === undefined) throw new Refusal(`there is no ${VERDICT_FILE}: no gate has let stack ${stack} pass`, AGAIN);
  let parsed: ReturnType<typeof gateVerdict.safeParse>;
  try {
    parsed = gateVerdict.safeParse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw new Refusal(`${VERDICT_FILE} is no JSON`, AGAIN);
  }
  if (!parsed.success) throw new Refusal(`${VERDICT_FILE} is not a verdict this version can read`, AGAIN);
  if (parsed.data.gate !== 'synth')
    throw new Refusal(`${VERDICT_FILE} is a verdict of another gate (${parsed.data.gate})`, AGAIN);
  return parsed.data;
}

/** Terraform reads every configuration and variable file of the folder; the verdict covers one. */
function refuseAdditions(folder: string): void {
  const added = readdirSync(folder)
    .filter((name) => /\.(tf|tf\.json|tofu|tofu\.json|tfvars|tfvars\.json)$/.test(name) && name !== CONFIGURATION)
    .sort();
  if (added.length > 0)
    throw new Refusal(
      `${added.join(', ')} lies beside ${CONFIGURATION} and would be read with it, unjudged`,
      `remove it; declare it in stacks/ instead`,
    );
  const workspace = readBytes(path.join(folder, '.terraform', 'environment'))
    ?.toString('utf8')
    .trim();
  if (workspace !== undefined && workspace !== 'default')
    throw new Refusal(
      `the workspace ${workspace} is selected: an environment is a configuration, never a workspace`,
      'remove .terraform/environment',
    );
}
