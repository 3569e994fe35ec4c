import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ImportModules, loadOwnRules, type OwnRules } from '@lukko/policy-engine';

/**
 * The organisation's own rules at the synth gate: those of the folder lukko.yaml names, below the root of the repository.
 * @throws PolicyError naming the file
 */
export function ownRulesAt(folder: string): Promise<OwnRules> {
  const at = (file: string): string => path.join(folder, file);
  return loadOwnRules({
    name: folder,
    path: folder,
    kind: (file) => {
      const found = statSync(at(file), { throwIfNoEntry: false });
      return found === undefined ? 'none' : found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
    },
    list: (directory) => readdirSync(at(directory)).sort(),
    read: (file) => readFileSync(at(file)),
    importModules,
  });
}

/** From a copy of exactly the bytes that were read and are digested; an import that leads out of the folder finds nothing. */
const importModules: ImportModules = async (files, entries) => {
  const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'lukko-rules-')));
  try {
    writeFileSync(path.join(copy, 'package.json'), '{"type":"module","private":true}\n');
    for (const [file, bytes] of files) {
      if (file === 'package.json') continue;
      mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
      writeFileSync(path.join(copy, file), bytes);
    }
    const imported = entries.map(async (entry) => {
      try {
        const module: unknown = await import(pathToFileURL(path.join(copy, entry)).href);
        return { entry, module: module as Readonly<Record<string, unknown>> };
      } catch (error) {
        const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        const [first = ''] = text.replaceAll(`${copy}${path.sep}`, '').split('\n');
        return { entry, problem: `: cannot be imported: ${first}` };
      }
    });
    return await Promise.all(imported);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};
