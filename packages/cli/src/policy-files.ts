import { dirname, join } from 'node:path';
import { type PolicyInput, type PolicySource, readPolicy } from '@lukko/policy-engine';
import { catalogue } from './catalogue.ts';
import { InputError } from './errors.ts';
import { displayName, fromHere, readText } from './input-file.ts';
import type { Files, Ports } from './ports/ports.ts';

export interface PolicyOptions {
  /** Path of a lukko.yaml, instead of looking upward for one. */
  readonly config?: string;
  readonly posture?: NonNullable<PolicyInput['posture']>;
}

/**
 * The policy that holds where the command was started: lukko.yaml of `--config`, else the nearest one upward to the root of
 * the repository, else the posture `recommended` with nothing declared.
 * @throws InputError, FormatError or PolicyError when it cannot be used.
 */
export function policyAt(options: PolicyOptions, ports: Pick<Ports, 'cwd' | 'files'>): PolicySource {
  const { cwd, files } = ports;
  const path = options.config === undefined ? nearestConfig(cwd, files) : fromHere(options.config, cwd);
  const posture = options.posture === undefined ? {} : { posture: options.posture };
  if (path === undefined) return readPolicy({ catalogue, ...posture });
  const file = displayName(path, cwd);
  if (files.kind(path) !== 'file') throw new InputError(`${file}: no such file; name a lukko.yaml with --config`);
  return readPolicy({
    lukko: { file, text: readText(path, file, files) },
    read: (named) => {
      const at = join(dirname(path), named);
      if (files.kind(at) !== 'file') return undefined;
      return { file: displayName(at, cwd), text: readText(at, displayName(at, cwd), files) };
    },
    catalogue,
    ...posture,
  });
}

/** Upward until the directory that holds `.git`; outside a repository only here, so that no stray file far above decides. */
export function nearestConfig(cwd: string, files: Files): string | undefined {
  const passed: string[] = [];
  for (let directory = cwd; ; directory = dirname(directory)) {
    passed.push(directory);
    if (files.kind(join(directory, '.git')) !== 'none') break;
    if (dirname(directory) === directory) {
      passed.length = 1;
      break;
    }
  }
  return passed.map((directory) => join(directory, 'lukko.yaml')).find((path) => files.kind(path) !== 'none');
}
