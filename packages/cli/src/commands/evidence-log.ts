import { readToolLog } from '@lukko/evidence';
import { InputError } from '../errors.ts';
import { toolLogPath } from '../evidence/tool-log.ts';
import { displayName, readText } from '../input-file.ts';
import type { Ports } from '../ports/ports.ts';

/** Prints the log of this tool and checks its chain. @returns 0 whole, 1 not. @throws InputError when there is none */
export function printToolLog(option: string | undefined, ports: Ports): number {
  const path = toolLogPath(option, ports);
  if (path === undefined || ports.files.kind(path) !== 'file')
    throw new InputError('no log of this tool here; name one with --log');
  const name = displayName(path, ports.cwd);
  const { entries, problem } = readToolLog(readText(path, name, ports.files));
  for (const { at, act, user, about } of entries) ports.out(`${at}  ${act.padEnd(17)}  ${user}  ${about}\n`);
  ports.out(problem === undefined ? `${name}: ${entries.length} entries, whole\n` : `${name}: ${problem}\n`);
  return problem === undefined ? 0 : 1;
}
