import { instant } from '../../actions.ts';
import { answerAction, begin, created, type Handlers, ok, rendered } from '../../context.ts';
import { ApiError, notFound } from '../../errors.ts';
import type { Effect, Json, Labels } from '../../types.ts';
import { deletePart, listParts, partOf, readyBox, refsOf } from './parts.ts';
import type { StorageBoxSnapshot } from './types.ts';

const KIND = 'storage_box_snapshot';

const render = (snapshot: StorageBoxSnapshot): Json => ({
  id: snapshot.id,
  name: snapshot.name,
  description: snapshot.description,
  stats: { size: 0, size_filesystem: 0 },
  // Plans are kept and shown, and make none: no time passes in which data would change.
  is_automatic: false,
  labels: snapshot.labels,
  created: instant(snapshot.created),
  storage_box: snapshot.storageBox,
});

interface Body {
  readonly description?: string;
  readonly labels?: Labels;
}

/** Snapshots are named by the second they were made in; two of one second are told apart. */
function nameFor(taken: ReadonlySet<string>, now: number): string {
  const stem = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? stem : `${stem}-${count}`;
    if (!taken.has(name)) return name;
  }
}

export const snapshots: Handlers = {
  list_snapshots: (context) =>
    listParts(context, KIND, 'snapshots', render, {
      is_automatic: (snapshot) => String(render(snapshot).is_automatic),
    }),
  get_snapshot: (context) => ok({ snapshot: render(partOf(context, KIND)) }),
  replace_snapshot: (context) => {
    const snapshot = partOf(context, KIND);
    const { description = snapshot.description, labels = snapshot.labels } = (context.body ?? {}) as Body;
    return ok({ snapshot: render(context.store.update(KIND, snapshot.id, { description, labels }) ?? snapshot) });
  },
  create_snapshot: (context) => {
    const box = readyBox(context);
    const { description = '', labels = {} } = (context.body ?? {}) as Body;
    const others = context.store.referringTo(KIND, box.id);
    const most = context.lookups.storageBoxType(box.type)?.snapshot_limit ?? 0;
    if (others.length >= most)
      throw new ApiError('resource_limit_exceeded', `storage box ${box.id} has ${most} snapshots already`);
    const snapshot = context.store.put(KIND, {
      id: context.nextId(),
      name: nameFor(new Set(others.map(({ name }) => name)), context.now),
      storageBox: box.id,
      description,
      labels,
      created: context.now,
    });
    const action = begin(context, { command: 'create_snapshot', resources: refsOf(KIND, snapshot) });
    return created({ snapshot: { id: snapshot.id, storage_box: box.id }, action: rendered(context, action) });
  },
  delete_snapshot: (context) => deletePart(context, KIND),
  /** Takes newer snapshots with it. */
  rollback_snapshot: (context) => {
    const box = readyBox(context);
    const { snapshot: wanted } = context.body as { snapshot: string | number };
    const all = context.store.referringTo(KIND, box.id);
    const target = all.find(({ id, name }) => name === wanted || id === Number(wanted));
    if (target === undefined) throw notFound('snapshot', wanted);
    const newer = all.filter(({ id }) => id > target.id);
    return answerAction(context, {
      command: 'rollback_snapshot',
      resources: refsOf(KIND, target),
      effects: newer.map(({ id }): Effect => ({ kind: KIND, id, remove: true })),
    });
  },
};
