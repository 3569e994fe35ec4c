import type { Change, Patch } from './patches.ts';

type Json = Record<string, unknown>;

/** A correction that does not fit the description it was written for. */
export class PatchError extends Error {}

/**
 * The description with every patch applied; the input is not changed.
 *
 * @throws PatchError naming pointer and reason when a patch does not fit
 */
export function applyPatches(description: unknown, patches: readonly Patch[]): unknown {
  const patched: unknown = structuredClone(description);
  for (const patch of patches) {
    for (const pointer of patch.at) applyChange(patched, pointer, patch);
  }
  return patched;
}

function applyChange(root: unknown, pointer: string, patch: Patch): void {
  const keys = pointer.split('/').slice(1).map(unescapeKey);
  const last = keys.pop();
  let owner = root;
  for (const key of keys) owner = memberOf(owner, key);
  if (last === undefined || !isObject(owner)) throw misfit(pointer, patch, 'nothing is there');
  const change = patch.change;
  const there = Object.hasOwn(owner, last);
  if (there !== (change.op !== 'add')) throw misfit(pointer, patch, there ? 'it is there already' : 'nothing is there');
  if (change.op === 'remove') delete owner[last];
  else if (change.op === 'add' || change.op === 'replace') owner[last] = structuredClone(change.value);
  else owner[last] = changeList(owner[last], change, () => misfit(pointer, patch, 'the list is not as expected'));
}

/** A property, or an item of a list by its index. */
const memberOf = (owner: unknown, key: string): unknown =>
  typeof owner === 'object' && owner !== null && Object.hasOwn(owner, key) ? (owner as Json)[key] : undefined;

function changeList(
  list: unknown,
  change: Extract<Change, { readonly op: 'with' | 'without' }>,
  misfitting: () => PatchError,
): readonly unknown[] {
  if (!Array.isArray(list) || list.includes(change.value) !== (change.op === 'without')) throw misfitting();
  return change.op === 'with' ? [...list, change.value] : list.filter((item) => item !== change.value);
}

function misfit(pointer: string, patch: Patch, why: string): PatchError {
  return new PatchError(
    `${pointer}: cannot ${patch.change.op} (${patch.reason}): ${why}\nCorrect or drop this patch in packages/sandbox/spec/patches.ts.`,
  );
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
