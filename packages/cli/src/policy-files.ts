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
  readonly ruleSet?: NonNullable<PolicyInput['ruleSet']>;
  /** Path of a file of accepted findings, instead of the one lukko.yaml names. */
  readonly baseline?: string;
  /** Commit or branch of git the policy is read from, instead of the work tree. */
  readonly policyFrom?: string;
  /** Folder of own rules, instead of the one lukko.yaml names. */
  readonly rules?: string;
}

type NeededPorts = Pick<Ports, 'cwd' | 'files'>;

/**
 * The policy that holds where the command was started: lukko.yaml of `--config`, else the nearest one upward to the root of
 * the repository, else the posture `recommended` with nothing declared.
 * @throws InputError, FormatError or PolicyError when it cannot be used.
 */
export async function policyAt(options: PolicyOptions, ports: NeededPorts): Promise<PolicySource> {
  return policyOfGate(options, ports);
}

/** The same at once, for the plan gate, which loads no code but its own: a lukko.yaml that names own rules is refused. */
export function policyOfGate(options: PolicyOptions, { cwd, files }: NeededPorts): PolicySource {
  const path = configPath(options, cwd, files);
  const text = (at: string) => ({ file: displayName(at, cwd), text: readText(at, displayName(at, cwd), files) });
  const input: PolicyInput = {
    catalogue,
    ...(options.posture === undefined ? {} : { posture: options.posture }),
    ...(options.ruleSet === undefined ? {} : { ruleSet: options.ruleSet }),
    ...(options.baseline === undefined ? {} : { baseline: text(fromHere(options.baseline, cwd)) }),
  };
  if (path === undefined) return readPolicy(input);
  return readPolicy({
    ...input,
    lukko: text(path),
    read: (named) => {
      const at = join(dirname(path), named);
      return files.kind(at) === 'file' ? text(at) : undefined;
    },
  });
}

/** Path of the lukko.yaml that counts; undefined where there is none. @throws InputError for a `--config` that is missing. */
export function configPath({ config }: PolicyOptions, cwd: string, files: Pick<Files, 'kind'>): string | undefined {
  if (config === undefined) return nearestConfig(cwd, files);
  const path = fromHere(config, cwd);
  if (files.kind(path) !== 'file')
    throw new InputError(`${displayName(path, cwd)}: no such file; name a lukko.yaml with --config`);
  return path;
}

/** Upward until the directory that holds `.git`; outside a repository only here, so that no stray file far above decides. */
function nearestConfig(cwd: string, files: Pick<Files, 'kind'>): string | undefined {
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
