import { instant } from '../../actions.ts';
import { actionHandlers, commonHandlers, found, refuseProtected } from '../../collection.ts';
import { type Answer, answerAction, begin, type Context, created, type Handlers, ok, rendered } from '../../context.ts';
import { ApiError, invalidField, notFound } from '../../errors.ts';
import { checkName } from '../../names.ts';
import type { Effect, Json, Labels, ResourceRef } from '../../types.ts';
import { isPublicKey } from '../ssh-keys.ts';
import { checkPassword } from './password.ts';
import { snapshots } from './snapshots.ts';
import { subaccounts } from './subaccounts.ts';
import type { SnapshotPlan, StorageBox } from './types.ts';

const NO_ACCESS: StorageBox['access'] = {
  reachable_externally: false,
  samba_enabled: false,
  ssh_enabled: false,
  webdav_enabled: false,
  zfs_enabled: false,
};

/** Bytes: nothing can be stored in it. */
const STORED = 0;

const serverOf = ({ username }: StorageBox): string | null =>
  username === null ? null : `${username}.your-storagebox.de`;

const render = (context: Context, box: StorageBox): Json => ({
  id: box.id,
  name: box.name,
  username: box.username,
  status: box.status,
  storage_box_type: context.lookups.storageBoxType(box.type),
  location: context.lookups.location(box.location),
  access_settings: box.access,
  server: serverOf(box),
  system: box.username === null ? null : `${box.location.toUpperCase()}-BX${(box.id % 900) + 100}`,
  stats: { size: STORED, size_data: STORED, size_snapshots: STORED },
  labels: box.labels,
  protection: { delete: box.deleteProtected },
  snapshot_plan: box.plan,
  created: instant(box.created),
});

const ref = ({ id }: StorageBox): ResourceRef => ({ id, type: 'storage_box' });

/** The box of a path, on which no action runs. */
function unlocked(context: Context): StorageBox {
  const box = found(context, 'storage_box');
  context.actions.refuseLocked('storage_box', box.id);
  return box;
}

function change(context: Context, command: string, box: StorageBox, fields: Partial<StorageBox>): Answer {
  context.store.update('storage_box', box.id, fields);
  return answerAction(context, { command, resources: [ref(box)] });
}

interface CreateBody {
  readonly name: string;
  readonly storage_box_type: string | number;
  readonly location: string | number;
  readonly password: string;
  readonly ssh_keys?: readonly string[];
  readonly access_settings?: Partial<StorageBox['access']>;
  readonly labels?: Labels;
}

function createBox(context: Context): Answer {
  const body = context.body as CreateBody;
  const type = context.lookups.storageBoxType(body.storage_box_type);
  if (type === undefined) throw invalidField('storage_box_type', `'${body.storage_box_type}' is no such type`);
  const location = context.lookups.location(body.location);
  if (location === undefined) throw invalidField('location', `'${body.location}' is no location`);
  if (!type.prices.some((price) => price.location === location.name))
    throw new ApiError('resource_unavailable', `storage box type ${type.name} is not available in ${location.name}`);
  checkPassword(body.password);
  for (const key of body.ssh_keys ?? []) if (!isPublicKey(key)) throw invalidField('ssh_keys', 'SSH key is invalid');
  checkName(context, 'storage_box', body.name);
  const id = context.nextId();
  const box: StorageBox = {
    id,
    name: body.name,
    labels: body.labels ?? {},
    created: context.now,
    type: type.id,
    location: location.name,
    status: 'initializing',
    username: null,
    access: { ...NO_ACCESS, ...body.access_settings },
    plan: null,
    deleteProtected: false,
  };
  context.store.put('storage_box', box);
  const action = begin(context, {
    command: 'create',
    resources: [ref(box)],
    effects: [{ kind: 'storage_box', id, set: { status: 'active', username: `u${id}` } }],
  });
  return created({
    storage_box: render(context, context.store.get('storage_box', id) ?? box),
    action: rendered(context, action),
  });
}

function deleteBox(context: Context): Answer {
  const box = unlocked(context);
  refuseProtected('storage box', box.deleteProtected);
  const parts = (['storage_box_snapshot', 'storage_box_subaccount'] as const).flatMap((kind) =>
    context.store.referringTo(kind, box.id).map(({ id }): Effect => ({ kind, id, remove: true })),
  );
  return answerAction(context, {
    command: 'delete',
    resources: [ref(box)],
    effects: [...parts, { kind: 'storage_box', id: box.id, remove: true }],
  });
}

function checkedPlan(context: Context, box: StorageBox): SnapshotPlan {
  const body = context.body as Omit<SnapshotPlan, 'day_of_week' | 'day_of_month'> & Partial<SnapshotPlan>;
  const most = context.lookups.storageBoxType(box.type)?.automatic_snapshot_limit ?? 0;
  if (body.max_snapshots > most) throw invalidField('max_snapshots', `must be at most ${most} for this type`);
  return { ...body, day_of_week: body.day_of_week ?? null, day_of_month: body.day_of_month ?? null };
}

/** The folders there are: those that are home to an account, and what they lie in. */
function foldersIn(context: Context, box: StorageBox): readonly string[] {
  const asked = partsOf(context.query.get('path') ?? '.');
  const homes = context.store.referringTo('storage_box_subaccount', box.id).map((each) => partsOf(each.homeDirectory));
  const inside = homes.filter((home) => asked.every((part, index) => home[index] === part));
  if (asked.length > 0 && inside.length === 0) throw notFound('folder', asked.join('/'));
  return [...new Set(inside.flatMap((home) => home.slice(asked.length, asked.length + 1)))].sort();
}

const partsOf = (path: string): readonly string[] => path.split('/').filter((part) => part !== '' && part !== '.');

export const storageBoxes: Handlers = {
  ...commonHandlers({
    kind: 'storage_box',
    plural: 'storage_boxes',
    render,
    sorts: { 'stats.size': () => STORED, 'stats.size_filesystem': () => STORED },
  }),
  ...actionHandlers('storage_box'),
  ...snapshots,
  ...subaccounts,
  create_storage_box: createBox,
  delete_storage_box: deleteBox,
  list_folders_of_storage_box: (context) => ok({ folders: foldersIn(context, found(context, 'storage_box')) }),
  change_protection: (context) => {
    const box = found(context, 'storage_box');
    const { delete: deleteProtected = box.deleteProtected } = context.body as { delete?: boolean };
    return change(context, 'change_protection', box, { deleteProtected });
  },
  change_type: (context) => {
    const box = unlocked(context);
    const { storage_box_type: wanted } = context.body as { storage_box_type: string | number };
    const type = context.lookups.storageBoxType(wanted);
    if (type === undefined) throw invalidField('storage_box_type', `'${wanted}' is no such type`);
    return answerAction(context, {
      command: 'change_type',
      resources: [ref(box)],
      effects: [{ kind: 'storage_box', id: box.id, set: { type: type.id } }],
    });
  },
  reset_storage_box_password: (context) => {
    const box = unlocked(context);
    checkPassword((context.body as { password: string }).password);
    return change(context, 'reset_password', box, {});
  },
  update_storage_box_access_settings: (context) => {
    const box = unlocked(context);
    const { readonly: unknown, ...settings } = context.body as Partial<StorageBox['access']> & { readonly?: boolean };
    if (unknown !== undefined) throw invalidField('readonly', 'is for accounts of a box');
    return change(context, 'update_access_settings', box, { access: { ...box.access, ...settings } });
  },
  enable_snapshot_plan: (context) => {
    const box = unlocked(context);
    return change(context, 'enable_snapshot_plan', box, { plan: checkedPlan(context, box) });
  },
  disable_snapshot_plan: (context) => change(context, 'disable_snapshot_plan', unlocked(context), { plan: null }),
};
