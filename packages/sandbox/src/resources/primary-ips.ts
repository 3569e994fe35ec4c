import { instant } from '../actions.ts';
import { publicAddress } from '../addresses.ts';
import { actionHandlers, commonHandlers, found, referenced, refuseProtected, removeNow } from '../collection.ts';
import { answerAction, begin, type Context, created, type Handlers, rendered } from '../context.ts';
import { ApiError, invalidField } from '../errors.ts';
import { checkName } from '../names.ts';
import { pointersOf, shownIp, withPointer } from '../pointers.ts';
import type { Json, Labels, PrimaryIp, Server } from '../types.ts';
import { isPublicTarget } from './load-balancers/targets.ts';

const render = (context: Context, primaryIp: PrimaryIp): Json => ({
  id: primaryIp.id,
  name: primaryIp.name,
  type: primaryIp.type,
  ip: shownIp(primaryIp),
  location: context.lookups.location(primaryIp.location),
  assignee_id: primaryIp.server ?? primaryIp.loadBalancer ?? null,
  assignee_type: assigneeTypeOf(primaryIp),
  auto_delete: primaryIp.autoDelete,
  blocked: false,
  created: instant(primaryIp.created),
  dns_ptr: pointersOf(primaryIp),
  labels: primaryIp.labels,
  protection: { delete: primaryIp.deleteProtected },
});

/** Since 2026-08-01 nobody is unassigned, until then it was a server; load balancers came on 2026-10-05. */
function assigneeTypeOf({ server, loadBalancer }: PrimaryIp): string {
  if (server !== null) return 'server';
  return loadBalancer == null ? 'unassigned' : 'load_balancer';
}

export const isAssigned = ({ server, loadBalancer }: PrimaryIp): boolean => server !== null || loadBalancer != null;

/** Makes a primary IP with an address of its own. */
export function makePrimaryIp(
  context: Context,
  fields: Pick<PrimaryIp, 'type' | 'location' | 'server' | 'autoDelete'> & { name?: string; labels?: Labels },
): PrimaryIp {
  const id = context.nextId();
  return context.store.put('primary_ip', {
    id,
    name: fields.name ?? `primary_ip-${id}`,
    type: fields.type,
    ip: publicAddress(fields.type, id),
    location: fields.location,
    server: fields.server,
    autoDelete: fields.autoDelete,
    labels: fields.labels ?? {},
    created: context.now,
    deleteProtected: false,
    pointers: {},
  });
}

/** @throws ApiError when a primary IP cannot be a server's: held by another, elsewhere, or the server has one of its kind. */
export function refuseUnassignable(
  context: Context,
  primaryIp: PrimaryIp,
  server: Pick<Server, 'id' | 'location'>,
): void {
  if (isAssigned(primaryIp))
    throw new ApiError('primary_ip_already_assigned', `primary IP ${primaryIp.id} is already assigned`);
  if (primaryIp.location !== server.location)
    throw invalidField(
      'assignee_id',
      `primary IP ${primaryIp.id} lies in ${primaryIp.location}, the server in ${server.location}`,
    );
  if (context.store.referringTo('primary_ip', server.id).some(({ type }) => type === primaryIp.type))
    throw new ApiError(
      primaryIp.type === 'ipv4' ? 'server_has_ipv4' : 'server_has_ipv6',
      `server ${server.id} already has an address of type ${primaryIp.type}`,
    );
}

function stopped(context: Context, id: number): Server {
  const server = referenced(context, 'server', id);
  context.actions.refuseLocked('server', id);
  if (server.status !== 'off') throw new ApiError('server_not_stopped', `server ${id} must be powered off`);
  return server;
}

/** Sets or, with null, resets a PTR name. */
export function changePointer(context: Context, primaryIp: PrimaryIp, ip: string, name: string | null): void {
  context.store.update('primary_ip', primaryIp.id, { pointers: withPointer(primaryIp, ip, name) });
}

interface CreateBody {
  readonly name: string;
  readonly type: PrimaryIp['type'];
  readonly location?: string;
  readonly assignee_id?: number | null;
  readonly auto_delete?: boolean;
  readonly labels?: Labels;
}

const ref = (id: number) => ({ id, type: 'primary_ip' });

export const primaryIps: Handlers = {
  ...commonHandlers({
    kind: 'primary_ip',
    plural: 'primary_ips',
    render,
    // Asked for without the length of its prefix.
    filters: { ip: ({ ip }) => ip },
    extraUpdate: (_, record, body) => ({ autoDelete: (body.auto_delete as boolean | undefined) ?? record.autoDelete }),
  }),
  ...actionHandlers('primary_ip'),
  create_primary_ip: (context) => {
    const body = context.body as CreateBody;
    const server = typeof body.assignee_id === 'number' ? stopped(context, body.assignee_id) : undefined;
    if (server !== undefined && body.location !== undefined)
      throw invalidField('location', 'give either a location or an assignee');
    const location = server?.location ?? context.lookups.location(body.location ?? '')?.name;
    if (location === undefined) throw invalidField('location', `'${body.location ?? ''}' is no location`);
    checkName(context, 'primary_ip', body.name);
    const { name, type, labels = {}, auto_delete: autoDelete = false } = body;
    const made = makePrimaryIp(context, { name, type, location, labels, autoDelete, server: null });
    if (server === undefined) return created({ primary_ip: render(context, made) });
    refuseUnassignable(context, made, server);
    const assigned = context.store.update('primary_ip', made.id, { server: server.id }) ?? made;
    const action = begin(context, {
      command: 'assign_primary_ip',
      resources: [ref(made.id), { id: server.id, type: 'server' }],
    });
    return created({ primary_ip: render(context, assigned), action: rendered(context, action) });
  },
  delete_primary_ip: (context) => {
    const primaryIp = found(context, 'primary_ip');
    refuseProtected('primary ip', primaryIp.deleteProtected);
    // Since 2026-05-01; until then it was unassigned.
    if (isAssigned(primaryIp)) throw new ApiError('must_be_unassigned', `primary IP ${primaryIp.id} is still assigned`);
    return removeNow(context, 'primary_ip', primaryIp.id);
  },
  assign_primary_ip_to_resource: (context) => {
    const primaryIp = found(context, 'primary_ip');
    const server = stopped(context, (context.body as { assignee_id: number }).assignee_id);
    refuseUnassignable(context, primaryIp, server);
    context.store.update('primary_ip', primaryIp.id, { server: server.id });
    return answerAction(context, {
      command: 'assign_primary_ip',
      resources: [ref(primaryIp.id), { id: server.id, type: 'server' }],
    });
  },
  unassign_primary_ip_from_resource: (context) => {
    const primaryIp = found(context, 'primary_ip');
    // "It stays assigned for the entire lifetime of the Load Balancer" (hcloud-go v2.52.0).
    if (primaryIp.loadBalancer != null)
      throw invalidField('id', `primary IP ${primaryIp.id} stays with load balancer ${primaryIp.loadBalancer}`);
    if (primaryIp.server === null) throw new ApiError('conflict', `primary IP ${primaryIp.id} is not assigned`);
    const server = stopped(context, primaryIp.server);
    if (primaryIp.type === 'ipv4' && isPublicTarget(context, server))
      throw new ApiError('server_is_load_balancer_target', `server ${server.id} is the target of a load balancer`);
    context.store.update('primary_ip', primaryIp.id, { server: null });
    return answerAction(context, {
      command: 'unassign_primary_ip',
      resources: [ref(primaryIp.id), { id: server.id, type: 'server' }],
    });
  },
  change_reverse_dns_records_for_primary_ip: (context) => {
    const primaryIp = found(context, 'primary_ip');
    const { ip, dns_ptr: name } = context.body as { ip: string; dns_ptr: string | null };
    changePointer(context, primaryIp, ip, name);
    return answerAction(context, { command: 'change_dns_ptr', resources: [ref(primaryIp.id)] });
  },
  change_primary_ip_protection: (context) => {
    const primaryIp = found(context, 'primary_ip');
    const { delete: deleteProtected = primaryIp.deleteProtected } = context.body as { delete?: boolean };
    if (deleteProtected && primaryIp.autoDelete)
      throw invalidField('delete', 'an address that is deleted with its server cannot be protected');
    context.store.update('primary_ip', primaryIp.id, { deleteProtected });
    return answerAction(context, { command: 'change_protection', resources: [ref(primaryIp.id)] });
  },
};
