import { instant } from '../actions.ts';
import { actionHandlers, found, refuseProtected, removeNow } from '../collection.ts';
import { type Answer, answerAction, begin, type Context, created, type Handlers, ok, rendered } from '../context.ts';
import { ApiError, invalidField } from '../errors.ts';
import { listPage, pathId } from '../list.ts';
import { idIn } from '../lookups.ts';
import type { Image, Json, Labels, Server } from '../types.ts';

/** docs.hetzner.cloud, "Enable and Configure Backups for a Server" */
const BACKUP_SLOTS = 7;

/** A snapshot or backup in the API's form. */
export const renderImage = (image: Image): Json => ({
  id: image.id,
  type: image.type,
  status: image.status,
  name: null,
  description: image.description,
  image_size: image.status === 'available' ? 1.5 : null,
  disk_size: image.diskSize,
  created: instant(image.created),
  created_from: image.from,
  bound_to: image.boundTo,
  os_flavor: image.osFlavor,
  os_version: image.osVersion,
  architecture: image.architecture,
  rapid_deploy: false,
  protection: { delete: image.deleteProtected },
  labels: image.labels,
  deprecated: null,
  deprecation: null,
  deleted: null,
});

/** The image a server is made from. @throws ApiError invalid_input, or resource_unavailable while it is being made */
export function imageFor(
  context: Context,
  wanted: string | number,
  architecture: string,
): { readonly id: number; readonly diskSize: number } {
  const own = context.store.get('image', idIn(wanted));
  if (own !== undefined) {
    if (own.status !== 'available') throw new ApiError('resource_unavailable', `image ${own.id} is still being made`);
    if (own.architecture !== architecture) throw invalidField('image', `image ${own.id} is for ${own.architecture}`);
    return own;
  }
  const image = context.lookups.image(wanted, architecture);
  if (image === undefined) throw invalidField('image', `'${wanted}' is no image for ${architecture}`);
  return { id: image.id, diskSize: image.disk_size };
}

export const backupsOf = (context: Context, server: Server): readonly Image[] =>
  context.store.all('image').filter(({ boundTo }) => boundTo === server.id);

/** Server action create_image: a snapshot, or a backup bound to the server. */
export function imageFromServer(context: Context, server: Server): Answer {
  const body = (context.body ?? {}) as { description?: string; type?: 'snapshot' | 'backup'; labels?: Labels };
  if (body.type === 'backup' && server.backupWindow === null)
    throw invalidField('type', 'backups are not enabled for the server');
  // A backup more takes the place of the oldest.
  const backups = body.type === 'backup' ? backupsOf(context, server) : [];
  for (const { id } of backups.slice(0, Math.max(0, backups.length - BACKUP_SLOTS + 1)))
    context.store.remove('image', id);
  const base = server.image === null ? undefined : context.lookups.image(server.image);
  const own = server.image === null ? undefined : context.store.get('image', server.image);
  const id = context.nextId();
  const type = body.type ?? 'snapshot';
  const image = context.store.put('image', {
    id,
    name: null,
    description: body.description ?? `${server.name} ${instant(context.now)}`,
    type,
    status: 'creating',
    architecture: context.lookups.serverType(server.serverType)?.architecture ?? 'x86',
    osFlavor: base?.os_flavor ?? own?.osFlavor ?? 'unknown',
    osVersion: base?.os_version ?? own?.osVersion ?? null,
    diskSize: server.diskSize,
    from: { id: server.id, name: server.name },
    boundTo: type === 'backup' ? server.id : null,
    labels: body.labels ?? {},
    created: context.now,
    deleteProtected: false,
  });
  const action = begin(context, {
    command: 'create_image',
    resources: [
      { id: server.id, type: 'server' },
      { id, type: 'image' },
    ],
    effects: [{ kind: 'image', id, set: { status: 'available' } }],
  });
  return created({ image: renderImage(context.store.get('image', id) ?? image), action: rendered(context, action) });
}

type Listed = { readonly id: number; readonly json: Json };

const everyImage = (context: Context): readonly Listed[] => [
  ...context.lookups.images.map((image) => ({ id: image.id, json: image as unknown as Json })),
  ...context.store.all('image').map((image) => ({ id: image.id, json: renderImage(image) })),
];

const field = (name: string) => (image: Listed) => image.json[name] as string | undefined;

export const images: Handlers = {
  list_images: (context) => {
    // Deprecated images are shown when they are asked for.
    const all = everyImage(context);
    const wanted = context.query.get('include_deprecated') === 'true' || context.query.has('name');
    const shown = wanted ? all : all.filter(({ json }) => json.deprecated === null || json.deprecated === undefined);
    const bound = (image: Listed) => (image.json.bound_to as number | null) ?? undefined;
    return ok(
      listPage('images', shown, context.query, ({ json }) => json, {
        filters: {
          name: field('name'),
          type: field('type'),
          status: field('status'),
          architecture: field('architecture'),
          bound_to: bound,
        },
        sorts: {
          name: (image) => String(image.json.name ?? ''),
          created: (image) => String(image.json.created),
        },
        labels: ({ json }) => (json.labels ?? {}) as Labels,
      }),
    );
  },
  get_image: (context) => {
    const id = pathId(context.params.id, 'image');
    return ok({ image: context.lookups.image(id) ?? renderImage(found(context, 'image')) });
  },
  replace_image: (context) => {
    const image = found(context, 'image');
    const body = (context.body ?? {}) as { description?: string; type?: 'snapshot'; labels?: Labels };
    const changed = context.store.update('image', image.id, {
      description: body.description ?? image.description,
      labels: body.labels ?? image.labels,
      ...(body.type === 'snapshot' ? { type: body.type, boundTo: null } : {}),
    });
    return ok({ image: renderImage(changed ?? image) });
  },
  delete_image: (context) => {
    const image = found(context, 'image');
    refuseProtected('image', image.deleteProtected);
    context.actions.refuseLocked('image', image.id);
    return removeNow(context, 'image', image.id);
  },
  change_image_protection: (context) => {
    const image = found(context, 'image');
    if (image.type !== 'snapshot') throw invalidField('delete', 'only snapshots can be protected');
    const { delete: deleteProtected = image.deleteProtected } = context.body as { delete?: boolean };
    context.store.update('image', image.id, { deleteProtected });
    return answerAction(context, { command: 'change_protection', resources: [{ id: image.id, type: 'image' }] });
  },
  ...actionHandlers('image'),
};
