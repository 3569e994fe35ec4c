import type { Backend, Graph, Place, Reason, Resource } from '@lukko/terraform-model';

/**
 * Where in the organisation's configuration the deciding values came from: the origins of every attribute that is among the
 * reasons. One that names a text applies only when that text stands in the reason or the message.
 */
export function originsOf(graph: Graph, because: readonly Reason[], message: string): readonly Place[] {
  const found = new Map<string, Place>();
  for (const reason of because) {
    const element = elementAt(graph, reason.at) ?? backendAt(graph, reason.at);
    if (element === undefined || element.origins.length === 0) continue;
    const said = `${reason.at}\n${reason.saw}\n${message}`;
    for (const origin of element.origins) {
      if (!isBelow(reason.at, `${element.id}.${origin.attribute}`)) continue;
      if (origin.value !== undefined && !said.includes(origin.value)) continue;
      found.set(`${origin.place.file}:${origin.place.line ?? 0}`, origin.place);
    }
  }
  return [...found.values()];
}

/** The resource that `logs/hcloud_volume.data.location` or `…user_data:/etc/fstab` lies in: the longest id that is a prefix. */
export function elementAt(graph: Graph, at: string): Resource | undefined {
  for (let end = at.length; end > 0; end--) {
    if (end < at.length && !'.:['.includes(at[end] as string)) continue;
    const resource = graph.byId(at.slice(0, end));
    if (resource !== undefined) return resource;
  }
  return undefined;
}

function backendAt(graph: Graph, at: string): Backend | undefined {
  return graph.roots.map(({ backend }) => backend).find(({ id }) => isBelow(at, id));
}

function isBelow(at: string, attribute: string): boolean {
  return at === attribute || (at.startsWith(attribute) && '.:['.includes(at[attribute.length] as string));
}
