import type { JsonDocument } from '../json/read.ts';
import { isObject, type Json, type JsonObject } from '../json/types.ts';
import { type Block, blocksOf, textOf } from './blocks.ts';

/**
 * Override files (https://developer.hashicorp.com/terraform/language/files/override): their arguments take the place of those
 * of the block with the same labels. A block that exists only there is added.
 */
export function mergeOverrides(
  blocks: readonly Block[],
  overrides: readonly JsonDocument[],
  key: string,
  labels: number,
): readonly Block[] {
  const merged = [...blocks];
  for (const document of overrides) {
    if (!isObject(document.value)) continue;
    for (const block of blocksOf(document, document.value, key, labels)) {
      const position = merged.findIndex((candidate) => sameLabels(candidate, block));
      const before = merged[position];
      if (before === undefined) merged.push(block);
      else {
        merged[position] = { ...before, body: merge(before.body, block.body) };
      }
    }
  }
  return merged;
}

function sameLabels(left: Block, right: Block): boolean {
  const alias = textOf(left.body.get('alias')) === textOf(right.body.get('alias'));
  return left.labels.length > 0 && alias && left.labels.join('\n') === right.labels.join('\n');
}

/** Arguments and blocks of the override replace those of the same name; of `lifecycle` each argument is one. */
function merge(before: JsonObject, over: JsonObject): JsonObject {
  const body = new Map<string, Json>([...before, ...over]);
  const [first, second] = [before, over].map((one) => [one.get('lifecycle')].flat().find((item) => isObject(item)));
  if (isObject(first) && isObject(second)) body.set('lifecycle', new Map([...first, ...second]));
  return body;
}
