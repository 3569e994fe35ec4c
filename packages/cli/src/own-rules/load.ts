import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type OwnRules, printable, type Rule } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { below, displayName, readBytes } from '../input-file.ts';
import type { Files, Ports } from '../ports/ports.ts';
import { kit, type OwnRuleModule } from './api.ts';
import { ruleOf } from './shape.ts';

/** A folder of rules is a handful of files: more is a mistake, such as the root of the repository. */
const limits = { files: 500, bytes: 5_000_000, depth: 5 };

/**
 * Loads an organisation's own rules: every `.mjs` and `.ts` that lies directly in the folder is a module with rules, what lies
 * in folders below is theirs to import. The bytes that are digested are the bytes that run: modules are imported from a copy
 * of exactly these files, and what they import must be among them.
 *
 * @param folder absolute path
 * @param path the folder as lukko.yaml names it, for the digest
 * @throws InputError naming the file: when it cannot be read or imported, or exports what is no rule.
 */
export async function loadOwnRules(
  folder: string,
  path: string,
  files: Pick<Files, 'read' | 'kind' | 'list'>,
  { cwd, importModules }: Pick<Ports, 'cwd' | 'importModules'>,
): Promise<OwnRules> {
  const name = displayName(folder, cwd);
  if (files.kind(folder) !== 'directory') {
    throw new InputError(`${name}: expected a folder with own rules, found none; make it, or leave out rules`);
  }
  const found = collect(folder, name, files);
  const entries = [...found.keys()].filter((file) => /^[^/]+\.(mjs|ts)$/.test(file) && !/\.(d|test)\.ts$/.test(file));
  if (entries.length === 0) {
    throw new InputError(`${name}: expected rules as .mjs or .ts, found none; write one, or leave out rules`);
  }
  const modules = await importModules(found, entries);
  const rules = modules.flatMap(({ entry, module, problem }) => {
    const file = below(name, entry);
    if (module === undefined) throw new InputError(`${file}${problem ?? ': cannot be imported'}`);
    return rulesIn(module.default, file);
  });
  refuseTwins(rules);
  const digests = [...found].map(([file, bytes]) => ({
    file: below(name, file),
    path: `${path}/${file}`,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
  return { rules, files: digests };
}

/** Every file of the folder and of those below it, by its path in there; links are not followed. */
function collect(folder: string, name: string, files: Pick<Files, 'read' | 'kind' | 'list'>): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  let bytes = 0;
  let open: readonly string[] = [''];
  for (let depth = 0; open.length > 0; depth++) {
    const next: string[] = [];
    for (const directory of open) {
      for (const entry of files.list(join(folder, directory))) {
        const path = directory === '' ? entry : `${directory}/${entry}`;
        const kind = entry.startsWith('.') || entry === 'node_modules' ? 'other' : files.kind(join(folder, path));
        if (kind === 'directory') next.push(path);
        if (kind !== 'file') continue;
        const content = readBytes(join(folder, path), below(name, path), files);
        bytes += content.length;
        found.set(path, content);
        if (found.size > limits.files || bytes > limits.bytes || depth > limits.depth) {
          throw new InputError(`${name}: expected a folder with rules alone, found more; name that folder`);
        }
      }
    }
    open = next;
  }
  return found;
}

function rulesIn(exported: unknown, file: string): readonly Rule[] {
  let made: unknown = exported;
  if (typeof exported === 'function') {
    try {
      made = (exported as OwnRuleModule)(kit);
    } catch (error) {
      throw new InputError(`${file}: making its rules stopped: ${printable(String(error))}`);
    }
  }
  if (made === undefined) {
    throw new InputError(`${file}: expected a default export; write: export default (kit) => kit.rule({ … })`);
  }
  return (Array.isArray(made) ? made : [made]).map((one) => ruleOf(one, file));
}

function refuseTwins(rules: readonly Rule[]): void {
  const byId = new Map<string, Rule>();
  for (const rule of rules) {
    const twin = byId.get(rule.id);
    if (twin !== undefined) {
      throw new InputError(`${rule.file}: rule ${rule.id} stands in ${twin.file} as well; rename one`);
    }
    byId.set(rule.id, rule);
  }
}
