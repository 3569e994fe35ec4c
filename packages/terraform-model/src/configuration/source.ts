import { posix } from 'node:path';
import type { Place } from '../graph.ts';
import { readHcl } from '../hcl/read.ts';
import { InputError } from '../input-error.ts';
import { type JsonDocument, readJson } from '../json/read.ts';
import { isObject, type Json, type JsonObject } from '../json/types.ts';
import { type Block, blocksOf, placeOf, textOf } from './blocks.ts';
import { mergeOverrides } from './override.ts';

/** A file as its reader handed it in: `file` is the path to print, with forward slashes. */
export interface ConfigurationFile {
  readonly file: string;
  readonly text: string;
}

export interface Named {
  readonly json: Json;
  readonly place: Place;
}

/** The files of one module directory, merged: what Terraform calls a module, before anybody calls it. */
export interface ModuleSource {
  readonly directory: string;
  readonly place: Place;
  readonly documents: readonly JsonDocument[];
  readonly resources: readonly Block[];
  /** Those inside `check` blocks are read at plan like all others. */
  readonly data: readonly Block[];
  readonly ephemeral: readonly Block[];
  readonly actions: readonly Block[];
  readonly removed: readonly Block[];
  readonly moved: readonly Block[];
  readonly imports: readonly Block[];
  readonly variables: readonly Block[];
  readonly outputs: readonly Block[];
  readonly modules: readonly Block[];
  readonly providers: readonly Block[];
  readonly terraform: readonly Block[];
  readonly locals: ReadonlyMap<string, Named>;
  /** False for a plan's own record of its configuration, which leaves locals out. */
  readonly localsShown: boolean;
}

const documents = new WeakMap<ConfigurationFile, JsonDocument>();

/** A file in native syntax, as its name says, or else in JSON syntax. @throws InputError for what is neither. */
export function readDocument(source: ConfigurationFile): JsonDocument {
  const { file, text } = source;
  const found = documents.get(source) ?? (native.test(file) ? readHcl(text, file) : readJson(text, file));
  documents.set(source, found);
  return found;
}

const native = /\.(tf|tofu|tfvars|hcl)$/;

/** What the modules of these files call by a local path: `./net`, `../common`. @throws InputError */
export function moduleSources(files: readonly ConfigurationFile[]): readonly string[] {
  return files.flatMap((source) => {
    const document = readDocument(source);
    if (!isObject(document.value)) return [];
    return blocksOf(document, document.value, 'module', 1).flatMap(({ body }) => {
      const called = textOf(body.get('source'));
      return called !== undefined && /^\.\.?(\/|$)/.test(called) ? [called] : [];
    });
  });
}

/**
 * Reads and merges the `*.tf` and `*.tf.json` files of one directory (`*.tofu` and `*.tofu.json` too).
 * @throws InputError for what cannot be read, is no configuration, or is declared twice.
 */
export function readModule(files: readonly ConfigurationFile[]): ModuleSource {
  const documents = files.map(readDocument);
  const normal = documents.filter(({ file }) => !isOverride(file));
  const holders: [JsonDocument, JsonObject][] = [];
  for (const document of normal) {
    if (!isObject(document.value)) {
      const fix = "give a file in Terraform's JSON syntax (*.tf.json)";
      throw new InputError(document.file, 1, 'the document must be an object', fix);
    }
    holders.push([document, document.value]);
  }
  const overrides = documents.filter(({ file }) => isOverride(file));
  const all = (key: string, labels: number) => {
    const blocks = holders.flatMap(([document, holder]) => blocksOf(document, holder, key, labels));
    return mergeOverrides(blocks, overrides, key, labels);
  };
  const once = (key: string, labels: number) => refuseTwice(all(key, labels), key);
  const first = files[0]?.file ?? '';
  return {
    directory: posix.dirname(first),
    place: { file: first },
    documents: normal,
    resources: once('resource', 2),
    data: refuseTwice([...all('data', 2), ...checkedData(all('check', 1))], 'data'),
    ephemeral: once('ephemeral', 2),
    actions: once('action', 2),
    removed: all('removed', 0),
    moved: all('moved', 0),
    imports: all('import', 0),
    variables: once('variable', 1),
    outputs: once('output', 1),
    modules: once('module', 1),
    providers: all('provider', 1),
    terraform: all('terraform', 0),
    locals: localsOf(all('locals', 0)),
    localsShown: true,
  };
}

function isOverride(file: string): boolean {
  return /(^|_)override\.(tf|tofu)(\.json)?$/.test(posix.basename(file));
}

function refuseTwice(blocks: readonly Block[], key: string): readonly Block[] {
  const seen = new Map<string, Block>();
  for (const block of blocks) {
    const name = block.labels.join('.');
    const before = seen.get(name);
    if (before !== undefined) {
      const where = `${before.place.file}:${before.place.line ?? 1}`;
      const { file, line } = block.place;
      throw new InputError(file, line, `${key} ${name} is declared twice (first at ${where})`, 'remove or rename one');
    }
    seen.set(name, block);
  }
  return blocks;
}

/** https://developer.hashicorp.com/terraform/language/block/check: each may read one data source of its own. */
function checkedData(checks: readonly Block[]): readonly Block[] {
  return checks.flatMap(({ document, body }) => blocksOf(document, body, 'data', 2));
}

function localsOf(blocks: readonly Block[]): ReadonlyMap<string, Named> {
  const locals = new Map<string, Named>();
  for (const { body, document } of blocks) {
    for (const [name, json] of body) {
      if (name !== '//') locals.set(name, { json, place: placeOf(document, document.lineOf(body, name)) });
    }
  }
  return locals;
}
