import type { Value } from './value.ts';
import { known, list, map } from './values.ts';

/** What the provider or the API does when an attribute is not written. */
export interface Default {
  readonly type: string;
  readonly attribute: string;
  /** undefined: somebody else decides, so nothing can be assumed (`location`: anywhere). */
  readonly value: Value | undefined;
  /** In a few words, for reasons. */
  readonly means: string;
  readonly source: string;
}

const pages = 'https://registry.terraform.io/providers/hetznercloud/hcloud/latest/docs/resources';
const off = known(false);
const none = list([]);

const table: readonly Default[] = [
  entry(
    'hcloud_server',
    'public_net',
    map(
      new Map([
        ['ipv4_enabled', known(true)],
        ['ipv6_enabled', known(true)],
      ]),
    ),
    'a public IPv4 and IPv6 address',
  ),
  entry('hcloud_server', 'public_net.ipv4_enabled', known(true), 'a public IPv4 address'),
  entry('hcloud_server', 'public_net.ipv6_enabled', known(true), 'a public IPv6 address'),
  entry('hcloud_server', 'firewall_ids', none, 'no firewall'),
  entry('hcloud_server', 'ssh_keys', none, 'no SSH key: Hetzner mails a root password'),
  entry('hcloud_server', 'network', none, 'no private network'),
  entry('hcloud_server', 'user_data', known(''), 'no payload'),
  entry('hcloud_server', 'location', undefined, 'any location Hetzner picks'),
  entry('hcloud_server', 'backups', off, 'no backups by Hetzner'),
  entry('hcloud_server', 'delete_protection', off, 'not protected'),
  entry('hcloud_server', 'rebuild_protection', off, 'not protected'),
  entry('hcloud_volume', 'location', undefined, 'the location of the server it is made for'),
  entry('hcloud_volume', 'automount', off, 'not mounted by Hetzner'),
  entry('hcloud_volume', 'format', known(''), 'not formatted by Hetzner'),
  entry('hcloud_volume', 'delete_protection', off, 'not protected'),
  entry('hcloud_volume_attachment', 'automount', off, 'not mounted by Hetzner'),
  entry('hcloud_network', 'delete_protection', off, 'not protected'),
  entry('hcloud_network', 'expose_routes_to_vswitch', off, 'routes not exposed'),
  entry('hcloud_load_balancer', 'location', undefined, 'any location of its network zone'),
  entry('hcloud_load_balancer', 'delete_protection', off, 'not protected'),
  entry('hcloud_load_balancer', 'algorithm.type', known('round_robin'), 'round robin'),
  entry('hcloud_load_balancer_network', 'enable_public_interface', known(true), 'reachable from the internet'),
  entry('hcloud_load_balancer_target', 'use_private_ip', off, 'the public address of the target'),
  entry('hcloud_load_balancer_service', 'proxyprotocol', off, 'no proxy protocol'),
  entry('hcloud_load_balancer_service', 'http.redirect_http', off, 'plain HTTP not redirected'),
  entry('hcloud_primary_ip', 'location', undefined, 'the location of the server it belongs to'),
  entry('hcloud_primary_ip', 'delete_protection', off, 'not protected'),
  entry('hcloud_floating_ip', 'home_location', undefined, 'the location of the server it points to'),
  entry('hcloud_floating_ip', 'delete_protection', off, 'not protected'),
  entry('hcloud_firewall', 'rule', none, 'no inbound traffic, all outbound traffic'),
  entry('hcloud_firewall', 'apply_to', none, 'applied by references alone'),
  entry('hcloud_firewall_attachment', 'server_ids', none, 'no server'),
  entry('hcloud_firewall_attachment', 'label_selectors', none, 'no label selector'),
  entry('hcloud_storage_box', 'delete_protection', off, 'not protected'),
  entry('hcloud_storage_box', 'access_settings.reachable_externally', off, 'reachable inside Hetzner only'),
  entry('hcloud_storage_box', 'access_settings.samba_enabled', off, 'no Samba'),
  entry('hcloud_storage_box', 'access_settings.ssh_enabled', off, 'no SSH'),
  entry('hcloud_storage_box', 'access_settings.webdav_enabled', off, 'no WebDAV'),
  entry('hcloud_zone', 'delete_protection', off, 'not protected'),
  entry('hcloud_zone_rrset', 'change_protection', off, 'not protected'),
];

function entry(type: string, attribute: string, value: Value | undefined, means: string): Default {
  return { type, attribute, value, means, source: `${pages}/${type.slice('hcloud_'.length)}` };
}

const byKey = new Map(table.map((row) => [`${row.type}.${row.attribute}`, row]));

/**
 * The default of an attribute that is `unset`; nested ones by dots without positions (`public_net.ipv4_enabled`).
 * undefined: not in the table, so nothing may be assumed.
 */
export function defaultOf(type: string, attribute: string): Default | undefined {
  return byKey.get(`${type}.${attribute}`);
}

export const defaults: readonly Default[] = table;
