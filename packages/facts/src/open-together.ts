import type { Resource } from '@lukko/terraform-model';
import { type Block, isWorld, parseBlock } from './cidr.ts';
import { inboundOf } from './exposure.ts';
import type { Facts, InboundRule } from './types.ts';

type Range = NonNullable<InboundRule['ports']>;

/** Rules that admit the whole internet to a port although none of them does alone. */
export interface OpenTogether {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly rules: readonly InboundRule[];
  /** The server that has all their firewalls; undefined where they stand in one. */
  readonly server: Resource | undefined;
  /** False when one of the firewalls only may apply to that server. */
  readonly certain: boolean;
}

/** The rules by which a port is open to the whole internet although none of them opens it alone: two halves in two rules. */
export function openTogether(rules: readonly InboundRule[], protocol: string, port: number): readonly InboundRule[] {
  const here = rules.filter(
    (rule) =>
      rule.protocol === protocol &&
      rule.worldOpen.is !== true &&
      rule.ports !== undefined &&
      rule.ports.from <= port &&
      port <= rule.ports.to,
  );
  if (here.length < 2) return [];
  return isWorld(here.flatMap(blocksOf)) ? here : [];
}

function blocksOf({ attr }: InboundRule): Block[] {
  const items = attr.attr('source_ips').items();
  return items.flatMap((item) => (item.text === undefined ? [] : (parseBlock(item.text) ?? [])));
}

/**
 * Where rules of this firewall, with each other or with rules of another firewall of the same server, open a port to the whole internet: the
 * firewalls of a server add up (https://docs.hetzner.com/cloud/firewalls/faq). One entry per protocol and port at which that begins; `asked`
 * gives the ports of a range that count; of those that follow each other the first is enough.
 */
export function opensTogether(
  wall: Resource,
  facts: Facts,
  asked: (range: Range) => readonly number[],
): readonly OpenTogether[] {
  const found = new Map<string, OpenTogether>();
  for (const { rules, server, certain } of groupsOf(wall, facts)) {
    for (const protocol of ['tcp', 'udp'] as const) {
      for (const port of portsOf(rules, protocol, asked)) {
        const key = `${protocol} ${port}`;
        if (found.get(key)?.certain === true) continue;
        const open = openTogether(rules, protocol, port);
        const own = open.filter(({ firewall }) => firewall.id === wall.id);
        const alone = own.length > 1 && openTogether(own, protocol, port).length > 0;
        if (own.length > 0)
          found.set(key, { protocol, port, rules: own, certain: certain || alone, server: alone ? undefined : server });
      }
    }
  }
  return [...found.values()];
}

interface Group {
  readonly rules: readonly InboundRule[];
  readonly server: Resource | undefined;
  readonly certain: boolean;
}

const groups = new WeakMap<Facts, ReadonlyMap<string, readonly Group[]>>();

/** The rules of a firewall alone, and those of each server that has it and others. */
function groupsOf(wall: Resource, facts: Facts): readonly Group[] {
  const all = groups.get(facts) ?? groupsByWall(facts);
  groups.set(facts, all);
  return all.get(wall.id) ?? [];
}

function groupsByWall(facts: Facts): ReadonlyMap<string, readonly Group[]> {
  const found = new Map<string, Group[]>();
  const add = (wall: string, group: Group): void => {
    const known = found.get(wall);
    if (known === undefined) found.set(wall, [group]);
    else known.push(group);
  };
  for (const wall of facts.graph.ofType('hcloud_firewall'))
    add(wall.id, { rules: inboundOf(wall, facts.graph), server: undefined, certain: true });
  // Servers with the same firewalls add nothing: of those that certainly have them the first counts, of the others the last.
  const alike = new Map<string, Group & { readonly walls: readonly string[] }>();
  for (const { resource, exposure } of facts.servers) {
    if (exposure.firewalls.length < 2) continue;
    const certain = exposure.firewalls.every((each) => each.certainty === 'certain');
    const walls = exposure.firewalls.map(({ firewall }) => firewall.id);
    const key = `${certain}\n${walls.join('\n')}`;
    if (certain && alike.has(key)) continue;
    alike.delete(key);
    alike.set(key, { rules: exposure.inbound, server: resource, certain, walls });
  }
  for (const group of alike.values()) for (const wall of group.walls) add(wall, group);
  return found;
}

function portsOf(
  rules: readonly InboundRule[],
  protocol: string,
  asked: (range: Range) => readonly number[],
): Set<number> {
  return new Set(
    rules.flatMap((rule) => (rule.protocol === protocol && rule.ports !== undefined ? asked(rule.ports) : [])),
  );
}
