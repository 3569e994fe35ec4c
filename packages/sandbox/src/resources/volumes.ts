import { instant } from '../actions.ts';
import { actionHandlers, commonHandlers, found, referenced, refuseProtected, removeNow } from '../collection.ts';
import { answerAction, begin, type Context, created, type Handlers, rendered } from '../context.ts';
import { ApiError, invalidField } from '../errors.ts';
import { checkName } from '../names.ts';
import type { ActionRecord, Json, Labels, Server, Volume } from '../types.ts';

/** docs.hetzner.com/cloud/volumes/overview */
const MOST_PER_SERVER = 16;
const SMALLEST = 10;
const LARGEST = 10_240;

const render = (context: Context, volume: Volume): Json => ({
  id: volume.id,
  name: volume.name,
  size: volume.size,
  server: volume.server,
  location: context.lookups.location(volume.location),
  linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${volume.id}`,
  format: volume.format,
  status: volume.status,
  protection: { delete: volume.deleteProtected },
  labels: volume.labels,
  created: instant(volume.created),
});

const refs = (volume: number, server?: number) => [
  { id: volume, type: 'volume' },
  ...(server === undefined ? [] : [{ id: server, type: 'server' }]),
];

/**
 * @param others that the server gets in the same request
 * @throws ApiError when a volume cannot be attached: in another location, attached, or the server has as many as it may
 */
export function refuseUnattachable(
  context: Context,
  volume: Volume,
  server: Pick<Server, 'id' | 'location'>,
  others = 0,
): void {
  if (volume.server !== null)
    throw new ApiError('volume_already_attached', `volume ${volume.id} is already attached to server ${volume.server}`);
  if (volume.location !== server.location)
    throw invalidField('server', `volume ${volume.id} lies in ${volume.location}, the server in ${server.location}`);
  if (context.store.referringTo('volume', server.id).length + others >= MOST_PER_SERVER)
    throw new ApiError('resource_limit_exceeded', `server ${server.id} has ${MOST_PER_SERVER} volumes already`);
}

/** Attaches a volume that may be attached; the lock keeps others away until the action ends. */
export function attachVolume(context: Context, volume: number, server: number, after?: ActionRecord): ActionRecord {
  context.store.update('volume', volume, { server });
  return begin(context, { command: 'attach_volume', resources: refs(volume, server), ...(after && { after }) });
}

function checkedSize(size: number): number {
  if (!Number.isInteger(size) || size < SMALLEST || size > LARGEST)
    throw invalidField('size', `must be a whole number from ${SMALLEST} to ${LARGEST}`);
  return size;
}

interface CreateBody {
  readonly name: string;
  readonly size: number;
  readonly location?: string;
  readonly server?: number;
  readonly format?: string;
  readonly automount?: boolean;
  readonly labels?: Labels;
}

function unlocked(context: Context): Volume {
  const volume = found(context, 'volume');
  context.actions.refuseLocked('volume', volume.id);
  return volume;
}

export const volumes: Handlers = {
  ...commonHandlers({
    kind: 'volume',
    plural: 'volumes',
    render,
    filters: { status: ({ status }) => status },
  }),
  ...actionHandlers('volume'),
  create_volume: (context) => {
    const body = context.body as CreateBody;
    const server = body.server === undefined ? undefined : referenced(context, 'server', body.server);
    if ((server === undefined) === (body.location === undefined))
      throw invalidField('location', 'give either a location or a server');
    if (body.automount === true && server === undefined) throw invalidField('automount', 'needs a server');
    const location = server?.location ?? context.lookups.location(body.location ?? '')?.name;
    if (location === undefined) throw invalidField('location', `'${body.location ?? ''}' is no location`);
    checkName(context, 'volume', body.name);
    if (server !== undefined) context.actions.refuseLocked('server', server.id);
    const id = context.nextId();
    const volume: Volume = {
      id,
      name: body.name,
      size: checkedSize(body.size),
      location,
      server: null,
      format: body.format ?? null,
      status: 'creating',
      labels: body.labels ?? {},
      created: context.now,
      deleteProtected: false,
    };
    if (server !== undefined) refuseUnattachable(context, volume, server);
    context.store.put('volume', volume);
    const action = begin(context, {
      command: 'create_volume',
      resources: refs(id),
      effects: [{ kind: 'volume', id, set: { status: 'available' } }],
    });
    const next = server === undefined ? [] : [attachVolume(context, id, server.id, action)];
    return created({
      volume: render(context, referenced(context, 'volume', id)),
      action: rendered(context, action),
      next_actions: next.map((each) => rendered(context, each)),
    });
  },
  delete_volume: (context) => {
    const volume = unlocked(context);
    refuseProtected('volume', volume.deleteProtected);
    if (volume.server !== null)
      // Code and words as hetznercloud/csi-driver#12 quotes them.
      throw new ApiError('service_error', `volume with ID '${volume.id}' is still attached to a server`);
    return removeNow(context, 'volume', volume.id);
  },
  attach_volume_to_server: (context) => {
    const volume = unlocked(context);
    const server = referenced(context, 'server', (context.body as { server: number }).server);
    refuseUnattachable(context, volume, server);
    context.actions.refuseLocked('server', server.id);
    return created({ action: rendered(context, attachVolume(context, volume.id, server.id)) });
  },
  detach_volume: (context) => {
    const volume = unlocked(context);
    if (volume.server === null) throw new ApiError('conflict', `volume ${volume.id} is not attached`);
    context.actions.refuseLocked('server', volume.server);
    return answerAction(context, {
      command: 'detach_volume',
      resources: refs(volume.id, volume.server),
      effects: [{ kind: 'volume', id: volume.id, set: { server: null } }],
    });
  },
  resize_volume: (context) => {
    const volume = unlocked(context);
    const size = checkedSize((context.body as { size: number }).size);
    if (size <= volume.size) throw invalidField('size', `must be larger than ${volume.size}: a volume can only grow`);
    context.store.update('volume', volume.id, { size });
    return answerAction(context, { command: 'resize_volume', resources: refs(volume.id) });
  },
  change_volume_protection: (context) => {
    const volume = unlocked(context);
    const { delete: deleteProtected = volume.deleteProtected } = context.body as { delete?: boolean };
    context.store.update('volume', volume.id, { deleteProtected });
    return answerAction(context, { command: 'change_protection', resources: refs(volume.id) });
  },
};
