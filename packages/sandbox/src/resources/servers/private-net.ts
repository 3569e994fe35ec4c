import { privateMac } from '../../addresses.ts';
import { referenced } from '../../collection.ts';
import type { Context } from '../../context.ts';
import { ApiError, invalidField } from '../../errors.ts';
import { formatAddress, overlaps, parseAddress } from '../../ipv4.ts';
import type { Network, PrivateNet, Server } from '../../types.ts';
import { balancersIn, rangeOf, refuseCrowded, serversIn } from '../networks.ts';

/** docs.hetzner.com/cloud/networks/faq */
const MOST_NETWORKS = 3;
const MOST_ALIASES = 5;

/** Where in a network something is put. */
export interface Place {
  readonly network: number;
  readonly ip?: string;
  readonly ip_range?: string;
}

export interface Attachment extends Place {
  readonly alias_ips?: readonly string[];
}

/** The interface a server gets in a network.
 * @throws ApiError server_already_attached, networks_overlap, ip_not_available, no_subnet_available, resource_limit_exceeded, invalid_input */
export function attachmentOf(
  context: Context,
  server: Pick<Server, 'id' | 'location' | 'privateNet'>,
  body: Attachment,
): PrivateNet {
  const network = referenced(context, 'network', body.network);
  context.actions.refuseLocked('network', network.id);
  if (server.privateNet.some((each) => each.network === network.id))
    throw new ApiError('server_already_attached', `server ${server.id} is already attached to network ${network.id}`);
  if (server.privateNet.length >= MOST_NETWORKS)
    throw new ApiError(
      'resource_limit_exceeded',
      `server ${server.id} is attached to ${MOST_NETWORKS} networks already`,
    );
  refuseCrowded(context, network.id);
  const own = rangeOf(network.ipRange);
  for (const { network: id } of server.privateNet) {
    const other = context.store.get('network', id);
    if (other !== undefined && overlaps(own, rangeOf(other.ipRange)))
      throw new ApiError('networks_overlap', `networks ${id} and ${network.id} of server ${server.id} overlap`);
  }
  const aliasIps = aliasesOf(context, network, server.id, body.alias_ips ?? []);
  const ip = freeAddress(context, network, server.location, body, new Set(aliasIps));
  return { network: network.id, ip, aliasIps, mac: privateMac(server.id, network.id) };
}

/** Alias addresses, checked. @throws ApiError invalid_input, ip_not_available */
export function aliasesOf(
  context: Context,
  network: Network,
  server: number,
  aliases: readonly string[],
): readonly string[] {
  if (aliases.length > MOST_ALIASES) throw invalidField('alias_ips', `at most ${MOST_ALIASES} are allowed`);
  const others = taken(context, network, server);
  for (const alias of aliases) {
    const number = parseAddress(alias);
    const range = rangeOf(network.ipRange);
    if (number === undefined || number < range.first || number > range.last)
      throw invalidField('alias_ips', `'${alias}' is no address of the network`);
    if (others.has(alias)) throw new ApiError('ip_not_available', `address ${alias} is already used`);
  }
  return aliases;
}

/** The address that is asked for or else the first that nobody holds, in a subnet of the network zone of a location.
 * @throws ApiError no_subnet_available, ip_not_available, invalid_input */
export function freeAddress(
  context: Context,
  network: Network,
  location: string,
  { ip, ip_range: wanted }: Place,
  own: ReadonlySet<string> = new Set(),
): string {
  const zone = context.lookups.location(location)?.network_zone;
  const subnets = network.subnets.filter(
    (subnet) =>
      subnet.zone === zone && subnet.type !== 'vswitch' && (wanted === undefined || subnet.ipRange === wanted),
  );
  if (subnets.length === 0)
    throw new ApiError('no_subnet_available', `network ${network.id} has no such subnet in network zone ${zone}`);
  const used = taken(context, network);
  const ranges = subnets.map(({ ipRange }) => rangeOf(ipRange));
  const reserved = rangeOf(network.ipRange).first + 1;
  if (ip !== undefined) {
    const number = parseAddress(ip);
    const range = ranges.find(({ first, last }) => number !== undefined && number > first && number < last);
    if (number === undefined || range === undefined || number === reserved)
      throw invalidField('ip', `'${ip}' is no address for hosts of a subnet of the network`);
    if (used.has(ip) || own.has(ip)) throw new ApiError('ip_not_available', `address ${ip} is already used`);
    return ip;
  }
  // Subnets are tried from the newest, as Hetzner does it.
  for (const { first, last } of ranges.reverse()) {
    for (let number = first + 1; number < last; number += 1) {
      const text = formatAddress(number);
      if (number !== reserved && !used.has(text) && !own.has(text)) return text;
    }
  }
  throw new ApiError('no_subnet_available', `network ${network.id} has no free address`);
}

/** Every address that somebody holds in a network. */
function taken(context: Context, network: Network, except?: number): ReadonlySet<string> {
  const servers = serversIn(context, network.id).filter(({ id }) => id !== except);
  const balancers = balancersIn(context, network.id).flatMap(({ privateNet }) => privateNet.map((each) => each.ip));
  return new Set([
    ...balancers,
    ...servers.flatMap(({ privateNet }) =>
      privateNet.flatMap((each) => (each.network === network.id ? [each.ip, ...each.aliasIps] : [])),
    ),
  ]);
}
