import type { Operator, RegisterEntry } from '@lukko/formats';
import type { Graph } from '@lukko/terraform-model';
import { contains, isPrivate, parseBlock } from './cidr.ts';
import { isAddressAttribute } from './exposure.ts';
import { longestSuffix } from './hosts/attributes.ts';
import { resourceIn } from './hosts/place-of.ts';
import { once } from './memo.ts';
import type { Payload, Resolution } from './types.ts';

export interface Directory {
  readonly operators: readonly Operator[];
  readonly register: readonly RegisterEntry[];
}

/**
 * Who operates a host, in the order of the design: an address or zone of the graph, operators data by the longest suffix (or the
 * network an address lies in), the register, nobody. A register entry never outweighs operators data.
 */
export function resolver(
  graph: Graph,
  payloads: () => readonly Payload[],
  { operators, register }: Directory,
): (host: string) => Resolution {
  const zones = new Set(
    graph
      .ofType('hcloud_zone')
      .flatMap((zone) =>
        zone.mode === 'managed' && zone.change !== 'delete' ? (zone.attr('name').text?.toLowerCase() ?? []) : [],
      ),
  );
  const suffixes = new Map<string, Operator>();
  for (const operator of operators)
    for (const name of [...(operator.hosts ?? []), ...(operator.registries ?? [])])
      if (!suffixes.has(name)) suffixes.set(name, operator);
  const declared = new Map(register.map((entry) => [entry.host, entry]));
  const known = new Map<string, Resolution>();
  // Each is worked out when a host first asks for it, and once: there may be as many hosts as networks.
  const networks = once(allNetworks);
  const assigned = once(allAssigned);
  const addresses = once(allAddresses);
  const containerNames = once(allContainerNames);
  return (host) => {
    const name = host.toLowerCase().replace(/\.$/, '');
    const found = known.get(name) ?? own(host, name) ?? operated(name) ?? registered(name) ?? { by: 'nobody' };
    known.set(name, found);
    return found;
  };

  function own(host: string, name: string): Resolution | undefined {
    const reference = resourceIn(graph, host);
    if (reference !== undefined && isAddressAttribute(reference.type, reference.attribute.replace(/\[.*$/, '')))
      return { by: 'own', matched: host };
    const zone = longestSuffix(name, zones);
    if (zone !== undefined) return { by: 'own', matched: zone };
    const block = parseBlock(name);
    if (block !== undefined) {
      const inside = networks().find(({ range }) => contains(range, block));
      if (inside !== undefined && isPrivate(block)) return { by: 'own', matched: inside.id };
      const server = addresses().get(name) ?? assigned().find(({ range }) => contains(range, block))?.id;
      return server === undefined ? undefined : { by: 'own', matched: server };
    }
    return !name.includes('.') && containerNames().has(name) ? { by: 'own', matched: name } : undefined;
  }

  function allNetworks(): { id: string; range: NonNullable<ReturnType<typeof parseBlock>> }[] {
    return [...graph.ofType('hcloud_network'), ...graph.ofType('hcloud_network_subnet')].flatMap((network) => {
      const range = parseBlock(network.attr('ip_range').text ?? '');
      return range === undefined ? [] : [{ id: network.id, range }];
    });
  }

  /** An IPv6 address is given as a network of 64 bits, of which hosts and names use single addresses (docs.hetzner.com, primary IPs). */
  function allAssigned(): { id: string; range: NonNullable<ReturnType<typeof parseBlock>> }[] {
    const found: { id: string; text: string | undefined }[] = [];
    for (const type of ['hcloud_primary_ip', 'hcloud_floating_ip'] as const) {
      for (const ip of graph.ofType(type))
        if (ip.mode === 'managed' && ip.change !== 'delete')
          found.push({ id: ip.id, text: ip.attr('ip_network').text });
    }
    for (const state of graph.ofType('terraform_remote_state')) {
      const { value } = state.attr('outputs');
      for (const name of value.state === 'map' ? value.entries.keys() : []) {
        const output = state.attr('outputs', name);
        const source = output.references.length === 1 ? output.references[0] : undefined;
        if (source?.certainty === 'certain' && source.attribute[0] === 'ip_network' && source.target !== undefined)
          found.push({ id: source.target, text: output.text });
      }
    }
    return found.flatMap(({ id, text }) => {
      const range = parseBlock(text ?? '');
      return range === undefined ? [] : [{ id, range }];
    });
  }

  /** Addresses of ours that the input already tells: a plan after the first apply, a state, an output read from a sibling's. */
  function allAddresses(): Map<string, string> {
    const found = new Map<string, string>();
    for (const [type, names] of [
      ['hcloud_primary_ip', ['ip_address']],
      ['hcloud_server', ['ipv4_address', 'ipv6_address']],
      ['hcloud_floating_ip', ['ip_address']],
    ] as const) {
      for (const resource of graph.ofType(type)) {
        for (const name of names) {
          const { text } = resource.attr(name);
          if (text !== undefined) found.set(text.toLowerCase(), resource.id);
        }
      }
    }
    for (const state of graph.ofType('terraform_remote_state')) {
      const { value } = state.attr('outputs');
      for (const name of value.state === 'map' ? value.entries.keys() : []) {
        const output = state.attr('outputs', name);
        const source = output.references.length === 1 ? output.references[0] : undefined;
        const resource =
          source?.certainty === 'certain' && source.target !== undefined ? graph.byId(source.target) : undefined;
        if (output.text === undefined || resource === undefined) continue;
        if (isAddressAttribute(resource.type, String(source?.attribute[0])))
          found.set(output.text.toLowerCase(), resource.id);
      }
    }
    return found;
  }

  function allContainerNames(): Set<string> {
    const names = payloads().flatMap((payload) =>
      payload.containers.flatMap(({ unit }) => {
        const stem = unit.name.replace(/\.[^.]*$/, '');
        const name = unit.entries.find(
          (entry) => entry.section === 'Container' && entry.key === 'ContainerName',
        )?.value;
        return [stem, `systemd-${stem}`, ...(name === undefined ? [] : [name])];
      }),
    );
    return new Set(names.map((name) => name.toLowerCase()));
  }

  function operated(name: string): Resolution | undefined {
    const byId = operators.find((operator) => operator.id === name);
    if (byId !== undefined) return about(byId, name);
    const block = parseBlock(name);
    if (block !== undefined) {
      for (const operator of operators) {
        const network = operator.addresses?.find(
          (each) => contains(parseBlock(each) ?? block, block) && parseBlock(each) !== undefined,
        );
        if (network !== undefined) return about(operator, network);
      }
      return undefined;
    }
    const suffix = longestSuffix(name, suffixes);
    const operator = suffix === undefined ? undefined : suffixes.get(suffix);
    return operator === undefined || suffix === undefined ? undefined : about(operator, suffix);
  }

  function registered(name: string): Resolution | undefined {
    const suffix = longestSuffix(name, declared);
    const entry = suffix === undefined ? undefined : declared.get(suffix);
    if (entry === undefined) return undefined;
    const { entity, country, parent, source, date } = entry;
    return {
      by: 'register',
      entity,
      country,
      ...(parent === undefined ? {} : { parent }),
      source,
      date,
      matched: entry.host,
    };
  }
}

function about({ legal, parent, source, date }: Operator, matched: string): Resolution {
  return {
    by: 'operators',
    entity: legal.entity,
    country: legal.country,
    ...(parent === undefined ? {} : { parent }),
    source,
    date,
    matched,
  };
}
