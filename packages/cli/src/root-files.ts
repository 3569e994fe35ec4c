import { join, posix } from 'node:path';
import { printable } from '@lukko/policy-engine';
import { readJson } from '@lukko/terraform-model';
import { InputError } from './errors.ts';
import { below, decode, type InputFile, readBytes } from './input-file.ts';
import type { Files } from './ports/ports.ts';

/** Everything terraform would read for one root module. */
export interface RootFiles {
  readonly files: readonly InputFile[];
  /** Files of the modules it calls by a local path, one list per directory. */
  readonly modules: readonly (readonly InputFile[])[];
  /** What terraform.tfvars.json and *.auto.tfvars.json give, in terraform's order. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Modules nested deeper, or in a circle, are left to be unknown. */
const deepest = 10;

/**
 * The root module in a directory, in JSON syntax; `files` is empty when there is none. Terraform reads every configuration and
 * variables file that lies there, so one in HCL, which cannot be read yet, makes the whole unjudged.
 * @throws InputError for HCL.
 */
export function rootAt(path: string, name: string, files: Files): RootFiles {
  const names = files.list(path);
  const json = names.filter((entry) => entry.endsWith('.tf.json'));
  const hcl = names.filter((entry) => /\.tf$|^terraform\.tfvars$|\.auto\.tfvars$/.test(entry));
  if (hcl.length > 0) throw new InputError(hclMessage(name, hcl, json));
  const own = readAll(path, name, json, files);
  return {
    files: own,
    modules: localModules(path, name, own, files),
    variables: variablesIn(path, name, names, files),
  };
}

/** What to do about HCL. */
export function hclMessage(name: string, hcl: readonly string[], json: readonly string[]): string {
  const seen = `${hcl.slice(0, 3).map(printable).join(', ')}${hcl.length > 3 ? ` and ${hcl.length - 3} more` : ''}`;
  const beside = json.length === 0 ? '' : ` beside ${json[0]}`;
  return [
    `${name}: holds HCL (${seen})${beside}, which cannot be read yet; check its plan instead:`,
    '  terraform plan -out tfplan && terraform show -json tfplan > plan.json',
    '  lukko check plan.json --source tfplan',
  ].join('\n');
}

function readAll(path: string, name: string, entries: readonly string[], files: Files): readonly InputFile[] {
  return entries.map((entry) => ({
    file: below(name, entry),
    bytes: readBytes(join(path, entry), below(name, entry), files),
  }));
}

/** Directories that `source = "./…"` leads to; one that is missing or in HCL stays a module that was not given. */
function localModules(path: string, name: string, own: readonly InputFile[], files: Files): RootFiles['modules'] {
  const found = new Map<string, readonly InputFile[]>();
  let open = [{ path, name, own }];
  for (let depth = 0; depth < deepest && open.length > 0; depth++) {
    const next: typeof open = [];
    for (const caller of open) {
      for (const source of localSources(caller.own)) {
        const there = join(caller.path, source);
        if (found.has(there) || files.kind(there) !== 'directory') continue;
        const names = files.list(there);
        if (names.some((entry) => entry.endsWith('.tf'))) continue;
        const display = posix.join(caller.name, source);
        const read = readAll(
          there,
          display,
          names.filter((entry) => entry.endsWith('.tf.json')),
          files,
        );
        found.set(there, read);
        next.push({ path: there, name: display, own: read });
      }
    }
    open = next;
  }
  return [...found.values()];
}

function localSources(own: readonly InputFile[]): readonly string[] {
  return own.flatMap(({ file, bytes }) => {
    const calls = Object.values(Object(Object(parse(decode(bytes, file))).module) as object);
    return calls.flatMap((call) => {
      const source: unknown = Object([call].flat()[0]).source;
      return typeof source === 'string' && /^\.\.?(\/|$)/.test(source) ? [source] : [];
    });
  });
}

/** https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence */
function variablesIn(path: string, name: string, names: readonly string[], files: Files): RootFiles['variables'] {
  const given = names.filter((entry) => entry === 'terraform.tfvars.json');
  const automatic = names.filter((entry) => entry.endsWith('.auto.tfvars.json'));
  const values: Record<string, unknown> = Object.create(null);
  for (const { file, bytes } of readAll(path, name, [...given, ...automatic], files)) {
    const document = readJson(decode(bytes, file), file).value;
    if (!(document instanceof Map)) {
      throw new InputError(`${file}: expected a JSON object with the values of variables; correct it`);
    }
    for (const [key, value] of document) values[key] = value;
  }
  return values;
}

/** undefined for what is no JSON: the reader of the configuration says so, with the line. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
