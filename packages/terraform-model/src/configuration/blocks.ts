import type { Place } from '../graph.ts';
import { InputError } from '../input-error.ts';
import type { JsonDocument } from '../json/read.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json/types.ts';

/** A block of a configuration in JSON syntax, with the labels that stood before it. */
export interface Block {
  readonly labels: readonly string[];
  readonly body: JsonObject;
  readonly document: JsonDocument;
  readonly place: Place;
}

const fix = 'see https://developer.hashicorp.com/terraform/language/syntax/json for the form';

/**
 * Blocks below one key of a document. Everywhere a block may be an object, or a list of objects that stand one after the
 * other; each label is one more level of the same.
 * @throws InputError where something else stands.
 */
export function blocksOf(document: JsonDocument, holder: JsonObject, key: string, labels: number): readonly Block[] {
  const json = holder.get(key);
  if (json === undefined || json === null) return [];
  return descend(document, json, labels, [], document.lineOf(holder, key), key);
}

function descend(
  document: JsonDocument,
  json: Json,
  labels: number,
  above: readonly string[],
  line: number | undefined,
  what: string,
): readonly Block[] {
  if (isArray(json)) {
    return json.flatMap((item, index) => descend(document, item, labels, above, document.lineOf(json, index), what));
  }
  if (!isObject(json)) {
    throw new InputError(document.file, line, `"${what}" must be an object or a list of objects`, fix);
  }
  if (labels === 0) return [{ labels: above, body: json, document, place: placeOf(document, line) }];
  const found: Block[] = [];
  for (const [label, inner] of json) {
    // A comment may stand at every level, and is no label.
    if (label === '//') continue;
    const named = [...above, label];
    found.push(...descend(document, inner, labels - 1, named, document.lineOf(json, label), `${what} ${label}`));
  }
  return found;
}

export function placeOf(document: JsonDocument, line: number | undefined): Place {
  return line === undefined ? { file: document.file } : { file: document.file, line };
}

/** The text of an argument that Terraform takes literally (`provider`, `source`, `version`), else undefined. */
export function textOf(json: Json | undefined): string | undefined {
  return typeof json === 'string' ? json : undefined;
}

/** A keyword, type or address: it stands bare in HCL (`${…}` in our form), as text in the JSON syntax. */
export function wordOf(json: Json | undefined): string | undefined {
  return textOf(json)?.replace(/^\$\{\s*|\s*\}$/g, '');
}

/** One item or a list of them, as a list. */
export function listOf(json: Json | undefined): readonly Json[] {
  if (json === undefined || json === null) return [];
  return isArray(json) ? json : [json];
}
