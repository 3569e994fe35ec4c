import type { JsonDocument } from '../json/read.ts';
import { isObject, type Json } from '../json/types.ts';
import { type Block, blocksOf } from './blocks.ts';

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
        const body = new Map<string, Json>([...before.body, ...block.body]);
        merged[position] = { ...before, body };
      }
    }
  }
  return merged;
}

function sameLabels(left: Block, right: Block): boolean {
  return left.labels.length > 0 && left.labels.join('\n') === right.labels.join('\n');
}
