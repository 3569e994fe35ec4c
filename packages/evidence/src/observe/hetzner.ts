import type { Observation, ObservedCheck } from '@lukko/formats';
import { euMember } from './eu.ts';

/** A kind of resource the API lists, and the Terraform type that makes it. */
export interface ResourceKind {
  /** Name of the list and last part of the path: `servers`. */
  readonly path: string;
  readonly type: string;
  readonly word: string;
}

const kind = (path: string, type: string, word: string): ResourceKind => ({ path, type, word });

/** What is read of a project: https://docs.hetzner.cloud/reference/cloud */
export const resourceKinds: readonly ResourceKind[] = [
  kind('servers', 'hcloud_server', 'server'),
  kind('volumes', 'hcloud_volume', 'volume'),
  kind('firewalls', 'hcloud_firewall', 'firewall'),
  kind('networks', 'hcloud_network', 'network'),
  kind('primary_ips', 'hcloud_primary_ip', 'primary-ip'),
  kind('floating_ips', 'hcloud_floating_ip', 'floating-ip'),
  kind('placement_groups', 'hcloud_placement_group', 'placement-group'),
  kind('load_balancers', 'hcloud_load_balancer', 'load-balancer'),
  kind('ssh_keys', 'hcloud_ssh_key', 'ssh-key'),
  kind('zones', 'hcloud_zone', 'zone'),
];

export interface HetznerSeen {
  readonly subject: Observation['subject'];
  readonly checks: readonly ObservedCheck[];
  readonly facts: Observation['facts'];
}

type Entry = Readonly<Record<string, unknown>>;

/**
 * Turns the lists of a project into one observation for each resource. Facts are a list of allowed fields: names, places,
 * sizes, addresses, rules; never labels of free text, user_data or keys.
 */
export function readHetzner(lists: ReadonlyMap<string, readonly unknown[]>, project: string): readonly HetznerSeen[] {
  const worldOpen = new Map(
    entries(lists, 'firewalls').map((firewall) => [
      number(firewall.id),
      rulesOf(firewall).filter(admitsWorldToSsh).length > 0,
    ]),
  );
  return resourceKinds.flatMap((one) =>
    entries(lists, one.path).map((entry) => {
      const id = number(entry.id);
      const name = text(entry.name);
      return {
        subject: { kind: one.word, id: `hetzner:${one.word}:${id}`, ...(name === undefined ? {} : { name }) },
        facts: { resource: one.type, project, id, ...factsOf(one.word, entry) },
        checks: checksOf(one.word, entry, worldOpen),
      };
    }),
  );
}

function entries(lists: ReadonlyMap<string, readonly unknown[]>, path: string): readonly Entry[] {
  return (lists.get(path) ?? []).map((one) => Object(one) as Entry);
}

function factsOf(word: string, entry: Entry): Observation['facts'] {
  const common = {
    ...fact('location', text(location(entry)?.name)),
    ...fact('country', text(location(entry)?.country)),
    ...fact('delete_protection', flag(group(entry.protection).delete)),
    ...fact('lukko-class', text(group(entry.labels)['lukko-class'])),
    ...fact('lukko-payload', text(group(entry.labels)['lukko-payload'])),
  };
  switch (word) {
    case 'server':
      return {
        ...common,
        ...fact('status', text(entry.status)),
        ...fact('server_type', text(group(entry.server_type).name)),
        ...fact('image', text(group(entry.image).name)),
        ...fact('ipv4_address', text(group(group(entry.public_net).ipv4).ip)),
        ...fact('ipv6_address', text(group(group(entry.public_net).ipv6).ip)),
        ...fact('backup_window', text(entry.backup_window)),
        addresses: addressesOf(group(entry.public_net)),
        volumes: list(entry.volumes).map(String),
        firewalls: list(group(entry.public_net).firewalls).map((one) => String(group(one).id)),
      };
    case 'volume':
      return {
        ...common,
        ...fact('size', number(entry.size)),
        ...fact('server_id', entry.server === null ? undefined : number(entry.server)),
        ...fact('linux_device', text(entry.linux_device)),
        ...fact('format', text(entry.format)),
      };
    case 'firewall':
      return { ...common, rules: rulesOf(entry).map(ruleText).sort(), applied_to: list(entry.applied_to).length };
    case 'network':
      return {
        ...common,
        ...fact('ip_range', text(entry.ip_range)),
        subnets: list(entry.subnets).map((one) => text(group(one).ip_range) ?? ''),
      };
    case 'primary-ip':
    case 'floating-ip':
      return {
        ...common,
        ...fact('ip_address', text(entry.ip)),
        addresses: text(entry.ip) === undefined ? [] : [text(entry.ip) ?? ''],
        type: text(entry.type) ?? '',
      };
    case 'load-balancer':
      return { ...common, addresses: addressesOf(group(entry.public_net)) };
    case 'placement-group':
      return { ...common, type: text(entry.type) ?? '' };
    case 'ssh-key':
      // The fingerprint is of the key; its comment, which is often a person's address, is not kept.
      return { ...common, ...fact('fingerprint', text(entry.fingerprint)) };
    case 'zone':
      return { ...common, ...fact('mode', text(entry.mode)) };
    default:
      return common;
  }
}

function checksOf(word: string, entry: Entry, worldOpen: ReadonlyMap<number, boolean>): readonly ObservedCheck[] {
  const country = text(location(entry)?.country);
  const place: ObservedCheck[] =
    location(entry) === undefined
      ? []
      : [
          check(
            'stands-in-the-eu',
            country === undefined ? 'unknown' : euMember(country),
            `${text(location(entry)?.name)}, ${country ?? 'country not told'}`,
          ),
        ];
  if (word === 'volume')
    return [
      ...place,
      check(
        'volume-guarded',
        group(entry.protection).delete === true,
        `delete protection ${group(entry.protection).delete === true ? 'on' : 'off'}`,
      ),
      check(
        'volume-attached',
        typeof entry.server === 'number',
        typeof entry.server === 'number' ? `server ${entry.server}` : 'to none',
      ),
    ];
  if (word !== 'server') return place;
  const firewalls = list(group(entry.public_net).firewalls).map(group);
  const applied = firewalls.filter(({ status }) => status === 'applied');
  const open = applied.filter(({ id }) => worldOpen.get(number(id)) === true);
  const public_ = addressesOf(group(entry.public_net)).length > 0;
  const labelled = text(group(entry.labels)['lukko-class']);
  const stray = applied.some(({ id }) => !worldOpen.has(number(id)));
  return [
    ...place,
    check(
      'behind-a-firewall',
      applied.length > 0 || !public_,
      !public_ ? 'it has no public address' : `${applied.length} applied of ${firewalls.length}`,
    ),
    check(
      'admin-ports-closed',
      open.length > 0 || (applied.length === 0 && public_) ? false : stray ? 'unknown' : true,
      applied.length === 0 && public_
        ? 'no firewall applies'
        : open.length > 0
          ? `firewall ${open.map(({ id }) => id).join(', ')} admits everybody`
          : `${applied.length} firewalls looked at`,
    ),
    check(
      'no-plain-disk-copies',
      text(entry.backup_window) === undefined,
      text(entry.backup_window) ?? 'no backup window',
    ),
    check('rescue-is-off', entry.rescue_enabled === false, `rescue ${entry.rescue_enabled === false ? 'off' : 'on'}`),
    check(
      'spread',
      entry.placement_group !== null && entry.placement_group !== undefined,
      text(group(entry.placement_group).name) ?? 'in none',
    ),
    check('labelled-with-class', labelled !== undefined, labelled ?? 'no label lukko-class'),
  ];
}

interface FirewallRule {
  readonly direction: string;
  readonly protocol: string;
  readonly port: string | undefined;
  readonly ips: readonly string[];
}

function rulesOf(firewall: Entry): readonly FirewallRule[] {
  return list(firewall.rules).map((one) => {
    const rule = group(one);
    const ips = [...list(rule.source_ips), ...list(rule.destination_ips)].map(String).sort();
    return { direction: text(rule.direction) ?? '', protocol: text(rule.protocol) ?? '', port: text(rule.port), ips };
  });
}

/** As reconcile.ts writes the declared ones. */
function ruleText({ direction, protocol, port, ips }: FirewallRule): string {
  return `${direction} ${protocol} ${port ?? '-'} ${ips.join(',')}`;
}

function admitsWorldToSsh({ direction, protocol, port, ips }: FirewallRule): boolean {
  if (direction !== 'in' || protocol !== 'tcp' || !ips.some((ip) => ip === '0.0.0.0/0' || ip === '::/0')) return false;
  if (port === undefined || port === 'any') return true;
  const [from = 0, to = from] = port.split('-').map(Number);
  return from <= 22 && 22 <= to;
}

/** IPv6 as the API writes it is a network; its first host is what a server answers on. */
function addressesOf(net: Entry): string[] {
  const v4 = text(group(net.ipv4).ip);
  const v6 = text(group(net.ipv6).ip);
  return [
    ...(v4 === undefined ? [] : [v4]),
    ...(v6 === undefined ? [] : [v6.replace(/\/\d+$/, '').replace(/::$/, '::1')]),
  ];
}

function location(entry: Entry): Entry | undefined {
  const found = entry.location ?? group(entry.datacenter).location ?? entry.home_location;
  return typeof found === 'object' && found !== null ? (found as Entry) : undefined;
}

function check(id: string, holds: boolean | 'unknown', saw: string): ObservedCheck {
  return { id, holds, saw };
}

function fact<T extends string | number | boolean>(name: string, value: T | undefined): Record<string, T> {
  return value === undefined ? {} : { [name]: value };
}

function group(value: unknown): Entry {
  return typeof value === 'object' && value !== null ? (value as Entry) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
