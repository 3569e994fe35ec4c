import path from 'node:path';
import { InputError } from '../errors.ts';
import { contactOver } from '../host/contact.ts';
import { environmentFile } from '../host/environment-file.ts';
import { textAt } from '../host/json.ts';
import { type Pinning, pinKeys, pinVolumes, rebindVolumes, rotateKeys } from '../host/pin.ts';
import { StepFailed } from '../host/problem.ts';
import { appendRecord } from '../host/record.ts';
import { type Replacing, replaceKeyServer } from '../host/replace.ts';
import { replaceThroughGates } from '../host/replace-server.ts';
import { serverByName } from '../host/server.ts';
import { forgetKey } from '../host/ssh.ts';
import { readHostStack } from '../host/stack.ts';
import { readState } from '../host/state.ts';
import { apiFor } from '../host/work.ts';
import type { Ports } from '../ports/ports.ts';
import { readSealed, sealSecret } from '../seal/secrets.ts';
import { attempt, safe } from './host.ts';
import { typed } from './retire.ts';

export interface ConfigOption {
  readonly config?: string;
}

/** `lukko keys pin`. @returns 0 when every key server is pinned, 1 when one does not answer or answers with another key. */
export function keysPin(options: ConfigOption, given: Ports): Promise<number> {
  const ports = safe(given);
  return attempt(ports, () => pinKeys(pinning('keys', options, ports)));
}

/** `lukko keys rotate`. @returns 0 when the server has new keys and they are pinned, else 1. */
export function keysRotate(options: ConfigOption & { readonly server: string }, given: Ports): Promise<number> {
  const ports = safe(given);
  return attempt(ports, () => rotateKeys(pinning('keys', options, ports), options.server));
}

/** `lukko keys rebind`. @returns 0 when every volume is bound to the key servers of its configuration, else 1. */
export function keysRebind(options: ConfigOption, given: Ports): Promise<number> {
  const ports = safe(given);
  return attempt(ports, () => rebindVolumes(pinning('network', options, ports)));
}

export interface ReplaceOptions extends ConfigOption {
  readonly server: string;
  readonly reason: string;
  readonly confirm?: string;
}

/** `lukko keys replace`. @returns 0 when a new server is in the place of a lost one and every volume is bound to it, else 1. */
export function keysReplace(options: ReplaceOptions, given: Ports): Promise<number> {
  const ports = safe(given);
  if (options.reason.trim() === '') throw new InputError('--reason: expected why it is replaced, in some words');
  return attempt(ports, () => replaceKeyServer(replacing(options, ports)));
}

function replacing(options: ReplaceOptions, ports: Ports): Replacing {
  const { server: name, reason, confirm } = options;
  const { environment, cwd, now } = ports;
  const stack = readHostStack('keys', cwd, environment.CDKTF_OUTDIR);
  const file = () => environmentFile(options.config, ports);
  const wanted = file().config.environment.name;
  if (wanted !== stack.environment)
    throw new InputError(
      `${file().name} is of ${wanted}, what was synthesised is of ${stack.environment}; synthesise it first`,
    );
  const { api, loopback } = apiFor('keys', ports);
  const server = `lukko-${wanted}-${name}`;
  const outputs = (readState(stack, environment) as { outputs?: unknown } | undefined)?.outputs;
  const address = textAt(outputs, `${name}_ipv4`, 'value');
  if (address === undefined)
    throw new InputError(
      `the state of the stack keys has no address of ${name}; is it a key server that was deployed?`,
    );
  return {
    name,
    file,
    ways: loopback
      ? undefined
      : { keys: pinning('keys', options, ports).reach, hosts: pinning('network', options, ports).reach },
    files: ports.files,
    now,
    say: (line) => ports.out(`${line}\n`),
    kept: stack.kept,
    url: `http://${address}:7500`,
    ask: async (question) => confirm ?? (await typed(question)),
    replace: async () => {
      await replaceThroughGates({ stack, name, reason, now, environment });
      const made = await serverByName(api, server);
      if (made === undefined) throw new StepFailed(`${server} was not made anew`, 'run the same command again');
      return made.id;
    },
    forget: (each) => forgetKey(path.join(stack.kept, 'known_hosts'), each),
    record: (step, outcome, id) =>
      appendRecord(stack.kept, {
        schemaVersion: 1,
        at: now().toISOString(),
        provenance: loopback ? 'sandbox' : 'real',
        verb: 'keys-replace',
        stack: stack.name,
        server: { id, name: server },
        step,
        outcome,
      }),
    longest: 20 * 60_000,
  };
}

/** `lukko volumes pin`. @returns 0 when every volume is pinned, 1 when a host does not answer or has another disk. */
export function volumesPin(options: ConfigOption, given: Ports): Promise<number> {
  const ports = safe(given);
  return attempt(ports, () => pinVolumes(pinning('network', options, ports)));
}

/** @param stack any stack of the project the servers are in */
function pinning(stack: string, options: ConfigOption, ports: Ports): Pinning {
  const file = environmentFile(options.config, ports);
  const { api, loopback } = apiFor(stack, ports);
  const knownHosts = path.resolve(ports.cwd, 'state', file.config.environment.name, 'known_hosts');
  return {
    file,
    files: ports.files,
    now: ports.now,
    say: (line) => ports.out(`${line}\n`),
    reach: async (name) => {
      const server = await serverByName(api, name);
      if (server?.address === undefined)
        throw new StepFailed(`there is no server ${name} with a public address`, 'deploy its stack first');
      if (loopback)
        throw new StepFailed(
          `${name}: skipped over SSH: the API is on this machine, there is no host to ask`,
          'pin against the real API; nothing was written',
        );
      return contactOver({ name, address: server.address, knownHosts }, ports.environment);
    },
  };
}

export interface SealOptions extends ConfigOption {
  readonly from?: string;
}

/** `lukko secrets seal <name>`: the secret comes on standard input or from a file, never as an argument. @returns 0 */
export async function secretsSeal(name: string, options: SealOptions, ports: Ports): Promise<number> {
  const file = environmentFile(options.config, ports);
  const secret =
    options.from === undefined ? await ports.stdin() : ports.files.read(path.resolve(ports.cwd, options.from));
  const outputs = keyOutputs(ports);
  const after = sealSecret(
    {
      file,
      files: ports.files,
      now: ports.now,
      urlOf: (server) => {
        const address = textAt(outputs, `${server}_ipv4`, 'value');
        return address === undefined ? undefined : `http://${address}:7500`;
      },
    },
    name,
    secret,
  );
  ports.out(
    `${name} is sealed to ${after.servers.map((server) => server.name).join(', ')} (any ${after.threshold} open it) in ${path.basename(file.beside('sealed'))}: commit that file, it holds no plain secret.\n`,
  );
  return 0;
}

/** Outputs of the stack keys, where the addresses of the key servers stand. */
function keyOutputs(ports: Ports): unknown {
  const stack = readHostStack('keys', ports.cwd, ports.environment.CDKTF_OUTDIR);
  return (readState(stack, ports.environment) as { outputs?: unknown } | undefined)?.outputs;
}

/** `lukko secrets list`: names and dates, never content. @returns 0 */
export function secretsList(options: ConfigOption, ports: Ports): number {
  const file = environmentFile(options.config, ports);
  const found = readSealed({ file, files: ports.files });
  if (found === undefined)
    throw new InputError(`no secret is sealed for ${file.name}; \`lukko secrets seal <name>\` seals one`);
  const longest = Math.max(...Object.keys(found.secrets).map((name) => name.length));
  for (const [name, { at }] of Object.entries(found.secrets)) ports.out(`${name.padEnd(longest)}  sealed ${at}\n`);
  const { threshold, servers } = found;
  ports.out(`${threshold} of ${servers.map((server) => server.name).join(', ')} open them.\n`);
  return 0;
}
