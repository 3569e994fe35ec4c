import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { readToolLog, sha256, toolLogLine } from '@lukko/evidence';
import type { ToolLogEntry } from '@lukko/formats';
import manifest from '../../package.json';
import { InputError } from '../errors.ts';
import { displayName, fromHere, readText } from '../input-file.ts';
import { nearestConfig } from '../policy-config.ts';
import type { Ports } from '../ports/ports.ts';
import { appendLines } from './append.ts';

/** Where the log lies: where somebody says, else beside the states of the repository that has a lukko.yaml; elsewhere there is none. */
export function toolLogPath(
  option: string | undefined,
  { cwd, files }: Pick<Ports, 'cwd' | 'files'>,
): string | undefined {
  if (option !== undefined) return fromHere(option, cwd);
  const config = nearestConfig(cwd, files);
  return config === undefined ? undefined : join(dirname(config), 'state/lukko-log.jsonl');
}

/**
 * Whether it can be written down that something is done: asked before it is, so that nothing is done that is not logged.
 * @throws InputError when the log does not hold together, cannot be read, or the user is named by something that is no identifier
 */
export function readyToLog(option: string | undefined, ports: Pick<Ports, 'cwd' | 'files' | 'environment'>): void {
  const path = toolLogPath(option, ports);
  if (path === undefined) return;
  userOf(ports.environment);
  const name = displayName(path, ports.cwd);
  const kind = ports.files.kind(path);
  // A last line without its end was never acknowledged; who writes next drops it.
  if (kind === 'file') whole(name, readText(path, name, ports.files).replace(/[^\n]*$/, ''));
  else if (kind !== 'none')
    throw new InputError(`${name}: expected the log of this tool, found something else; name another with --log`);
}

function whole(name: string, text: string): ReturnType<typeof readToolLog> {
  const log = readToolLog(text);
  if (log.problem !== undefined)
    throw new InputError(`${name}: ${log.problem}; keep it as it is, and begin another with --log`);
  return log;
}

/** Writes down that something was done. @throws InputError when the log does not hold together, or cannot be written */
export function logAct(
  option: string | undefined,
  act: Pick<ToolLogEntry, 'act' | 'about' | 'detail'>,
  ports: Pick<Ports, 'cwd' | 'files' | 'now' | 'environment'>,
): void {
  const path = toolLogPath(option, ports);
  if (path === undefined) return;
  const name = displayName(path, ports.cwd);
  appendLines(path, name, (text) => {
    const log = whole(name, text);
    const at = ports
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    return toolLogLine(log, { ...act, at, user: userOf(ports.environment), tool: `lukko ${manifest.version}` });
  });
}

/** An identifier that the organisation can resolve and nobody else: `LUKKO_USER`, else the number of the account on this machine. */
function userOf(environment: Ports['environment']): string {
  const named = environment.LUKKO_USER;
  if (named !== undefined) {
    if (/^[a-z0-9][a-z0-9-]{0,47}$/.test(named)) return named;
    throw new InputError(
      'LUKKO_USER: expected an identifier of lower-case letters, digits and hyphens, found something else; write for instance u-4711, and no name',
    );
  }
  return `uid-${userInfo().uid}-${sha256(hostname()).slice(0, 8)}`;
}
