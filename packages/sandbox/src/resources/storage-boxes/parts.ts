import { found } from '../../collection.ts';
import { type Answer, answerAction, type Context, ok } from '../../context.ts';
import { ApiError, notFound } from '../../errors.ts';
import { type Filters, listPage, pathId } from '../../list.ts';
import type { Json, Labels, ResourceRef, Tables } from '../../types.ts';
import type { StorageBox } from './types.ts';

/** What belongs to a box. */
export type PartKind = 'storage_box_snapshot' | 'storage_box_subaccount';

export const refsOf = (kind: PartKind, { id, storageBox }: Tables[PartKind]): readonly ResourceRef[] => [
  { id: storageBox, type: 'storage_box' },
  { id, type: kind },
];

/** The box of a path when it is ready. @throws ApiError not_found, locked */
export function readyBox(context: Context): StorageBox & { readonly username: string } {
  const box = found(context, 'storage_box');
  context.actions.refuseLocked('storage_box', box.id);
  const { username } = box;
  if (username === null) throw new ApiError('locked', `storage box ${box.id} is not ready`);
  return { ...box, username };
}

/** The part of a box that a path names. @throws ApiError not_found */
export function partOf<K extends PartKind>(context: Context, kind: K): Tables[K] {
  const box = found(context, 'storage_box');
  const word = kind === 'storage_box_snapshot' ? 'snapshot' : 'subaccount';
  const id = pathId(context.params[`${word}_id`], word);
  const part = context.store.get(kind, id);
  if (part === undefined || part.storageBox !== box.id) throw notFound(word, id);
  return part;
}

/** All parts of a box: these lists have no pages. */
export function listParts<K extends PartKind>(
  context: Context,
  kind: K,
  key: string,
  render: (part: Tables[K]) => Json,
  filters: Filters<Tables[K]>,
): Answer {
  const parts = context.store.referringTo(kind, found(context, 'storage_box').id);
  const query = new URLSearchParams(context.query);
  query.delete('page');
  query.set('per_page', String(Math.max(1, parts.length)));
  const page = listPage(key, parts, query, render, {
    filters: { name: ({ name }) => name, ...filters },
    sorts: { name: ({ name }) => name, created: ({ created }) => created },
    labels: ({ labels }): Labels => labels,
    largestPage: Number.MAX_SAFE_INTEGER,
  });
  return ok({ [key]: page[key] });
}

/** Removes a part when the action ends. */
export function deletePart(context: Context, kind: PartKind): Answer {
  const part = partOf(context, kind);
  context.actions.refuseLocked(kind, part.id);
  return answerAction(context, {
    command: kind === 'storage_box_snapshot' ? 'delete_snapshot' : 'delete_subaccount',
    resources: refsOf(kind, part),
    effects: [{ kind, id: part.id, remove: true }],
  });
}
