import { instant } from '../actions.ts';
import { publicAddress } from '../addresses.ts';
import { actionHandlers, commonHandlers, found, referenced, refuseProtected, removeNow } from '../collection.ts';
import { answerAction, begin, type Context, created, type Handlers, rendered } from '../context.ts';
import { ApiError, invalidField } from '../errors.ts';
import { checkName } from '../names.ts';
import { pointersOf, shownIp, withPointer } from '../pointers.ts';
import type { FloatingIp, Json, Labels, Server } from '../types.ts';

const render = (context: Context, floatingIp: FloatingIp): Json => ({
  id: floatingIp.id,
  name: floatingIp.name,
  description: floatingIp.description,
  type: floatingIp.type,
  ip: shownIp(floatingIp),
  server: floatingIp.server,
  home_location: context.lookups.location(floatingIp.location),
  blocked: false,
  created: instant(floatingIp.created),
  dns_ptr: pointersOf(floatingIp),
  labels: floatingIp.labels,
  protection: { delete: floatingIp.deleteProtected },
});

interface CreateBody {
  readonly type: FloatingIp['type'];
  readonly name?: string;
  readonly description?: string | null;
  readonly home_location?: string | number;
  readonly server?: number | null;
  readonly labels?: Labels;
}

const refs = (id: number, server?: number) => [
  { id, type: 'floating_ip' },
  ...(server === undefined ? [] : [{ id: server, type: 'server' }]),
];

function unlocked(context: Context): FloatingIp {
  const floatingIp = found(context, 'floating_ip');
  context.actions.refuseLocked('floating_ip', floatingIp.id);
  return floatingIp;
}

/** Addresses wander within a network zone only. @throws ApiError invalid_input, locked while the server is being deleted */
function refuseUnreachable(context: Context, location: string, server: Server): void {
  if (server.status === 'deleting') throw new ApiError('locked', `server ${server.id} is being deleted`);
  const zone = (name: string) => context.lookups.location(name)?.network_zone;
  if (zone(location) !== zone(server.location))
    throw invalidField(
      'server',
      `the address is of network zone ${zone(location)}, the server of ${zone(server.location)}`,
    );
}

export const floatingIps: Handlers = {
  ...commonHandlers({
    kind: 'floating_ip',
    plural: 'floating_ips',
    render,
    extraUpdate: (_, record, body) => ({
      description: body.description === undefined ? record.description : (body.description as string | null),
    }),
  }),
  ...actionHandlers('floating_ip'),
  create_floating_ip: (context) => {
    const body = context.body as CreateBody;
    const server = typeof body.server === 'number' ? referenced(context, 'server', body.server) : undefined;
    const location = context.lookups.location(body.home_location ?? server?.location ?? '');
    if (location === undefined)
      throw invalidField(
        'home_location',
        body.home_location === undefined
          ? 'give a server or a home_location'
          : `'${body.home_location}' is no location`,
      );
    if (server !== undefined) refuseUnreachable(context, location.name, server);
    const id = context.nextId();
    const name = body.name ?? `floating-ip-${id}`;
    checkName(context, 'floating_ip', name);
    const floatingIp = context.store.put('floating_ip', {
      id,
      name,
      type: body.type,
      ip: publicAddress(body.type, id),
      description: body.description ?? null,
      location: location.name,
      server: server?.id ?? null,
      labels: body.labels ?? {},
      created: context.now,
      deleteProtected: false,
      pointers: {},
    });
    if (server === undefined) return created({ floating_ip: render(context, floatingIp) });
    const action = begin(context, { command: 'assign_floating_ip', resources: refs(id, server.id) });
    return created({ floating_ip: render(context, floatingIp), action: rendered(context, action) });
  },
  delete_floating_ip: (context) => {
    const floatingIp = unlocked(context);
    refuseProtected('floating ip', floatingIp.deleteProtected);
    // Since 2026-05-01; until then it was unassigned.
    if (floatingIp.server !== null)
      throw new ApiError('must_be_unassigned', `floating IP ${floatingIp.id} is still assigned`);
    return removeNow(context, 'floating_ip', floatingIp.id);
  },
  /** An address may be taken over from another server: failover works that way. */
  assign_floating_ip_to_server: (context) => {
    const floatingIp = unlocked(context);
    const { server: id } = context.body as { server: number | null };
    if (id === null) throw invalidField('server', 'is required');
    const server = referenced(context, 'server', id);
    if (floatingIp.server === server.id)
      throw new ApiError('floating_ip_assigned', `floating IP ${floatingIp.id} is already assigned to server ${id}`);
    refuseUnreachable(context, floatingIp.location, server);
    context.store.update('floating_ip', floatingIp.id, { server: server.id });
    return answerAction(context, { command: 'assign_floating_ip', resources: refs(floatingIp.id, server.id) });
  },
  unassign_floating_ip: (context) => {
    const floatingIp = unlocked(context);
    if (floatingIp.server === null) throw new ApiError('conflict', `floating IP ${floatingIp.id} is not assigned`);
    context.store.update('floating_ip', floatingIp.id, { server: null });
    return answerAction(context, {
      command: 'unassign_floating_ip',
      resources: refs(floatingIp.id, floatingIp.server),
    });
  },
  change_reverse_dns_records_for_floating_ip: (context) => {
    const floatingIp = found(context, 'floating_ip');
    const { ip, dns_ptr: name } = context.body as { ip: string; dns_ptr: string | null };
    context.store.update('floating_ip', floatingIp.id, { pointers: withPointer(floatingIp, ip, name) });
    return answerAction(context, { command: 'change_dns_ptr', resources: refs(floatingIp.id) });
  },
  change_floating_ip_protection: (context) => {
    const floatingIp = found(context, 'floating_ip');
    const { delete: deleteProtected } = context.body as { delete: boolean };
    context.store.update('floating_ip', floatingIp.id, { deleteProtected });
    return answerAction(context, { command: 'change_protection', resources: refs(floatingIp.id) });
  },
};
