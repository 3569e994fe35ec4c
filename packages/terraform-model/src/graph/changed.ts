import type { Attr } from '../attr.ts';
import type { Graph, Lifecycle, Resource } from '../graph.ts';
import type { Path, Value } from '../value.ts';
import { buildGraph } from './build.ts';
import { attrOf } from './resource.ts';

/** What is otherwise in a copy of a graph. */
export interface GraphChanges {
  /** Values by resource id and name of the top-level attribute. */
  readonly values?: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  /** Ids of resources that are not there. */
  readonly removed?: ReadonlySet<string>;
  readonly lifecycles?: ReadonlyMap<string, Lifecycle>;
}

/**
 * A copy of a graph in which some attributes, lifecycles or resources are otherwise: what `lukko prove` shows to the rules.
 * References to a resource that was removed point outside the graph. The graph itself is left as it is.
 */
export function changedGraph(graph: Graph, { values, removed, lifecycles }: GraphChanges): Graph {
  const resources = graph.resources
    .filter(({ id }) => !removed?.has(id))
    .map((resource) => changed(resource, values?.get(resource.id), lifecycles?.get(resource.id)));
  const roots = graph.roots.map((root) => ({ ...root, resources: root.resources.filter((id) => !removed?.has(id)) }));
  return buildGraph(roots, resources, { closed: graph.closed, closedBecause: graph.closedBecause });
}

function changed(
  resource: Resource,
  values: ReadonlyMap<string, Value> | undefined,
  lifecycle: Lifecycle | undefined,
): Resource {
  if (values === undefined && lifecycle === undefined) return resource;
  const value = (name: string) => values?.get(name) ?? resource.attr(name).value;
  const names = () => {
    const all = resource.attr().value;
    return [...new Set([...(all.state === 'map' ? all.entries.keys() : []), ...(values?.keys() ?? [])])];
  };
  const attr = (...path: Path): Attr => attrOf(resource.id, path, names, value);
  // Everything else is asked of the original, which looks it up only then.
  return new Proxy(resource, {
    get: (target, key) => {
      if (key === 'attr') return attr;
      if (key === 'lifecycle' && lifecycle !== undefined) return lifecycle;
      return Reflect.get(target, key, target);
    },
  });
}
