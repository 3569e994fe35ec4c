import type { Attr, Graph, Resource } from '@lukko/terraform-model';
import { locationOf } from './locations.ts';
import type { Placement } from './types.ts';

type Rule = Pick<Placement, 'holds'> & { readonly attributes: readonly string[]; readonly zone?: string };

/**
 * Where each type of the provider says where it stands (registry documentation of hetznercloud/hcloud 1.68, one page per type).
 * `datacenter` was removed from the API in July 2026 and is still in the schema. Snapshots follow their server; zones, SSH keys,
 * placement groups, firewalls and certificates stand nowhere.
 */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['hcloud_server', { holds: 'disk', attributes: ['location', 'datacenter'] }],
  ['hcloud_volume', { holds: 'disk', attributes: ['location'] }],
  ['hcloud_storage_box', { holds: 'disk', attributes: ['location'] }],
  ['hcloud_primary_ip', { holds: 'address', attributes: ['location', 'datacenter'] }],
  ['hcloud_floating_ip', { holds: 'address', attributes: ['home_location'] }],
  ['hcloud_load_balancer', { holds: 'traffic', attributes: ['location'], zone: 'network_zone' }],
  ['hcloud_network_subnet', { holds: 'traffic', attributes: [], zone: 'network_zone' }],
]);

/** Every managed resource that stands somewhere, but for those that are only removed. */
export function placementsOf(graph: Graph): readonly Placement[] {
  return graph.resources.flatMap((resource) => {
    const rule = RULES.get(resource.type);
    if (rule === undefined || resource.mode !== 'managed' || resource.change === 'delete')
      return placedByServer(resource, graph);
    return [placed(resource, rule, graph)];
  });
}

function placed(resource: Resource, rule: Rule, graph: Graph): Placement {
  const written = rule.attributes
    .map((name) => resource.attr(name))
    .find((attr) => attr.value.state !== 'unset' && !isNull(attr));
  const zone = rule.zone === undefined ? undefined : resource.attr(rule.zone);
  if (written === undefined && zone !== undefined && (zone.value.state !== 'unset' || rule.attributes.length === 0)) {
    return { resource, attr: zone, holds: rule.holds, by: 'network-zone', location: undefined };
  }
  const own = written ?? resource.attr(rule.attributes[0] ?? 'location');
  const attr = written === undefined ? (inherited(resource, graph) ?? own) : own;
  return {
    resource,
    attr,
    holds: rule.holds,
    by: 'location',
    location: attr.text === undefined || isAtServer(attr) ? undefined : locationOf(attr.text),
  };
}

/** Whether the place is that of a server that only its id is known of. @param attr of a placement */
export function isAtServer({ path: [name] }: Attr): boolean {
  return name === 'server_id' || name === 'assignee_id';
}

const isNull = (attr: Attr): boolean => attr.value.state === 'known' && attr.value.value === null;

/**
 * A volume created for a server, a primary or floating IP assigned to one, without location of its own: at that server.
 * @returns the server's location; what names the server where that is not certain; undefined where none is named
 */
function inherited(resource: Resource, graph: Graph): Attr | undefined {
  const path =
    resource.type === 'hcloud_volume' || resource.type === 'hcloud_floating_ip' ? 'server_id' : 'assignee_id';
  const server = resource.attr(path);
  if (server.value.state === 'unset' || isNull(server)) return undefined;
  const { edges } = graph.to(resource, [path], 'hcloud_server');
  const [edge] = edges;
  return edges.length === 1 && edge?.certainty === 'certain' ? edge.resource.attr('location') : server;
}

/** Snapshots are kept where their server stands. */
function placedByServer(resource: Resource, graph: Graph): Placement[] {
  if (resource.type !== 'hcloud_snapshot' || resource.mode !== 'managed' || resource.change === 'delete') return [];
  const { edges } = graph.to(resource, ['server_id'], 'hcloud_server');
  const [edge] = edges;
  const certain = edges.length === 1 && edge?.certainty === 'certain' ? edge.resource.attr('location') : undefined;
  const attr = certain ?? resource.attr('server_id');
  const location = certain?.text === undefined ? undefined : locationOf(certain.text);
  return [{ resource, attr, holds: 'disk', by: 'location', location }];
}
