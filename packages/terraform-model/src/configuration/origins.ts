import type { Origin } from '../graph.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json/types.ts';
import type { Path } from '../value.ts';
import { pathText } from '../values.ts';
import { type Block, listOf, placeOf } from './blocks.ts';

/**
 * Where each argument of a block stands in its file. Nested blocks and objects are opened, so that a finding about one port
 * names that line; what a `dynamic` block makes is said to come from the line the block starts on.
 * Nesting is bounded by the readers.
 */
export function writtenOrigins({ body, document }: Block, meta: ReadonlySet<string>): readonly Origin[] {
  const origins: Origin[] = [];
  const note = (holder: Json, key: string | number, path: Path) => {
    const line = document.lineOf(holder, key);
    if (line !== undefined) origins.push({ attribute: pathText(path), place: placeOf(document, line) });
  };
  const into = (holder: JsonObject | readonly Json[], above: Path): void => {
    const entries: Iterable<readonly [string | number, Json]> = holder.entries();
    for (const [key, json] of entries) {
      if (above.length === 0 && meta.has(String(key))) continue;
      if (key === 'dynamic') continue;
      const path = [...above, key];
      if ((isObject(json) || isArray(json)) && hasParts(json)) into(json, path);
      else note(holder, key, path);
    }
  };
  into(body, []);
  for (const holder of listOf(body.get('dynamic'))) {
    for (const label of isObject(holder) ? holder.keys() : []) note(holder, label, [label]);
  }
  return origins;
}

/** A list of texts is one thing on one line; blocks and objects have parts of their own. */
function hasParts(json: JsonObject | readonly Json[]): boolean {
  return isObject(json) ? json.size > 0 : json.some((item) => isObject(item));
}
