import type { Attr, Cause, Edge, Graph, Reason, Resource } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { type Block, isWorld, parseBlock } from './cidr.ts';
import { matchesSelector } from './labels.ts';
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
    live(graph, type).flatMap((each) =>
      graph
        .to(each, [path], 'hcloud_server')
        .edges.flatMap((edge): Edge<Resource>[] =>
          edge.resource.id === server.id
            ? [{ resource: each, certainty: each.expanded ? edge.certainty : 'possible', via: edge.via }]
            : [],
        ),
    ),
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

interface Found {
  readonly firewalls: readonly Applied[];
  readonly complete: boolean;
  readonly why: readonly Cause[];
}

/** By `firewall_ids`, hcloud_firewall_attachment (servers, selectors) and hcloud_firewall.apply_to (server, selector). */
function firewallsOf(server: Resource, graph: Graph): Found {
  const found: Applied[] = [];
  const why = new Set<Cause>();
  let complete = graph.closed;
  if (!graph.closed) why.add('outside');
  const out = graph.to(server, ['firewall_ids'], 'hcloud_firewall');
  const ignored = ignores(server, 'firewall_ids');
  for (const edge of out.edges)
    found.push({ firewall: edge.resource, certainty: ignored ? 'possible' : edge.certainty, via: edge.via });
  const named = server.attr('firewall_ids');
  if (!out.complete && named.value.state !== 'unset') {
    complete = false;
    for (const cause of out.why) why.add(cause);
  }
  for (const attachment of live(graph, 'hcloud_firewall_attachment')) {
    const owner = graph.to(attachment, ['firewall_id'], 'hcloud_firewall').edges;
    const ways = [appliesTo(attachment, server, graph), selects(attachment.attr('label_selectors').items(), server)];
    for (const path of ['server_ids', 'label_selectors'])
      if (mayHoldMore(attachment.attr(path))) ways.push({ certainty: 'possible', via: attachment.attr(path) });
    // An attachment that a count may leave out attaches nothing for certain.
    for (const edge of owner) add(edge.resource, attachment.expanded ? edge.certainty : 'possible', ways);
  }
  for (const firewall of live(graph, 'hcloud_firewall')) {
    for (const item of firewall.attr('apply_to').items()) {
      const byServer = graph
        .to(firewall, item.attr('server').path, 'hcloud_server')
        .edges.find((edge) => edge.resource.id === server.id);
      const selector = item.attr('label_selector');
      add(firewall, 'certain', [
        byServer && { certainty: byServer.certainty, via: byServer.via },
        selects(selector.value.state === 'unset' ? [] : [selector], server),
      ]);
    }
  }
  return { firewalls: distinct(found), complete, why: [...why].sort() };

  function add(
    firewall: Resource,
    certainty: Applied['certainty'],
    ways: readonly (Pick<Applied, 'certainty' | 'via'> | undefined)[],
  ): void {
    for (const way of ways) {
      if (way === undefined) continue;
      found.push({
        firewall,
        certainty: certainty === 'certain' && way.certainty === 'certain' && firewall.expanded ? 'certain' : 'possible',
        via: way.via,
      });
    }
  }
}

function live(graph: Graph, type: string): readonly Resource[] {
  return graph.ofType(type).filter((resource) => resource.mode === 'managed' && resource.change !== 'delete');
}

/** A list whose items are not all known: something may stand there that points at this server. */
function mayHoldMore(attr: Attr): boolean {
  const { value } = attr;
  if (value.state === 'list')
    return (
      !value.complete || value.items.some((item) => item.state === 'unknown' && item.traversal?.target === undefined)
    );
  return value.state === 'unknown';
}

/** Whether terraform leaves an attribute as it is, so that what is written decides nothing. */
function ignores(resource: Resource, attribute: string): boolean {
  const ignored = resource.lifecycle?.ignoreChanges;
  return ignored === 'all' || ignored?.includes(attribute) === true;
}

function appliesTo(
  attachment: Resource,
  server: Resource,
  graph: Graph,
): Pick<Applied, 'certainty' | 'via'> | undefined {
  const edge = graph
    .to(attachment, ['server_ids'], 'hcloud_server')
    .edges.find((each) => each.resource.id === server.id);
  return edge === undefined ? undefined : { certainty: edge.certainty, via: edge.via };
}

function selects(selectors: readonly Attr[], server: Resource): Pick<Applied, 'certainty' | 'via'> | undefined {
  const results = selectors.map((selector) => ({
    selector,
    is: selector.text === undefined ? undefined : matchesSelector(selector.text, server.attr('labels')),
  }));
  const matching = results.find((result) => result.is === true);
  if (matching !== undefined) return { certainty: 'certain', via: matching.selector };
  const open = results.find((result) => result.is === undefined);
  return open === undefined ? undefined : { certainty: 'possible', via: open.selector };
}

/** One entry per firewall, the certain one before the possible. */
function distinct(found: readonly Applied[]): Applied[] {
  const byId = new Map<string, Applied>();
  for (const each of found) if (byId.get(each.firewall.id)?.certainty !== 'certain') byId.set(each.firewall.id, each);
  return [...byId.values()];
}

/** Inbound rules of a firewall (registry documentation of hcloud_firewall, `rule`). */
export function inboundOf(firewall: Resource, graph: Graph): InboundRule[] {
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
