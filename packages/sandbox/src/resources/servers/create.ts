import { randomBytes } from 'node:crypto';
import type { ServerType } from '../../catalogue/index.ts';
import { referenced } from '../../collection.ts';
import { type Answer, begin, type Context, created, rendered } from '../../context.ts';
import { ApiError, invalidField } from '../../errors.ts';
import { idIn } from '../../lookups.ts';
import { checkName } from '../../names.ts';
import type { ActionRecord, Labels, PrimaryIp, Server } from '../../types.ts';
import { applyFirewall } from '../firewalls.ts';
import { imageFor } from '../images.ts';
import { refuseFull } from '../placement-groups.ts';
import { isAssigned, makePrimaryIp } from '../primary-ips.ts';
import { attachVolume, refuseUnattachable } from '../volumes.ts';
import { attachmentOf } from './private-net.ts';
import { renderServer } from './render.ts';

interface CreateBody {
  readonly name: string;
  readonly server_type: string | number;
  readonly image: string | number;
  readonly location?: string;
  readonly start_after_create?: boolean;
  readonly placement_group?: number;
  readonly ssh_keys?: readonly (string | number)[];
  readonly volumes?: readonly number[];
  readonly networks?: readonly number[];
  readonly firewalls?: readonly { readonly firewall: number }[];
  readonly user_data?: string;
  readonly labels?: Labels;
  readonly public_net?: {
    readonly enable_ipv4?: boolean;
    readonly enable_ipv6?: boolean;
    readonly ipv4?: number | null;
    readonly ipv6?: number | null;
  };
}

/** Where a server goes that does not say. */
const DEFAULT_LOCATION = 'fsn1';
const LONGEST_USER_DATA = 32 * 1024;

/** POST /servers: the server with its addresses, networks, volumes and firewalls, and the actions that make and start it. */
export function createServer(context: Context): Answer {
  const body = context.body as CreateBody;
  const server = newServer(context, body);
  context.store.put('server', server);
  assignAddresses(context, server, body);
  for (const network of body.networks ?? []) {
    const { privateNet } = referenced(context, 'server', server.id);
    const added = attachmentOf(context, { ...server, privateNet }, { network });
    context.store.update('server', server.id, { privateNet: [...privateNet, added] });
  }
  for (const { firewall } of body.firewalls ?? []) {
    if (context.store.referringTo('primary_ip', server.id).length === 0)
      throw new ApiError('private_net_only_server', 'a server without public interface takes no firewall');
    applyFirewall(context, referenced(context, 'firewall', firewall), { server: server.id });
  }
  const volumes = (body.volumes ?? []).map((id, index, all) => {
    const volume = referenced(context, 'volume', id);
    context.actions.refuseLocked('volume', id);
    if (all.indexOf(id) !== index) throw invalidField('volumes', `volume ${id} is named more than once`);
    refuseUnattachable(context, volume, server, index);
    return volume;
  });
  const start = body.start_after_create ?? true;
  const ref = { id: server.id, type: 'server' };
  const action = begin(context, {
    command: 'create_server',
    resources: [ref, ...(body.image === undefined ? [] : [{ id: server.image ?? 0, type: 'image' }])],
    effects: [{ kind: 'server', id: server.id, set: { status: start ? 'starting' : 'off' } }],
  });
  const next: ActionRecord[] = volumes.map(({ id }) => attachVolume(context, id, server.id, action));
  if (start)
    next.push(
      begin(context, {
        command: 'start_server',
        resources: [ref],
        effects: [{ kind: 'server', id: server.id, set: { status: 'running' } }],
        after: action,
      }),
    );
  return created({
    server: renderServer(context, referenced(context, 'server', server.id)),
    action: rendered(context, action),
    next_actions: next.map((each) => rendered(context, each)),
    root_password: (body.ssh_keys ?? []).length > 0 ? null : password(),
  });
}

function newServer(context: Context, body: CreateBody): Server {
  const { lookups, store } = context;
  checkName(context, 'server', body.name);
  const type = lookups.serverType(body.server_type);
  if (type === undefined) throw invalidField('server_type', `'${body.server_type}' is no server type`);
  const location = lookups.location(body.location ?? DEFAULT_LOCATION);
  if (location === undefined) throw invalidField('location', `'${body.location}' is no location`);
  refuseUnavailable(context, type, location.name);
  const image = imageFor(context, body.image, type.architecture);
  if (image.diskSize > type.disk) throw invalidField('image', `needs a disk of ${image.diskSize} GB`);
  for (const key of body.ssh_keys ?? [])
    if ((typeof key === 'number' ? store.get('ssh_key', key) : keyOf(context, key)) === undefined)
      throw invalidField('ssh_keys', `SSH key '${key}' not found`);
  checkUserData(body.user_data);
  const group =
    body.placement_group === undefined ? undefined : referenced(context, 'placement_group', body.placement_group);
  if (group !== undefined) refuseFull(context, group);
  return {
    id: context.nextId(),
    name: body.name,
    labels: body.labels ?? {},
    created: context.now,
    status: 'initializing',
    serverType: type.id,
    image: image.id,
    location: location.name,
    placementGroup: group?.id ?? null,
    privateNet: [],
    iso: null,
    rescue: false,
    backupWindow: null,
    deleteProtected: false,
    rebuildProtected: false,
    diskSize: type.disk,
    userData: body.user_data ?? '',
    keyed: (body.ssh_keys ?? []).length > 0,
  };
}

/** Bytes count, not characters as the description has them. @throws ApiError invalid_input */
export function checkUserData(userData = ''): void {
  if (Buffer.byteLength(userData) > LONGEST_USER_DATA)
    throw invalidField('user_data', `must not be longer than ${LONGEST_USER_DATA} bytes`);
}

/** The words are those of the API: autobase-tech/autobase#1403 and others quote them. @throws ApiError */
export function refuseUnavailable({ lookups, now }: Context, type: ServerType, location: string): void {
  const supply = lookups.supply(type, location, now);
  if (supply === 'unsupported') throw new ApiError('invalid_input', 'unsupported location for server type', {});
  if (supply === 'sold out')
    throw new ApiError('resource_unavailable', `server type ${type.name} is sold out in ${location}`);
}

/** A key by its name, or by its id written as text. */
const keyOf = (context: Context, key: string) =>
  context.store.named('ssh_key', key) ?? context.store.get('ssh_key', idIn(key));

/** Without `public_net` a server gets an address of each family, deleted with it. */
function assignAddresses(
  context: Context,
  server: Server,
  { public_net: wanted = {}, networks = [], start_after_create: starts }: CreateBody,
): void {
  const start = starts ?? true;
  const families: readonly (readonly [PrimaryIp['type'], boolean, number | null | undefined])[] = [
    ['ipv4', wanted.enable_ipv4 ?? true, wanted.ipv4],
    ['ipv6', wanted.enable_ipv6 ?? true, wanted.ipv6],
  ];
  if (start && families.every(([, enabled]) => !enabled) && networks.length === 0)
    throw invalidField('public_net', 'a server needs a public or private network to be started');
  for (const [type, enabled, id] of families) {
    if (typeof id === 'number') {
      const primaryIp = referenced(context, 'primary_ip', id);
      if (!enabled) throw invalidField('public_net', `${type} is disabled and given`);
      if (primaryIp.type !== type)
        throw new ApiError('primary_ip_version_mismatch', `primary IP ${id} is no ${type} address`);
      if (isAssigned(primaryIp)) throw new ApiError('primary_ip_assigned', `primary IP ${id} is already assigned`);
      if (primaryIp.location !== server.location)
        throw new ApiError(
          'primary_ip_datacenter_mismatch',
          `primary IP ${id} lies in ${primaryIp.location}, the server in ${server.location}`,
        );
      context.store.update('primary_ip', id, { server: server.id });
    } else if (enabled) {
      makePrimaryIp(context, { type, location: server.location, server: server.id, autoDelete: true });
    }
  }
}

/** What the API invents when no SSH key is given. */
export const password = (): string => randomBytes(15).toString('base64url');
