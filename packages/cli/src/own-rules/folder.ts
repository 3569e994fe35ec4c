import { join } from 'node:path';
import { loadOwnRules, type OwnRules } from '@lukko/policy-engine';
import { below, displayName, readBytes } from '../input-file.ts';
import type { Files, Ports } from '../ports/ports.ts';

/**
 * Loads the rules of a folder on disk, or in a commit.
 * @param folder absolute path
 * @param path the folder as lukko.yaml names it, for the digest
 * @throws PolicyError or InputError naming the file
 */
export function ownRulesIn(
  folder: string,
  path: string,
  files: Pick<Files, 'read' | 'kind' | 'list'>,
  { cwd, importModules }: Pick<Ports, 'cwd' | 'importModules'>,
): Promise<OwnRules> {
  const name = displayName(folder, cwd);
  return loadOwnRules({
    name,
    path,
    kind: (file) => files.kind(join(folder, file)),
    list: (directory) => files.list(join(folder, directory)),
    read: (file) => readBytes(join(folder, file), below(name, file), files),
    importModules,
  });
}
