import { instant } from '../../actions.ts';
import { type Answer, answerAction, begin, type Context, created, type Handlers, ok, rendered } from '../../context.ts';
import { ApiError, invalidField } from '../../errors.ts';
import type { Json, Labels } from '../../types.ts';
import { deletePart, listParts, partOf, readyBox, refsOf } from './parts.ts';
import { checkPassword } from './password.ts';
import type { StorageBoxSubaccount } from './types.ts';

const KIND = 'storage_box_subaccount';

const NO_ACCESS: StorageBoxSubaccount['access'] = {
  reachable_externally: false,
  readonly: false,
  samba_enabled: false,
  ssh_enabled: false,
  webdav_enabled: false,
};

const render = (account: StorageBoxSubaccount): Json => ({
  id: account.id,
  name: account.name,
  username: account.username,
  home_directory: account.homeDirectory,
  server: `${account.username}.your-storagebox.de`,
  access_settings: account.access,
  description: account.description,
  labels: account.labels,
  created: instant(account.created),
  storage_box: account.storageBox,
});

interface Body {
  readonly name?: string;
  readonly description?: string;
  readonly labels?: Labels;
}

interface CreateBody extends Body {
  readonly home_directory: string;
  readonly password: string;
  readonly access_settings?: Partial<StorageBoxSubaccount['access']>;
}

function refuseTaken(others: readonly StorageBoxSubaccount[], name: string): void {
  if (others.some((each) => each.name === name))
    throw new ApiError('uniqueness_error', 'subaccount name is already used', { fields: [{ name: 'name' }] });
}

function create(context: Context): Answer {
  const box = readyBox(context);
  const body = context.body as CreateBody;
  checkPassword(body.password);
  const others = context.store.referringTo(KIND, box.id);
  const most = context.lookups.storageBoxType(box.type)?.subaccounts_limit ?? 0;
  if (others.length >= most)
    throw new ApiError('resource_limit_exceeded', `storage box ${box.id} has ${most} subaccounts already`);
  const taken = new Set(others.map(({ username }) => username));
  let number = 1;
  while (taken.has(`${box.username}-sub${number}`)) number += 1;
  const username = `${box.username}-sub${number}`;
  const name = body.name ?? username;
  refuseTaken(others, name);
  const account = context.store.put(KIND, {
    id: context.nextId(),
    name,
    username,
    storageBox: box.id,
    homeDirectory: homeOf(body.home_directory),
    description: body.description ?? '',
    access: { ...NO_ACCESS, ...body.access_settings },
    labels: body.labels ?? {},
    created: context.now,
  });
  const action = begin(context, { command: 'create_subaccount', resources: refsOf(KIND, account) });
  return created({ subaccount: { id: account.id, storage_box: box.id }, action: rendered(context, action) });
}

/** A folder of the box. */
function homeOf(path: string): string {
  if (path.split('/').includes('..')) throw invalidField('home_directory', 'must lie in the storage box');
  return path;
}

/** A verb that changes fields at once. */
function change(
  context: Context,
  command: string,
  fields: (account: StorageBoxSubaccount) => Partial<StorageBoxSubaccount>,
) {
  const account = partOf(context, KIND);
  context.actions.refuseLocked('storage_box', account.storageBox);
  context.actions.refuseLocked(KIND, account.id);
  context.store.update(KIND, account.id, fields(account));
  return answerAction(context, { command, resources: refsOf(KIND, account) });
}

export const subaccounts: Handlers = {
  list_subaccounts: (context) =>
    listParts(context, KIND, 'subaccounts', render, { username: ({ username }) => username }),
  get_subaccount: (context) => ok({ subaccount: render(partOf(context, KIND)) }),
  replace_subaccount: (context) => {
    const account = partOf(context, KIND);
    const {
      name = account.name,
      description = account.description,
      labels = account.labels,
    } = (context.body ?? {}) as Body;
    const others = context.store.referringTo(KIND, account.storageBox).filter(({ id }) => id !== account.id);
    refuseTaken(others, name);
    const changed = context.store.update(KIND, account.id, { name, description, labels });
    return ok({ subaccount: render(changed ?? account) });
  },
  create_subaccount: create,
  delete_subaccount: (context) => deletePart(context, KIND),
  change_home_directory: (context) =>
    change(context, 'change_home_directory', () => ({
      homeDirectory: homeOf((context.body as { home_directory: string }).home_directory),
    })),
  reset_storage_box_subaccount_password: (context) =>
    change(context, 'reset_subaccount_password', () => {
      checkPassword((context.body as { password: string }).password);
      return {};
    }),
  update_storage_box_subaccount_access_settings: (context) =>
    change(context, 'update_access_settings', ({ access }) => {
      const { zfs_enabled: unknown, ...settings } = context.body as Partial<StorageBoxSubaccount['access']> & {
        zfs_enabled?: boolean;
      };
      if (unknown !== undefined) throw invalidField('zfs_enabled', 'is for the box itself');
      return { access: { ...access, ...settings } };
    }),
};
