import type { LockedProvider } from '../graph.ts';
import { readHcl } from '../hcl/read.ts';
import { isArray, isObject } from '../json/types.ts';
import { blocksOf, textOf } from './blocks.ts';
import { fullSource } from './providers.ts';
import type { ConfigurationFile } from './source.ts';

/**
 * What a dependency lock file pins (https://developer.hashicorp.com/terraform/language/files/dependency-lock).
 * @throws InputError for what is no HCL.
 */
export function lockedProviders({ file, text }: ConfigurationFile): readonly LockedProvider[] {
  // The stacks of one configuration share one lock file: the same text comes once per stack.
  if (last?.text !== text) last = { text, pinned: pinnedBy(text, file) };
  return last.pinned.map((pinned) => ({ ...pinned, place: { ...pinned.place, file } }));
}

let last: { readonly text: string; readonly pinned: readonly LockedProvider[] } | undefined;

function pinnedBy(text: string, file: string): readonly LockedProvider[] {
  const document = readHcl(text, file);
  if (!isObject(document.value)) return [];
  return blocksOf(document, document.value, 'provider', 1).map(({ labels, body, place }) => {
    const hashes = body.get('hashes');
    return {
      source: fullSource(labels[0] ?? ''),
      version: textOf(body.get('version')) ?? '',
      constraints: textOf(body.get('constraints')),
      hashes: isArray(hashes) ? hashes.filter((hash) => typeof hash === 'string') : [],
      place,
    };
  });
}
