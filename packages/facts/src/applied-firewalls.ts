import type { Attr, Cause, Edge, Graph, Resource } from '@lukko/terraform-model';
import { ignores, live } from './attachments.ts';
import { matchesSelector } from './labels.ts';
import type { Exposure } from './types.ts';

type Applied = Exposure['firewalls'][number];
type Way = Pick<Applied, 'certainty' | 'via'>;

interface Found {
  readonly firewalls: readonly Applied[];
  readonly complete: boolean;
  readonly why: readonly Cause[];
}

/** By `firewall_ids`, hcloud_firewall_attachment (servers, selectors) and hcloud_firewall.apply_to (server, selector). */
export function firewallsOf(server: Resource, graph: Graph): Found {
  const why = new Set<Cause>();
  let complete = graph.closed;
  if (!graph.closed) why.add('outside');
  const out = graph.to(server, ['firewall_ids'], 'hcloud_firewall');
  const ignored = ignores(server, 'firewall_ids');
  const found = out.edges.map(
    (edge): Applied => ({ firewall: edge.resource, certainty: ignored ? 'possible' : edge.certainty, via: edge.via }),
  );
  if (!out.complete && server.attr('firewall_ids').value.state !== 'unset') {
    complete = false;
    for (const cause of out.why) why.add(cause);
  }
  for (const { firewall, certainty, ways, why: causes } of ofOthers(server, graph)) {
    if (firewall === undefined) {
      // Attached to one that this graph does not hold: by the id of a variable, of a data source, of another stack.
      complete = false;
      for (const cause of causes) why.add(cause);
      continue;
    }
    for (const way of ways) {
      const sure = certainty === 'certain' && way.certainty === 'certain' && firewall.expanded;
      found.push({ firewall, certainty: sure ? 'certain' : 'possible', via: way.via });
    }
  }
  return { firewalls: distinct(found), complete, why: [...why].sort() };
}

/** Something that applies a firewall from its own side: an attachment, or an `apply_to` of the firewall itself. */
interface Applying {
  /** undefined when it is not one of the graph. */
  readonly firewall: Resource | undefined;
  /** Why it is not known. */
  readonly why: readonly Cause[];
  readonly certainty: Applied['certainty'];
  /** Each server it names, and how. */
  readonly servers: ReadonlyMap<string, Edge<Resource>>;
  readonly selectors: readonly Attr[];
  /** Attributes that may name more servers than are known. */
  readonly more: readonly Attr[];
}

interface Index {
  readonly all: readonly Applying[];
  /** Positions in `all` of those that name a server, by its id. */
  readonly naming: ReadonlyMap<string, readonly number[]>;
  /** Positions of those that may mean any server: by a selector, or since they are not all known. */
  readonly broad: readonly number[];
}

const indexes = new WeakMap<Graph, Index>();

function ofOthers(
  server: Resource,
  graph: Graph,
): readonly (Pick<Applying, 'firewall' | 'certainty' | 'why'> & { readonly ways: readonly Way[] })[] {
  const index = indexes.get(graph) ?? indexOf(graph);
  indexes.set(graph, index);
  const naming = index.naming.get(server.id) ?? [];
  const positions = index.broad.length === 0 ? naming : [...new Set([...naming, ...index.broad])].sort((a, b) => a - b);
  return positions.flatMap((position) => {
    const one = index.all[position];
    if (one === undefined) return [];
    const named = one.servers.get(server.id);
    const selected = one.selectors.length === 0 ? undefined : selects(one.selectors, server);
    const ways: Way[] = [...(named === undefined ? [] : [named]), ...(selected === undefined ? [] : [selected])];
    for (const via of one.more) ways.push({ certainty: 'possible', via });
    return ways.length === 0 ? [] : [{ firewall: one.firewall, certainty: one.certainty, why: one.why, ways }];
  });
}

/** Read once a graph: a plan may hold thousands of firewalls and of servers. */
function indexOf(graph: Graph): Index {
  const all = [...byAttachments(graph), ...byFirewalls(graph)];
  const naming = new Map<string, number[]>();
  const broad: number[] = [];
  for (const [position, { servers, selectors, more }] of all.entries()) {
    if (selectors.length + more.length > 0) broad.push(position);
    for (const id of servers.keys()) {
      const same = naming.get(id);
      if (same === undefined) naming.set(id, [position]);
      else same.push(position);
    }
  }
  return { all, naming, broad };
}

function byAttachments(graph: Graph): readonly Applying[] {
  return live(graph, 'hcloud_firewall_attachment').flatMap((attachment) => {
    const servers = byId(graph.to(attachment, ['server_ids'], 'hcloud_server').edges);
    const selectors = attachment.attr('label_selectors').items();
    const more = ['server_ids', 'label_selectors'].map((path) => attachment.attr(path)).filter(mayHoldMore);
    const { edges, complete, why } = graph.to(attachment, ['firewall_id'], 'hcloud_firewall');
    const found = edges.map(
      (edge): Applying => ({
        firewall: edge.resource,
        why,
        // An attachment that a count may leave out attaches nothing for certain.
        certainty: attachment.expanded ? edge.certainty : 'possible',
        servers,
        selectors,
        more,
      }),
    );
    const dim: Applying = { firewall: undefined, why, certainty: 'possible', servers, selectors, more };
    return complete && edges.length > 0 ? found : [...found, dim];
  });
}

function byFirewalls(graph: Graph): readonly Applying[] {
  return live(graph, 'hcloud_firewall').flatMap((firewall) =>
    firewall
      .attr('apply_to')
      .items()
      .map((item): Applying => {
        const selector = item.attr('label_selector');
        return {
          firewall,
          why: [],
          certainty: 'certain',
          servers: byId(graph.to(firewall, item.attr('server').path, 'hcloud_server').edges),
          selectors: selector.value.state === 'unset' ? [] : [selector],
          more: [],
        };
      }),
  );
}

/** The first edge to each. */
function byId(edges: readonly Edge<Resource>[]): ReadonlyMap<string, Edge<Resource>> {
  const found = new Map<string, Edge<Resource>>();
  for (const edge of edges) if (!found.has(edge.resource.id)) found.set(edge.resource.id, edge);
  return found;
}

/** A list whose items are not all known: something may stand there that points at this server. */
export function mayHoldMore({ value }: Attr): boolean {
  if (value.state !== 'list') return value.state === 'unknown';
  return (
    !value.complete || value.items.some((item) => item.state === 'unknown' && item.traversal?.target === undefined)
  );
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
