import { expandIpv6 } from './addresses.ts';
import { contains, parseRange } from './ipv4.ts';
import type { Lookups } from './lookups.ts';
import type { Store } from './store.ts';
import type { Network, Server } from './types.ts';

/** Where hosts ask: http://169.254.169.254/hetzner/v1/… at Hetzner, the second endpoint in the sandbox. */
const PATH = /^\/hetzner\/v1\/(userdata|metadata)(?:\/([a-z0-9-]+))?$/;

/** An answer of the metadata service: text, or undefined for what it does not have. */
export interface MetadataAnswer {
  readonly text: string | undefined;
}

/**
 * What the metadata service shows a host (docs.hetzner.cloud, "Server Metadata"; cloud-init's data source Hetzner reads it).
 * Hetzner tells hosts apart by the network a request comes from; here the request says for which address it asks.
 *
 * @param address of the server: a public one or one in a network
 * @returns undefined when the path is none of the service's
 */
export function metadata(
  store: Store,
  lookups: Lookups,
  path: string,
  address: string | undefined,
): MetadataAnswer | undefined {
  if (!PATH.test(path)) return undefined;
  const server = address === undefined ? undefined : serverAt(store, address);
  return server === undefined ? { text: undefined } : metadataOf(store, lookups, server, path);
}

/** The same for a server that is known. */
export function metadataOf(store: Store, lookups: Lookups, server: Server, path: string): MetadataAnswer | undefined {
  const [, service, key] = PATH.exec(path) ?? [];
  if (service === undefined) return undefined;
  if (service === 'userdata') return { text: key === undefined ? server.userData : undefined };
  const fields = fieldsOf(store, lookups, server);
  if (key !== undefined) return { text: Object.hasOwn(fields, key) ? fields[key] : undefined };
  const lines = Object.entries(fields).map(([name, value]) =>
    value.startsWith('- ') ? `${name}:\n${value}` : `${name}: ${value === '' ? '[]' : value}`,
  );
  return { text: `${lines.join('\n')}\n` };
}

function serverAt(store: Store, address: string): Server | undefined {
  const inNetwork = store.all('server').find(({ privateNet }) => privateNet.some(({ ip }) => ip === address));
  if (inNetwork !== undefined) return inNetwork;
  const expanded = expandIpv6(address);
  const found = store.all('primary_ip').find(({ type, ip }) => {
    if (type === 'ipv4') return ip === address;
    return expanded !== undefined && prefixOf(expandIpv6(ip)) === prefixOf(expanded);
  });
  return found?.server == null ? undefined : store.get('server', found.server);
}

/** The first 64 bits. */
const prefixOf = (expanded: string | undefined): string | undefined => expanded?.split(':').slice(0, 4).join(':');

function fieldsOf(store: Store, lookups: Lookups, server: Server): Readonly<Record<string, string>> {
  const ipv4 = store.referringTo('primary_ip', server.id).find(({ type }) => type === 'ipv4');
  return {
    'availability-zone': server.location,
    hostname: server.name,
    'instance-id': String(server.id),
    ...(ipv4 === undefined ? {} : { 'public-ipv4': ipv4.ip }),
    region: lookups.location(server.location)?.network_zone ?? '',
    'private-networks': server.privateNet
      .map((each, index) => {
        const network = store.get('network', each.network);
        return network === undefined ? '' : privateNetwork(network, each, index + 1);
      })
      .join('\n'),
  };
}

function privateNetwork(network: Network, { ip, aliasIps, mac }: Server['privateNet'][number], index: number): string {
  const subnet = network.subnets.find(({ ipRange }) => isIn(ipRange, ip));
  const fields: readonly (readonly [string, string])[] = [
    ['ip', ip],
    ['alias_ips', `[${aliasIps.join(', ')}]`],
    ['interface_num', String(index)],
    ['mac_address', mac],
    ['network_id', String(network.id)],
    ['network_name', JSON.stringify(network.name)],
    ['network', network.ipRange],
    ['subnet', subnet?.ipRange ?? ''],
  ];
  return fields.map(([name, value], at) => `${at === 0 ? '- ' : '  '}${name}: ${value}`).join('\n');
}

function isIn(range: string, ip: string): boolean {
  const [outer, inner] = [parseRange(range), parseRange(`${ip}/32`)];
  return outer !== undefined && inner !== undefined && contains(outer, inner);
}
