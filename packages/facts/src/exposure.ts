import type { Attr, Cause, Edge, Graph, Reason, Resource } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { firewallsOf } from './applied-firewalls.ts';
import { type Block, isWorld, parseBlock } from './cidr.ts';
import type { Exposure, InboundRule, Statement } from './types.ts';

type Applied = Exposure['firewalls'][number];

/** How a server can be reached from outside: public addresses, the firewalls that apply, what they admit. */
export function exposureOf(server: Resource, graph: Graph): Exposure {
  const { firewalls, complete, why } = firewallsOf(server, graph);
  return {
    public: publicity(server, graph),
    guarded: guarded(server, firewalls, complete, why),
    firewalls,
    inbound: firewalls.flatMap(({ firewall }) => inboundOf(firewall, graph)),
  };
}

/**
 * A server has a public IPv4 and IPv6 unless `public_net` says otherwise, for each family apart (registry documentation of
 * hcloud_server, `public_net`: both default to true).
 */
function publicity(server: Resource, graph: Graph): Statement {
  const claim = `${server.address} has a public address`;
  const block = server.attr('public_net');
  if (block.value.state === 'unset')
    return { claim, is: true, because: [{ at: block.at, saw: 'not set: the provider gives a public IPv4 and IPv6' }] };
  const items = block.items();
  if (items.length === 0) {
    return block.value.state === 'list' && block.value.complete
      ? { claim, is: true, because: [{ at: block.at, saw: 'no block: the provider gives a public IPv4 and IPv6' }] }
      : { claim, is: 'unknown', because: [reason(block, ['function'])] };
  }
  const families = items.flatMap((item) => [item.attr('ipv4_enabled'), item.attr('ipv6_enabled')]);
  const states = families.map((attr) =>
    attr.value.state === 'unset' ? true : attr.value.state === 'known' ? attr.value.value !== false : 'unknown',
  );
  // Where no block may be there at all, the provider's default may hold.
  const perhaps = block.value.state === 'list' && !block.value.complete;
  const is = states.includes(true) ? true : states.includes('unknown') || perhaps ? 'unknown' : false;
  const given = is === true ? [] : assigned(server, graph);
  if (given.length === 0) return { claim, is, because: families.map((attr) => reason(attr)) };
  const certain = given.some((edge) => edge.certainty === 'certain');
  const because = given.map(
    ({ via, resource }): Reason => ({ at: via.at, saw: resource.id, ...(certain ? {} : { causes: ['possible'] }) }),
  );
  return { claim, is: certain ? true : 'unknown', because };
}

/** Addresses given from their own side: a floating IP of the server, an assignment, a primary IP (registry documentation of each). */
function assigned(server: Resource, graph: Graph): readonly Edge<Resource>[] {
  const ways = [
    ['hcloud_floating_ip', 'server_id'],
    ['hcloud_floating_ip_assignment', 'server_id'],
    ['hcloud_primary_ip', 'assignee_id'],
  ] as const;
  return ways.flatMap(([type, path]) =>
    graph
      .from(type, [path], server)
      .edges.map((edge) => ({ ...edge, certainty: edge.resource.expanded ? edge.certainty : ('possible' as const) })),
  );
}

function reason(attr: Attr, causes: readonly Cause[] = []): Reason {
  const all = attr.value.state === 'unknown' ? attr.value.causes : causes;
  return { at: attr.at, saw: describe(attr.value), ...(all.length > 0 ? { causes: all } : {}) };
}

function guarded(server: Resource, firewalls: readonly Applied[], complete: boolean, why: readonly Cause[]): Statement {
  const claim = `a firewall applies to ${server.address}`;
  const certain = firewalls.filter((each) => each.certainty === 'certain');
  if (certain.length > 0)
    return { claim, is: true, because: certain.map((each) => ({ at: each.via.at, saw: each.firewall.id })) };
  if (firewalls.length > 0) {
    return {
      claim,
      is: 'unknown',
      because: firewalls.map((each) => ({ at: each.via.at, saw: `perhaps ${each.firewall.id}`, causes: ['possible'] })),
    };
  }
  if (complete)
    return {
      claim,
      is: false,
      because: [{ at: server.id, saw: 'no firewall_ids, no attachment, no apply_to, no selector that matches' }],
    };
  return {
    claim,
    is: 'unknown',
    because: [
      {
        at: server.id,
        saw: 'no firewall found here; one may apply elsewhere',
        causes: why.length > 0 ? why : ['outside'],
      },
    ],
  };
}

const inbound = new WeakMap<Graph, Map<string, readonly InboundRule[]>>();

/** Inbound rules of a firewall (registry documentation of hcloud_firewall, `rule`): read once, since many servers may have it. */
export function inboundOf(firewall: Resource, graph: Graph): readonly InboundRule[] {
  const known = inbound.get(graph) ?? new Map<string, readonly InboundRule[]>();
  inbound.set(graph, known);
  const rules = known.get(firewall.id) ?? readInbound(firewall, graph);
  known.set(firewall.id, rules);
  return rules;
}

function readInbound(firewall: Resource, graph: Graph): readonly InboundRule[] {
  return firewall
    .attr('rule')
    .items()
    .flatMap((attr): InboundRule[] => {
      const direction = attr.attr('direction');
      if (direction.text === 'out') return [];
      return [
        {
          firewall,
          attr,
          protocol: attr.attr('protocol').text,
          ports: portsOf(attr),
          worldOpen: worldOpen(attr, graph),
        },
      ];
    });
}

function portsOf(rule: Attr): InboundRule['ports'] {
  const port = rule.attr('port');
  const { text } = port;
  if (text === 'any') return { from: 1, to: 65_535 };
  const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? '');
  if (range?.[1] === undefined) return undefined;
  return { from: Number(range[1]), to: Number(range[2] ?? range[1]) };
}

function worldOpen(rule: Attr, graph: Graph): Statement {
  const sources = rule.attr('source_ips');
  const claim = 'it admits the whole internet';
  const items = sources.items();
  const blocks: Block[] = [];
  const open: Reason[] = [];
  for (const item of items) {
    const block = item.text === undefined ? undefined : parseBlock(item.text);
    if (block !== undefined) blocks.push(block);
    else if (!isOneAddress(item, graph)) open.push(reason(item, ['function']));
  }
  const because: Reason[] = items.length === 0 ? [reason(sources)] : items.map((item) => reason(item));
  if (isWorld(blocks)) return { claim, is: true, because };
  const incomplete =
    sources.value.state === 'list' ? !sources.value.complete : sources.value.state !== 'unset' && items.length === 0;
  if (open.length > 0 || incomplete) {
    return { claim, is: 'unknown', because: open.length > 0 ? open : [reason(sources, ['possible'])] };
  }
  return { claim, is: false, because };
}

const ADDRESSES: ReadonlyMap<string, readonly string[]> = new Map([
  ['hcloud_primary_ip', ['ip_address', 'ip_network']],
  ['hcloud_server', ['ipv4_address', 'ipv6_address', 'ipv6_network', 'network']],
  ['hcloud_floating_ip', ['ip_address', 'ip_network']],
  ['hcloud_load_balancer', ['ipv4', 'ipv6', 'network_ip']],
  ['hcloud_load_balancer_network', ['ip']],
  ['hcloud_server_network', ['ip']],
]);

/**
 * A reference to an address of a resource of ours, alone or with a prefix length that keeps it one host or one server's own
 * IPv6 network (`/32`, `/64` to `/128`), admits that host only.
 */
function isOneAddress(item: Attr, graph: Graph): boolean {
  const { value } = item;
  const parts = value.state === 'text' ? value.parts : value.state === 'unknown' ? [value] : [];
  const [hole, suffix, more] = parts;
  if (hole === undefined || typeof hole === 'string' || more !== undefined) return false;
  const { traversal } = hole;
  if (traversal?.certainty !== 'certain' || traversal.target === undefined) return false;
  if (suffix !== undefined && (typeof suffix !== 'string' || !/^\/(32|6[4-9]|[7-9]\d|1[01]\d|12[0-8])$/.test(suffix)))
    return false;
  const type = graph.byId(traversal.target)?.type ?? '';
  return isAddressAttribute(type, String(traversal.attribute[0]));
}

/** Whether an attribute of a resource of ours is an address of its own. */
export function isAddressAttribute(type: string, attribute: string): boolean {
  return ADDRESSES.get(type)?.includes(attribute) ?? false;
}
