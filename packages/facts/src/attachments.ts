import type { Attr, Graph, Resource } from '@lukko/terraform-model';

/** A volume and a server that are, or may be, joined. */
export interface Joined {
  readonly volume: Resource;
  readonly server: Resource;
  readonly certainty: 'certain' | 'possible';
  readonly via: Attr;
}

export interface Attachments {
  readonly joined: readonly Joined[];
  /** The same by the id of one end: a plan may hold tens of thousands. */
  readonly byServer: ReadonlyMap<string, readonly Joined[]>;
  readonly byVolume: ReadonlyMap<string, readonly Joined[]>;
  /** Attachments one end of which this input does not tell; the other end, where it does. */
  readonly loose: readonly Loose[];
}

export interface Loose {
  readonly attr: Attr;
  readonly volume: Resource | undefined;
  readonly server: Resource | undefined;
}

/**
 * Which volumes hang on which servers: `hcloud_volume.server_id` and `hcloud_volume_attachment` (registry documentation of both).
 * Certain only when both ends are determined, every resource involved certainly exists, and terraform does not ignore the attribute.
 */
export function attachmentsOf(graph: Graph): Attachments {
  const joined: Joined[] = [];
  const loose: Loose[] = [];
  for (const volume of live(graph, 'hcloud_volume')) {
    const { edges, complete } = graph.to(volume, ['server_id'], 'hcloud_server');
    const sure = volume.expanded && !ignores(volume, 'server_id');
    for (const edge of edges) joined.push(join(volume, edge.resource, sure && edge.certainty === 'certain', edge.via));
    if (edges.length === 0 && !complete && written(volume.attr('server_id')))
      loose.push({ attr: volume.attr('server_id'), volume, server: undefined });
  }
  for (const attachment of live(graph, 'hcloud_volume_attachment')) {
    const volumes = graph.to(attachment, ['volume_id'], 'hcloud_volume').edges;
    const servers = graph.to(attachment, ['server_id'], 'hcloud_server').edges;
    const sure = attachment.expanded && !ignores(attachment, 'server_id') && !ignores(attachment, 'volume_id');
    const ends = { volume: volumes[0]?.resource, server: servers[0]?.resource };
    if (volumes.length === 0) loose.push({ attr: attachment.attr('volume_id'), ...ends });
    else if (servers.length === 0) loose.push({ attr: attachment.attr('server_id'), ...ends });
    for (const volume of volumes) {
      for (const server of servers) {
        const certain =
          sure &&
          volumes.length === 1 &&
          servers.length === 1 &&
          volume.certainty === 'certain' &&
          server.certainty === 'certain';
        joined.push(join(volume.resource, server.resource, certain, server.via));
      }
    }
  }
  return {
    joined,
    byServer: indexed(joined, ({ server }) => server.id),
    byVolume: indexed(joined, ({ volume }) => volume.id),
    loose,
  };
}

function join(volume: Resource, server: Resource, certain: boolean, via: Attr): Joined {
  return { volume, server, certainty: certain && volume.expanded && server.expanded ? 'certain' : 'possible', via };
}

const written = (attr: Attr): boolean =>
  attr.value.state !== 'unset' && !(attr.value.state === 'known' && attr.value.value === null);

/** Volumes made elsewhere (data sources) that this configuration attaches. */
export function attachedElsewhere(graph: Graph, { byVolume }: Attachments): readonly Resource[] {
  return graph.ofType('hcloud_volume').filter((volume) => volume.mode === 'data' && byVolume.has(volume.id));
}

export function live(graph: Graph, type: string): readonly Resource[] {
  return graph.ofType(type).filter((resource) => resource.mode === 'managed' && resource.change !== 'delete');
}

export function ignores(resource: Resource, attribute: string): boolean {
  const ignored = resource.lifecycle?.ignoreChanges;
  return ignored === 'all' || ignored?.includes(attribute) === true;
}

function indexed(joined: readonly Joined[], key: (one: Joined) => string): ReadonlyMap<string, readonly Joined[]> {
  const index = new Map<string, Joined[]>();
  for (const one of joined) {
    const same = index.get(key(one));
    if (same === undefined) index.set(key(one), [one]);
    else same.push(one);
  }
  return index;
}
