/** One resource the API listed, and what it is called in Terraform. */
export interface Seen {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly entry: Entry;
}

type Entry = Readonly<Record<string, unknown>>;
type Values = Record<string, unknown>;

const kind = (path: string, type: string) => ({
  path,
  type,
  see: (entry: unknown, name: string): Seen => {
    const seen = group(entry);
    return { type, name, id: String(seen.id), entry: seen };
  },
});

/** Lists of the API (https://docs.hetzner.cloud/reference/cloud) and the Terraform type each entry is. */
export const types = [
  kind('servers', 'hcloud_server'),
  kind('volumes', 'hcloud_volume'),
  kind('firewalls', 'hcloud_firewall'),
  kind('networks', 'hcloud_network'),
  kind('primary_ips', 'hcloud_primary_ip'),
  kind('floating_ips', 'hcloud_floating_ip'),
  kind('placement_groups', 'hcloud_placement_group'),
  kind('load_balancers', 'hcloud_load_balancer'),
  kind('ssh_keys', 'hcloud_ssh_key'),
  kind('zones', 'hcloud_zone'),
] as const;

type Lists = ReadonlyMap<string, readonly unknown[]>;

/**
 * A resource with the attributes of the provider's schema, ids as texts as a state has them. `unknown` marks what the API does
 * not tell.
 */
export function resourceOf(
  { type, entry, id }: Seen,
  lists: Lists,
): { readonly values: Values; readonly unknown: Values } {
  const values: Values = {
    id,
    name: entry.name,
    labels: group(entry.labels),
    ...(group(entry.protection).delete === undefined ? {} : { delete_protection: group(entry.protection).delete }),
    ...(place(entry) === undefined ? {} : { location: place(entry) }),
    ...specific(type, entry, lists),
  };
  const unknown: Values = type === 'hcloud_server' ? { user_data: true, ssh_keys: true } : {};
  return { values, unknown };
}

function specific(type: string, entry: Entry, lists: Lists): Values {
  switch (type) {
    case 'hcloud_server':
      return server(entry, lists);
    case 'hcloud_volume':
      // Set when the volume was formatted at its creation; encryption is nothing the API knows.
      return { size: entry.size, server_id: entry.server ?? null, format: entry.format ?? null, automount: null };
    case 'hcloud_firewall':
      return {
        rule: list(entry.rules).map((one) => {
          const { direction, protocol, port, source_ips: from, destination_ips: to, description } = group(one);
          return {
            direction,
            protocol,
            port: port ?? null,
            source_ips: list(from),
            destination_ips: list(to),
            description: description ?? null,
          };
        }),
        apply_to: list(entry.applied_to).flatMap((one): Values[] => {
          const { server: applied, label_selector: selector } = group(one);
          if (selector !== undefined && selector !== null)
            return [{ label_selector: group(selector).selector, server: null }];
          return applied === undefined || applied === null ? [] : [{ label_selector: null, server: group(applied).id }];
        }),
      };
    case 'hcloud_network':
      return { ip_range: entry.ip_range };
    case 'hcloud_primary_ip':
      return {
        type: entry.type,
        ip_address: entry.ip,
        assignee_id: entry.assignee_id ?? null,
        assignee_type: entry.assignee_type,
        auto_delete: entry.auto_delete,
      };
    case 'hcloud_floating_ip':
      return { type: entry.type, ip_address: entry.ip, server_id: entry.server ?? null, home_location: place(entry) };
    case 'hcloud_placement_group':
      return { type: entry.type };
    case 'hcloud_load_balancer':
      return { load_balancer_type: group(entry.load_balancer_type).name };
    case 'hcloud_ssh_key':
      return { public_key: entry.public_key };
    case 'hcloud_zone':
      return { mode: entry.mode, ttl: entry.ttl };
    default:
      return {};
  }
}

function server(entry: Entry, lists: Lists): Values {
  const net = group(entry.public_net);
  const v4 = group(net.ipv4);
  const v6 = group(net.ipv6);
  const firewalls = list(net.firewalls).map(group);
  const addresses = list(lists.get('primary_ips')).map(group);
  const primary = (address: unknown) =>
    addresses.find(({ ip, assignee_id: to }) => ip === address && to === entry.id)?.id;
  return {
    server_type: group(entry.server_type).name,
    image: group(entry.image).name ?? null,
    backups: typeof entry.backup_window === 'string',
    rescue: entry.rescue_enabled === true ? 'linux64' : null,
    rebuild_protection: group(entry.protection).rebuild,
    placement_group_id: group(entry.placement_group).id ?? null,
    // Applied, and not only asked for.
    firewall_ids: firewalls.filter(({ status }) => status === 'applied').map(({ id }) => id),
    ipv4_address: v4.ip ?? null,
    ipv6_address: v6.ip ?? null,
    public_net: [
      {
        ipv4_enabled: net.ipv4 !== null && net.ipv4 !== undefined,
        ipv6_enabled: net.ipv6 !== null && net.ipv6 !== undefined,
        ipv4: primary(v4.ip) ?? null,
        ipv6: primary(v6.ip) ?? null,
      },
    ],
    network: list(entry.private_net).map((one) => {
      const { network, ip, alias_ips: alias } = group(one);
      return { network_id: network, ip, alias_ips: list(alias) };
    }),
  };
}

function place(entry: Entry): unknown {
  return group(entry.location ?? group(entry.datacenter).location ?? entry.home_location).name;
}

function group(value: unknown): Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
