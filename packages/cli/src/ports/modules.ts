import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ImportedModule, ImportModules } from '@lukko/policy-engine';

/**
 * Imports ES modules from a copy of their files in a folder of its own, which is removed again: what was read is what runs, and
 * an import that leads out of the folder finds nothing. Types in `.ts` are stripped where Node does that (22.18 and newer).
 */
export const importModules: ImportModules = async (files, entries) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lukko-rules-')));
  try {
    writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}\n');
    for (const [path, bytes] of files) {
      if (path === 'package.json') continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    const modules: ImportedModule[] = [];
    const load = importer(folder);
    for (const entry of entries) modules.push(await importOne(folder, entry, load));
    return modules;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

type Importer = (url: string) => Promise<unknown>;

/**
 * Node's own import(), from a file of its own: the bundle runs as a script of node:vm (scripts/loader), where Node calls import()
 * experimental and says so on standard error.
 */
function importer(folder: string): Importer {
  const file = join(folder, '.lukko-import.cjs');
  writeFileSync(file, 'module.exports = (url) => import(url);\n');
  return createRequire(file)(file) as Importer;
}

async function importOne(folder: string, entry: string, load: Importer): Promise<ImportedModule> {
  if (entry.endsWith('.ts') && !strips()) {
    const problem = `: this Node (${process.versions.node}) does not strip types; use Node 22.18 or newer, or write the rule as .mjs with JSDoc types`;
    return { entry, problem };
  }
  try {
    const module = await settled(load(pathToFileURL(join(folder, entry)).href));
    if (module === undefined) return { entry, problem: ': cannot be imported: it waits for what never comes' };
    return { entry, module: module as Record<string, unknown> };
  } catch (error) {
    return { entry, problem: problemOf(error, folder) };
  }
}

/** undefined when the process has nothing left to do and the promise is still open: Node would end there without a word. */
function settled<T>(promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const idle = () => resolve(undefined);
    process.once('beforeExit', idle);
    promise.then(resolve, reject).finally(() => process.off('beforeExit', idle));
  });
}

function strips(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript);
}

/** `:3: SyntaxError: …`, without the folder the copy lies in. */
function problemOf(error: unknown, folder: string): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const url = pathToFileURL(folder).href;
  const above = dirname(folder);
  const own = (part: string) =>
    part.replaceAll(`${url}/`, '').replaceAll(`${folder}/`, '').replaceAll(`${above}/`, '../');
  // Of a text that is no module V8 names file and line first, alone on a line.
  const [, line] = /^[^\n:]*:(\d+)$/m.exec(own(stack)) ?? [];
  const where = line === undefined ? '' : `:${line}`;
  const [first = ''] = own(text).split('\n');
  const outside = /Cannot find (module|package)/.test(text)
    ? '; own rules may import what lies in their folder, and modules of Node (node:…)'
    : '';
  return `${where}: cannot be imported: ${first}${outside}`;
}
