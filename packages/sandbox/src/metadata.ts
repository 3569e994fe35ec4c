import { lookups } from './lookups.ts';
import type { Store } from './store.ts';
import type { Server } from './types.ts';

const FOLDER = '/hetzner/v1/';

/**
 * What the metadata service tells a host, in the form of http://169.254.169.254 (docs.hetzner.cloud, "Server Metadata"). Of what the
 * sandbox does not keep, such as public keys, nothing is said.
 * @param path such as /hetzner/v1/userdata. @returns undefined for a path that is none
 */
export function metadataOf(store: Store, server: Server, path: string): string | undefined {
  if (!path.startsWith(FOLDER)) return undefined;
  const what = path.slice(FOLDER.length);
  if (what === 'userdata') return server.userData;
  const values = valuesOf(store, server);
  if (what === 'metadata') {
    const lines = Object.entries(values).map(([key, value]) =>
      value.includes('\n') ? `${key}:\n${value}` : `${key}: ${value === '' ? "''" : value}\n`,
    );
    return lines.join('');
  }
  const [, name] = /^metadata\/([a-z0-9-]{1,40})$/.exec(what) ?? [];
  return name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

function valuesOf(store: Store, server: Server): Readonly<Record<string, string>> {
  const address = store.referringTo('primary_ip', server.id).find(({ type }) => type === 'ipv4');
  const networks = server.privateNet.map(
    ({ network, ip, aliasIps, mac }, index) =>
      `- ip: ${ip}\n  alias_ips: [${aliasIps.join(', ')}]\n  interface_num: ${index + 1}\n  mac_address: ${mac}\n  network_id: ${network}\n  network_name: ${JSON.stringify(store.get('network', network)?.name ?? '')}\n`,
  );
  return {
    hostname: server.name,
    'instance-id': String(server.id),
    'public-ipv4': address?.ip ?? '',
    region: lookups.location(server.location)?.network_zone ?? '',
    'private-networks': networks.join(''),
  };
}
