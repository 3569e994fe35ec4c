import { instant } from '../../actions.ts';
import type { Context } from '../../context.ts';
import { pointersOf, shownIp } from '../../pointers.ts';
import type { Json, PrimaryIp, Server } from '../../types.ts';
import { firewallsOf } from '../firewalls.ts';
import { renderImage } from '../images.ts';
import { balancersOf } from '../load-balancers/targets.ts';
import { renderPlacementGroup } from '../placement-groups.ts';

/** 20 TB, as every server in the EU has. */
const INCLUDED_TRAFFIC = 21_990_232_555_520;

/** A server in the API's form: what it refers to is looked up now. */
export function renderServer(context: Context, server: Server): Json {
  const { store, lookups } = context;
  const addresses = store.referringTo('primary_ip', server.id);
  const group = server.placementGroup === null ? undefined : store.get('placement_group', server.placementGroup);
  const own = server.image === null ? undefined : store.get('image', server.image);
  const image = own === undefined ? lookups.image(server.image ?? 0) : renderImage(own);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: instant(server.created),
    public_net: {
      ipv4: publicAddressOf(addresses.find(({ type }) => type === 'ipv4')),
      ipv6: publicAddressOf(addresses.find(({ type }) => type === 'ipv6')),
      floating_ips: store.referringTo('floating_ip', server.id).map(({ id }) => id),
      firewalls: firewallsOf(context, server).map(({ id }) => ({ id, status: 'applied' })),
    },
    private_net: server.privateNet.map(({ network, ip, aliasIps, mac }) => ({
      network,
      ip,
      alias_ips: aliasIps,
      mac_address: mac,
    })),
    server_type: lookups.serverType(server.serverType),
    location: lookups.location(server.location),
    image: image ?? null,
    iso: server.iso === null ? null : (lookups.iso(server.iso) ?? null),
    rescue_enabled: server.rescue,
    locked: context.actions.isLocked('server', server.id),
    backup_window: server.backupWindow,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: INCLUDED_TRAFFIC,
    protection: { delete: server.deleteProtected, rebuild: server.rebuildProtected },
    labels: server.labels,
    volumes: store.referringTo('volume', server.id).map(({ id }) => id),
    load_balancers: balancersOf(context, server).map(({ id }) => id),
    primary_disk_size: server.diskSize,
    placement_group: group === undefined ? null : renderPlacementGroup(context, group),
  };
}

function publicAddressOf(primaryIp: PrimaryIp | undefined): Json | null {
  if (primaryIp === undefined) return null;
  const pointers = pointersOf(primaryIp);
  return {
    id: primaryIp.id,
    ip: shownIp(primaryIp),
    blocked: false,
    dns_ptr: primaryIp.type === 'ipv4' ? pointers[0]?.dns_ptr : pointers,
  };
}
