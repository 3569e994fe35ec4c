import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { childEnvironment } from '../gate/environment.ts';
import { readBytes } from '../gate/folder.ts';
import { realTerraform } from '../gate/real-terraform.ts';
import { at, isRecord, listAt, recordAt, textAt } from './json.ts';
import type { Known } from './payload.ts';
import type { HostStack } from './stack.ts';

/**
 * The state of a stack: its file where it is local, else what `terraform state pull` prints. While an apply runs, what it made last may
 * not stand there yet: what a provisioner needs of that is handed to it.
 * @returns undefined when there is none yet.
 */
export function readState(stack: HostStack, environment: NodeJS.ProcessEnv): unknown {
  const local = textAt(stack.document, 'terraform', 'backend', 'local', 'path');
  if (local !== undefined) return jsonOf(readBytes(path.resolve(stack.folder, local)));
  try {
    // The gate's own mark is for terraform processes below it; this is one.
    const { LUKKO_GATE: _, ...outside } = environment;
    return jsonOf(
      execFileSync(realTerraform(outside), ['state', 'pull'], {
        cwd: stack.folder,
        env: childEnvironment(outside, environment.HCLOUD_TOKEN, undefined),
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 1 << 28,
      }),
    );
  } catch {
    return undefined;
  }
}

function jsonOf(bytes: Buffer | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * What references of a payload stand for: attributes of managed resources in this stack's state, and outputs of other stacks,
 * as this state remembers them, else as a local state beside it has them.
 */
export function knownFrom(stack: HostStack, state: unknown): Known {
  const instances = new Map<string, Record<string, unknown>>();
  for (const resource of listAt(state, 'resources')) {
    const mode = textAt(resource, 'mode') === 'data' ? 'data.' : '';
    const attributes = at(resource, 'instances', 0, 'attributes');
    if (isRecord(attributes))
      instances.set(`${mode}${textAt(resource, 'type')}.${textAt(resource, 'name')}`, attributes);
  }
  return (reference) => {
    const parts = reference.split('.');
    const remote = parts[0] === 'data' && parts[1] === 'terraform_remote_state' && parts[3] === 'outputs';
    if (remote) return remoteOutput(stack, instances, parts[2] ?? '', parts.slice(4).join('.'));
    const [type = '', name = '', ...steps] = parts;
    return scalar(at(instances.get(`${type}.${name}`), ...steps));
  };
}

function remoteOutput(
  stack: HostStack,
  instances: ReadonlyMap<string, Record<string, unknown>>,
  name: string,
  output: string,
): string | undefined {
  const remembered = instances.get(`data.terraform_remote_state.${name}`);
  // In a state the outputs of another are a dynamic value: `{ value, type }`.
  const outputs = recordAt(remembered, 'outputs');
  const found = scalar(at(isRecord(outputs.value) ? outputs.value : outputs, output));
  if (found !== undefined) return found;
  const local = textAt(stack.document, 'data', 'terraform_remote_state', name, 'config', 'path');
  if (local === undefined) return undefined;
  return scalar(at(jsonOf(readBytes(path.resolve(stack.folder, local))), 'outputs', output, 'value'));
}

/** As Terraform writes a value into a text. */
function scalar(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
