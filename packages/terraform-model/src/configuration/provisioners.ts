import type { Evaluator } from '../expression/evaluate.ts';
import type { AttributeSource } from '../graph/resource.ts';
import type { Provisioner, Removed, Root } from '../graph.ts';
import { isObject, type JsonObject } from '../json/types.ts';
import { bodySource } from './attributes.ts';
import { type Block, blocksOf, listOf, wordOf } from './blocks.ts';
import { element } from './elements.ts';
import type { ModuleInstance } from './instance.ts';

const provisionerMeta: ReadonlySet<string> = new Set(['//', 'when', 'on_failure', 'connection']);
const removedMeta: ReadonlySet<string> = new Set(['//', 'from', 'lifecycle', 'provisioner', 'connection']);

interface Owner {
  readonly id: string;
  readonly root: Root;
  /** False for a plan's own record, which leaves `when`, `on_failure` and `connection` out. */
  readonly whole: boolean;
}

/** Provisioners in the order they run; each may be written as object or list at both levels. */
export function provisionersOf(
  { id, root, whole }: Owner,
  block: Block,
  source: (body: JsonObject, meta: ReadonlySet<string>) => AttributeSource,
): readonly Provisioner[] {
  const found: Provisioner[] = [];
  const { document, body } = block;
  const shared = body.has('connection');
  for (const holder of listOf(body.get('provisioner'))) {
    if (!isObject(holder)) continue;
    for (const type of holder.keys()) {
      if (type === '//') continue;
      for (const { body: own, place } of blocksOf(document, holder, type, 0)) {
        const fields = { kind: 'provisioner' as const, id: `${id}.provisioner[${found.length}]`, root, place };
        const onFailure = wordOf(own.get('on_failure')) === 'continue' ? 'continue' : 'fail';
        found.push({
          ...element(fields, source(own, provisionerMeta)),
          type,
          when: wordOf(own.get('when')) === 'destroy' ? 'destroy' : 'create',
          onFailure: whole ? onFailure : undefined,
          connected: whole ? shared || own.has('connection') : undefined,
        });
      }
    }
  }
  return found;
}

/** https://developer.hashicorp.com/terraform/language/block/removed */
export function removedOf(root: Root, instance: ModuleInstance, evaluator: Evaluator): readonly Removed[] {
  return instance.source.removed.map((block, position) => {
    const id = `${instance.idPrefix}${instance.prefix}removed[${position}]`;
    const source = (body: JsonObject, meta: ReadonlySet<string>) => bodySource(body, instance.scope, evaluator, meta);
    return {
      ...element({ kind: 'removed' as const, id, root, place: block.place }, source(block.body, removedMeta)),
      from: wordOf(block.body.get('from')) ?? '',
      provisioners: provisionersOf({ id, root, whole: true }, block, source),
    };
  });
}
