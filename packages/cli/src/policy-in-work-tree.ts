import { dirname, join } from 'node:path';
import type { PolicyChange } from '@lukko/formats';
import { filesNamedIn, isOutside, type PolicyFile, type PolicyFiles, policyChanges } from '@lukko/policy-engine';
import { fromHere } from './input-file.ts';
import { nearestConfig } from './policy-config.ts';
import type { PolicyOptions } from './policy-files.ts';
import type { Files } from './ports/ports.ts';

type ReadFiles = Pick<Files, 'read' | 'kind' | 'list'>;

/**
 * What the work tree would change in the policy of a commit: in lukko.yaml and everything it names, there or here, own rules
 * included. Nothing in the work tree can make this fail: it is what somebody else wants, and is only shown.
 * @param path of the commit's lukko.yaml; undefined where it has none
 */
export function changesInWorkTree(
  options: PolicyOptions,
  path: string | undefined,
  { before, after, cwd }: { readonly before: ReadFiles; readonly after: ReadFiles; readonly cwd: string },
): readonly PolicyChange[] {
  const here = options.config === undefined ? nearestConfig(cwd, after) : fromHere(options.config, cwd);
  const config = path ?? here;
  if (config === undefined) return [];
  const rules = options.rules === undefined ? undefined : fromHere(options.rules, cwd);
  const was = filesOf(path, rules, before);
  const is = filesOf(here ?? config, rules, after);
  // What one side names stands in the list with what the other side has there, named or not.
  return policyChanges(withNamed(was, is, dirname(config), before), withNamed(is, was, dirname(config), after));
}

function filesOf(config: string | undefined, rules: string | undefined, files: ReadFiles): PolicyFiles {
  const found = new Map<string, PolicyFile>();
  const add = (role: PolicyFile['role'], path: string, at: string) => {
    const text = textAt(at, files);
    if (text !== undefined) found.set(path, { role, text });
  };
  if (rules !== undefined) for (const path of below(rules, files)) add('rules', `--rules/${path}`, join(rules, path));
  if (config === undefined) return found;
  const text = textAt(config, files);
  if (text === undefined) return found;
  found.set('lukko.yaml', { role: 'lukko', text });
  for (const [role, path] of filesNamedIn(text)) {
    if (isOutside(path)) continue;
    const at = join(dirname(config), path);
    if (role !== 'rules') add(role, path, at);
    else if (rules === undefined) for (const file of below(at, files)) add(role, `${path}/${file}`, join(at, file));
  }
  return found;
}

function withNamed(own: PolicyFiles, other: PolicyFiles, folder: string, files: ReadFiles): PolicyFiles {
  const all = new Map(own);
  for (const [path, { role }] of other) {
    if (all.has(path) || path.startsWith('--rules/')) continue;
    const text = textAt(join(folder, path), files);
    if (text !== undefined) all.set(path, { role, text });
  }
  return all;
}

function below(folder: string, files: ReadFiles): readonly string[] {
  const found: string[] = [];
  let open: readonly string[] = [''];
  for (let depth = 0; open.length > 0 && depth <= 5; depth++) {
    const next: string[] = [];
    for (const directory of open) {
      if (files.kind(join(folder, directory)) !== 'directory') continue;
      for (const name of files.list(join(folder, directory))) {
        const path = directory === '' ? name : `${directory}/${name}`;
        const kind = files.kind(join(folder, path));
        if (kind === 'file') found.push(path);
        else if (kind === 'directory' && name !== 'node_modules' && !name.startsWith('.')) next.push(path);
      }
    }
    open = next;
  }
  return found;
}

/** Bytes as text, whatever they are: only whether they differ counts. */
function textAt(path: string, files: ReadFiles): string | undefined {
  try {
    return files.kind(path) === 'file' ? Buffer.from(files.read(path)).toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}
