import type { KeysStack } from '../keys.ts';
import type { NetworkStack } from '../network.ts';
import { EncryptedVolume } from './encrypted-volume.ts';
import { HardenedServer } from './hardened-server.ts';
import type { HostEnv } from './host-env.ts';
import { hostPayload } from './host-payload.ts';
import { type HostName, hostOfName, hostsOf, locationOf } from './hosts.ts';
import type { LukkoStack } from './lukko-stack.ts';
import type { Service } from './payload-types.ts';

/** The two stacks a data host stands on: its addresses come from the one, the keys to its volume from the other. */
export interface Foundations {
  readonly network: NetworkStack;
  readonly keys: KeysStack;
}

/**
 * Declares a host that keeps data: an encrypted volume, the server that opens it, the attachment between them, and what rebuilds
 * the one without touching the other. `data` names what lies on the volume, as a label.
 */
export function declareDataHost(
  scope: LukkoStack,
  host: HostName,
  foundations: Foundations,
  data: string,
  service: Service,
): void {
  const { config } = scope;
  const { network } = foundations;
  const entry = hostOfName(config, host);
  const place = locationOf(config, host);
  const volume = new EncryptedVolume(scope, 'data', {
    name: host,
    size: entry.volume.size,
    location: place.location,
    data,
  });
  const payload = hostPayload(config, host, service, {
    ...environmentOf(scope, host, foundations, volume.device),
    sources: service.admitsOurHosts === true ? addressesOf(scope, network) : [],
  });
  const server = new HardenedServer(scope, 'host', {
    name: host,
    serverType: entry.serverType,
    image: config.system.image,
    location: place.location,
    payload: payload.text,
    network: {
      ipv4: scope.read(network, `${host}_ipv4_id`),
      ipv6: scope.read(network, `${host}_ipv6_id`),
      subnet: scope.read(network, 'subnet_id'),
      privateAddress: entry.privateAddress,
      firewall: scope.read(network, `${host}_firewall_id`),
      // A placement group spreads servers over the machines of one location; backups stand in another.
      ...(host === 'backups' ? {} : { placementGroup: scope.read(network, 'placement_group_id') }),
      sshKey: scope.read(network, 'ssh_key_id'),
    },
  });
  const rebuild = server.rebuildAfter(volume.attachTo(server.server));
  scope.cameFrom(volume.volume, [
    { attribute: 'location', path: place.path },
    { attribute: 'size', path: `hosts.${host}.volume.size` },
  ]);
  scope.cameFrom(server.server, [
    { attribute: 'location', path: place.path },
    { attribute: 'server_type', path: `hosts.${host}.serverType` },
    { attribute: 'image', path: 'system.image' },
    { attribute: 'network[0].ip', path: `hosts.${host}.privateAddress` },
    ...payload.origins.map((origin) => ({ attribute: 'user_data', ...origin })),
  ]);
  scope.cameFrom(
    rebuild,
    payload.origins.map((origin) => ({ attribute: 'input', ...origin })),
  );
}

/** Everything a payload names that is not constant. */
function environmentOf(
  scope: LukkoStack,
  host: HostName,
  { keys }: Foundations,
  device: string,
): Omit<HostEnv, 'sources'> {
  const { config } = scope;
  return {
    device,
    luksUuid: hostOfName(config, host).volume.luksUuid,
    threshold: config.keys.threshold,
    tangs: config.keys.servers.map(({ name, thumbprint }) => ({
      url: `http://${scope.read(keys, `${name}_ipv4`)}:7500`,
      thumbprint: thumbprint ?? '',
    })),
    tangAddresses: config.keys.servers.map(({ name }) => scope.read(keys, `${name}_ipv4`)),
    ageRecipients: config.access.ageRecipients,
  };
}

/** Where requests of our own hosts come from: an IPv4 address and an IPv6 network each. */
function addressesOf(scope: LukkoStack, network: NetworkStack): readonly string[] {
  return hostsOf(scope.config).flatMap((name) => [
    scope.read(network, `${name}_ipv4`),
    scope.read(network, `${name}_ipv6_network`),
  ]);
}
