import { withdrawIntent, writeIntent } from '../gate/intents.ts';
import { gatedTerraform, intentFor, synthesise } from './gates.ts';
import type { HostStack } from './stack.ts';

/** What says that a key server cannot be removed; no other rule is ever excused. */
const RULES = ['data-removal-guarded'];

/**
 * Replaces one key server with terraform: a synth that lifts its protection alone, an intent for exactly this server, an apply that names
 * it. Its primary IPs stay, and so does its address. Where it is gone at Hetzner already, it is made.
 * @throws StepFailed when a gate refuses or terraform fails.
 */
export async function replaceThroughGates(replacement: {
  readonly stack: HostStack;
  readonly name: string;
  readonly reason: string;
  readonly now: () => Date;
  readonly environment: NodeJS.ProcessEnv;
}): Promise<void> {
  const { stack, name, environment } = replacement;
  const address = `hcloud_server.${name}`;
  const intent = intentFor(
    { verb: 'keys-replace', stack, command: 'apply', addresses: [address], rules: RULES },
    replacement,
  );
  writeIntent(stack.kept, intent);
  try {
    await synthesise(stack, environment, { LUKKO_REPLACE: name });
    await gatedTerraform(stack, environment, ['init', '-input=false']);
    await gatedTerraform(stack, environment, ['apply', '-auto-approve', `-replace=${address}`]);
  } finally {
    withdrawIntent(stack.kept, intent);
    // Whatever happened, what lies in the output is no stack without protection.
    await synthesise(stack, environment).catch(() => undefined);
  }
}
