import { createHash } from 'node:crypto';
import { type OwnRules, PolicyError } from '../policy-source.ts';
import { printable } from '../reports/text.ts';
import type { Rule } from '../rule.ts';
import { kit, type OwnRuleModule } from './api.ts';
import { ruleOf } from './shape.ts';

/** The folder of own rules, as whoever has a disk hands it in. Paths are below it, with forward slashes; '' is the folder itself. */
export interface RuleFolder {
  /** As messages name it. */
  readonly name: string;
  /** As lukko.yaml names it, for the digest. */
  readonly path: string;
  readonly kind: (path: string) => 'file' | 'directory' | 'other' | 'none';
  readonly list: (directory: string) => readonly string[];
  /** @throws with a message for people */
  readonly read: (path: string) => Uint8Array;
  readonly importModules: ImportModules;
}

/**
 * Imports ES modules.
 * @param files all that may be imported, by path
 * @param entries those whose exports are wanted
 */
export type ImportModules = (
  files: ReadonlyMap<string, Uint8Array>,
  entries: readonly string[],
) => Promise<readonly ImportedModule[]>;

/** A module, or why it could not be imported: `:3: cannot be imported: …`, to stand after its name. */
export interface ImportedModule {
  readonly entry: string;
  readonly module?: Readonly<Record<string, unknown>>;
  readonly problem?: string;
}

/** A folder of rules is a handful of files: more is a mistake, such as the root of the repository. */
const limits = { files: 500, bytes: 5_000_000, depth: 5 };

/**
 * Loads an organisation's own rules: every `.mjs` and `.ts` that lies directly in the folder is a module with rules, what lies
 * in folders below is theirs to import. The bytes that are digested are the bytes that run: modules are imported from a copy
 * of exactly these files, and what they import must be among them.
 *
 * @throws PolicyError naming the file: when it cannot be read or imported, or exports what is no rule.
 */
export async function loadOwnRules(folder: RuleFolder): Promise<OwnRules> {
  const { name, path } = folder;
  if (folder.kind('') !== 'directory') {
    throw new PolicyError(`${name}: expected a folder with own rules, found none; make it, or leave out rules`);
  }
  const found = collect(folder);
  const entries = [...found.keys()].filter((file) => /^[^/]+\.(mjs|ts)$/.test(file) && !/\.(d|test)\.ts$/.test(file));
  if (entries.length === 0) {
    throw new PolicyError(`${name}: expected rules as .mjs or .ts, found none; write one, or leave out rules`);
  }
  const modules = await folder.importModules(found, entries);
  const rules = modules.flatMap(({ entry, module, problem }) => {
    const file = below(name, entry);
    if (module === undefined) throw new PolicyError(`${file}${problem ?? ': cannot be imported'}`);
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
function collect({ name, list, kind: kindOf, read }: RuleFolder): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  let bytes = 0;
  let open: readonly string[] = [''];
  for (let depth = 0; open.length > 0; depth++) {
    const next: string[] = [];
    for (const directory of open) {
      for (const entry of list(directory)) {
        const path = directory === '' ? entry : `${directory}/${entry}`;
        const kind = entry.startsWith('.') || entry === 'node_modules' ? 'other' : kindOf(path);
        if (kind === 'directory') next.push(path);
        if (kind !== 'file') continue;
        const content = read(path);
        bytes += content.length;
        found.set(path, content);
        if (found.size > limits.files || bytes > limits.bytes || depth > limits.depth) {
          throw new PolicyError(`${name}: expected a folder with rules alone, found more; name that folder`);
        }
      }
    }
    open = next;
  }
  return found;
}

/** A name in a folder, as messages name it. */
const below = (name: string, entry: string): string => (name === '.' ? entry : `${name}/${entry}`);

function rulesIn(exported: unknown, file: string): readonly Rule[] {
  let made: unknown = exported;
  if (typeof exported === 'function') {
    try {
      made = (exported as OwnRuleModule)(kit);
    } catch (error) {
      throw new PolicyError(`${file}: making its rules stopped: ${printable(String(error))}`);
    }
  }
  if (made === undefined) {
    throw new PolicyError(`${file}: expected a default export; write: export default (kit) => kit.rule({ … })`);
  }
  return (Array.isArray(made) ? made : [made]).map((one) => ruleOf(one, file));
}

function refuseTwins(rules: readonly Rule[]): void {
  const byId = new Map<string, Rule>();
  for (const rule of rules) {
    const twin = byId.get(rule.id);
    if (twin !== undefined) {
      throw new PolicyError(`${rule.file}: rule ${rule.id} stands in ${twin.file} as well; rename one`);
    }
    byId.set(rule.id, rule);
  }
}
