import { join, posix, resolve } from 'node:path';
import { type ConfigurationFile, type FileReader, moduleSources, readJson } from '@lukko/terraform-model';
import { InputError } from './errors.ts';
import { below, decode, type InputFile, readBytes } from './input-file.ts';
import type { Files } from './ports/ports.ts';
import { Tree } from './tree.ts';

/** A file of a configuration, as bytes for the report's digest and as text for the reader. */
export interface SourceFile extends InputFile, ConfigurationFile {}

/** Everything terraform would read for one root module. */
export interface RootFiles {
  readonly files: readonly SourceFile[];
  /** Files of the modules it calls: by a local path, or where `terraform init` has put them (then with the path of calls as key). */
  readonly modules: readonly {
    readonly key?: string;
    readonly source?: string;
    readonly files: readonly SourceFile[];
  }[];
  /** Files of values in terraform's order: terraform.tfvars, *.auto.tfvars, then what --var-file names. */
  readonly variableFiles: readonly SourceFile[];
  readonly lockFile: SourceFile | undefined;
  /** What `file` and `templatefile` may read. */
  readonly reads: FileReader | undefined;
}

/** Modules nested deeper, or in a circle, are left to be unknown. */
const deepest = 10;
/** A line break in a name is no reason for Terraform to pass over the file. */
const configuration = /^([^]+)\.(tf|tofu)(\.json)?$/;

/**
 * The root module in a directory; `files` is empty when there is none.
 * @throws InputError for a file that cannot be read, or that a link leads out of the tree to.
 */
export function rootAt(path: string, name: string, files: Files): RootFiles {
  const tree = new Tree(path, files);
  const names = files.list(path);
  const read = (entries: readonly string[]) => readAll(path, name, entries, files, tree);
  const own = read(configurationNames(names));
  if (own.length === 0) return { files: [], modules: [], variableFiles: [], lockFile: undefined, reads: undefined };
  return {
    files: own,
    modules: [...localModules(path, name, own, files, tree), ...installedModules(path, name, files, tree)],
    variableFiles: read(variableNames(names)),
    lockFile: read(names.filter((entry) => entry === '.terraform.lock.hcl'))[0],
    reads: tree.reader(path, name),
  };
}

/** A file alone, without what lies beside it. */
export function rootOf(file: InputFile): RootFiles {
  const source = { ...file, text: decode(file.bytes, file.file) };
  return { files: [source], modules: [], variableFiles: [], lockFile: undefined, reads: undefined };
}

/** Of `main.tofu` and `main.tf` OpenTofu reads the first alone; Terraform passes over hidden files and copies of editors. */
function configurationNames(names: readonly string[]): readonly string[] {
  const all = new Set(names);
  return names.filter((entry) => {
    const [, stem, kind, json = ''] = configuration.exec(entry) ?? [];
    if (stem === undefined || /^[.#]/.test(entry)) return false;
    return kind === 'tofu' || !all.has(`${stem}.tofu${json}`);
  });
}

/** https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence */
function variableNames(names: readonly string[]): readonly string[] {
  return [
    ...['terraform.tfvars', 'terraform.tfvars.json'].filter((entry) => names.includes(entry)),
    ...names.filter((entry) => /\.auto\.tfvars(\.json)?$/.test(entry)),
  ];
}

function readAll(
  path: string,
  name: string,
  entries: readonly string[],
  files: Files,
  tree: Tree,
): readonly SourceFile[] {
  return entries.flatMap((entry) => {
    const file = below(name, entry);
    const at = join(path, entry);
    // Terraform passes over directories whatever they are called, and would wait at a pipe.
    const kind = files.kind(at);
    if (kind === 'directory') return [];
    if (kind === 'other')
      throw new InputError(`${file}: expected a file, found a pipe, a socket or a device; remove it`);
    if (!tree.holds(at)) {
      throw new InputError(`${file}: a link that leads out of the tree; check where the file really lies`);
    }
    const bytes = readBytes(at, file, files);
    return [{ file, bytes, text: decode(bytes, file) }];
  });
}

/** Directories that `source = "./…"` leads to; one that is missing or empty stays a module that was not given. */
function localModules(
  path: string,
  name: string,
  own: readonly SourceFile[],
  files: Files,
  tree: Tree,
): RootFiles['modules'] {
  const found = new Map<string, { readonly files: readonly SourceFile[] }>();
  let open = [{ path, name, own }];
  for (let depth = 0; depth < deepest && open.length > 0; depth++) {
    const next: typeof open = [];
    for (const caller of open) {
      for (const source of moduleSources(caller.own)) {
        const there = join(caller.path, source);
        if (found.has(there) || files.kind(there) !== 'directory') continue;
        tree.include(there);
        const display = posix.join(caller.name, source);
        const read = readAll(there, display, configurationNames(files.list(there)), files, tree);
        if (read.length === 0) continue;
        found.set(there, { files: read });
        next.push({ path: there, name: display, own: read });
      }
    }
    open = next;
  }
  return [...found.values()];
}

/** `terraform init` writes down where it put each module it fetched: those are read from there. */
function installedModules(path: string, name: string, files: Files, tree: Tree): RootFiles['modules'] {
  const at = join(path, '.terraform/modules/modules.json');
  if (files.kind(at) !== 'file' || !tree.holds(at)) return [];
  const file = below(name, '.terraform/modules/modules.json');
  const { value } = readJson(decode(readBytes(at, file, files), file), file);
  const listed = value instanceof Map ? value.get('Modules') : undefined;
  const found: { key: string; source: string; files: readonly SourceFile[] }[] = [];
  for (const entry of Array.isArray(listed) ? listed : []) {
    const [key, directory, source] = ['Key', 'Dir', 'Source'].map((field) =>
      entry instanceof Map ? entry.get(field) : '',
    );
    if (typeof key !== 'string' || key === '' || typeof directory !== 'string' || typeof source !== 'string') continue;
    const there = resolve(path, directory);
    if (!directory.startsWith('.terraform/modules/') || files.kind(there) !== 'directory' || !tree.holds(there))
      continue;
    const display = posix.join(name, directory);
    const read = readAll(there, display, configurationNames(files.list(there)), files, tree);
    if (read.length > 0) found.push({ key, source, files: read });
  }
  return found;
}

/** Files of values that somebody named, after those that lie in the directory. @throws InputError */
export function withVariableFiles(root: RootFiles, named: readonly SourceFile[]): RootFiles {
  return named.length === 0 ? root : { ...root, variableFiles: [...root.variableFiles, ...named] };
}

/** All files whose bytes were judged. */
export function filesOf({ files, modules, variableFiles, lockFile }: RootFiles): readonly SourceFile[] {
  const all = [...files, ...modules.flatMap((module) => module.files), ...variableFiles];
  const distinct = new Map(all.map((file) => [file.file, file]));
  if (lockFile !== undefined) distinct.set(lockFile.file, lockFile);
  return [...distinct.values()];
}
