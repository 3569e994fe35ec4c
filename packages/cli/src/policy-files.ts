import { dirname, join } from 'node:path';
import { lukko, parseFile } from '@lukko/formats';
import { isOutside, type PolicyInput, type PolicySource, readPolicy } from '@lukko/policy-engine';
import { catalogue } from './catalogue.ts';
import { InputError } from './errors.ts';
import { filesOfCommit } from './git-files.ts';
import { displayName, fromHere, readText } from './input-file.ts';
import { ownRulesIn } from './own-rules/folder.ts';
import { configPath } from './policy-config.ts';
import { changesInWorkTree } from './policy-in-work-tree.ts';
import type { Files, Ports } from './ports/ports.ts';

export interface PolicyOptions {
  /** Path of a lukko.yaml, instead of looking upward for one. */
  readonly config?: string;
  readonly posture?: NonNullable<PolicyInput['posture']>;
  readonly ruleSet?: NonNullable<PolicyInput['ruleSet']>;
  /** Path of a file of accepted findings, instead of the one lukko.yaml names. */
  readonly baseline?: string;
  /** The baseline lukko.yaml names is not read, since it is about to be written. */
  readonly ignoreBaseline?: boolean;
  /** Commit or branch of git the policy is read from, instead of the work tree. */
  readonly policyFrom?: string;
  /** Folder of own rules, instead of the one lukko.yaml names. */
  readonly rules?: string;
}

type NeededPorts = Pick<Ports, 'cwd' | 'files' | 'git' | 'importModules'>;
type ReadFiles = Pick<Files, 'read' | 'kind' | 'list'>;

/**
 * The policy that holds where the command was started: lukko.yaml of `--config`, else the nearest one upward to the root of
 * the repository, else the posture `recommended` with nothing declared; with `--policy-from` all of it as it stands in that
 * commit, and what the work tree would change in it is listed. Own rules are loaded.
 * @throws InputError, FormatError or PolicyError when it cannot be used.
 */
export async function policyAt(options: PolicyOptions, ports: NeededPorts): Promise<PolicySource> {
  const { cwd } = ports;
  const commit = options.policyFrom === undefined ? undefined : filesOfCommit(options.policyFrom, ports);
  const files: ReadFiles = commit?.files ?? ports.files;
  const path = configPath(options, cwd, files);
  const folder = rulesFolder(options, path, { cwd, files });
  const own = folder === undefined ? undefined : await ownRulesIn(folder.at, folder.path, files, ports);
  const policy = readPolicy({ ...inputAt(options, path, { cwd, files }), own: own ?? { rules: [], files: [] } });
  if (commit === undefined) return policy;
  const changes = changesInWorkTree(options, path, { before: files, after: ports.files, cwd });
  const from = { ref: commit.ref, commit: commit.commit };
  return { ...policy, policy: { ...policy.policy, from, changes: [...changes] } };
}

interface Reading {
  readonly cwd: string;
  readonly files: ReadFiles;
}

function inputAt(options: PolicyOptions, path: string | undefined, { cwd, files }: Reading): PolicyInput {
  const text = (at: string) => ({ file: displayName(at, cwd), text: readText(at, displayName(at, cwd), files) });
  const { posture, ruleSet, baseline, ignoreBaseline = false } = options;
  return {
    catalogue,
    ignoreBaseline,
    ...(posture === undefined ? {} : { posture }),
    ...(ruleSet === undefined ? {} : { ruleSet }),
    ...(baseline === undefined ? {} : { baseline: text(fromHere(baseline, cwd)) }),
    ...(path === undefined
      ? {}
      : {
          lukko: text(path),
          read: (named) => {
            const at = join(dirname(path), named);
            const kind = files.kind(at);
            if (kind === 'other') {
              throw new InputError(
                `${displayName(at, cwd)}: expected a file, found a link, a submodule or a device; put a file there`,
              );
            }
            return kind === 'file' ? text(at) : undefined;
          },
        }),
  };
}

/** Folder of own rules: `--rules` from here, else what lukko.yaml names, below its own folder. */
function rulesFolder(
  { rules }: PolicyOptions,
  config: string | undefined,
  { cwd, files }: Reading,
): { readonly at: string; readonly path: string } | undefined {
  if (rules !== undefined) return { at: fromHere(rules, cwd), path: `--rules ${rules}` };
  if (config === undefined) return undefined;
  const file = displayName(config, cwd);
  const own = parseFile(lukko, readText(config, file, files), file);
  const path = own.value.rules;
  if (path === undefined) return undefined;
  if (isOutside(path)) {
    throw new InputError(
      `${file}:${own.at('rules').line}: rules: expected a folder below that of ${file}, found ${JSON.stringify(path)}; move it there`,
    );
  }
  return { at: join(dirname(config), path), path };
}
