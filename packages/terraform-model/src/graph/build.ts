import type { Copies, Edge, Edges, Graph, Resource, Root } from '../graph.ts';
import type { Cause, Path } from '../value.ts';
import { pathText } from '../values.ts';
import type { ResourceType } from '../zz_resource_types.ts';
import { edgesOf, type Targets } from './edges.ts';

export interface Closure {
  readonly closed: boolean;
  readonly closedBecause: string;
}

/** The graph over resources of any input. Indexes are made when first asked for, once per question. */
export function buildGraph(
  roots: readonly Root[],
  resources: readonly Resource[],
  closure: Closure,
  copies: readonly Copies[] = [],
): Graph {
  return new IndexedGraph(roots, resources, closure, copies);
}

/** Who points along one attribute of one type, by the id of the resource pointed at. */
interface Incoming {
  readonly byTarget: ReadonlyMap<string, readonly Edge<Resource>[]>;
  /** Why some of them may point anywhere. */
  readonly why: readonly Cause[];
  readonly strayLiteral: boolean;
}

class IndexedGraph implements Graph, Targets {
  readonly roots: readonly Root[];
  readonly resources: readonly Resource[];
  readonly closed: boolean;
  readonly closedBecause: string;
  readonly copies: readonly Copies[];
  readonly #byId: ReadonlyMap<string, Resource>;
  readonly #byType = new Map<string, Resource[]>();
  readonly #incoming = new Map<string, Incoming>();
  readonly #providerIds = new Map<string, ReadonlyMap<string, Resource>>();

  constructor(
    roots: readonly Root[],
    resources: readonly Resource[],
    { closed, closedBecause }: Closure,
    copies: readonly Copies[],
  ) {
    this.roots = roots;
    this.copies = copies;
    this.resources = resources;
    this.closed = closed;
    this.closedBecause = closedBecause;
    this.#byId = new Map(resources.map((resource) => [resource.id, resource]));
    for (const resource of resources) {
      const same = this.#byType.get(resource.type);
      if (same === undefined) this.#byType.set(resource.type, [resource]);
      else same.push(resource);
    }
  }

  all<K extends ResourceType>(type: K): readonly Resource<K>[] {
    return this.ofType(type) as readonly Resource<K>[];
  }

  ofType(type: string): readonly Resource[] {
    return this.#byType.get(type) ?? [];
  }

  byId(id: string): Resource | undefined {
    return this.#byId.get(id);
  }

  byProviderId(type: string, id: string): Resource | undefined {
    let known = this.#providerIds.get(type);
    if (known === undefined) {
      const ids = new Map<string, Resource>();
      for (const resource of this.ofType(type)) {
        const { text } = resource.attr('id');
        if (text !== undefined && resource.mode === 'managed') ids.set(text, resource);
      }
      known = ids;
      this.#providerIds.set(type, known);
    }
    return known.get(id);
  }

  to(from: Resource, path: Path, type: string): Edges<Resource> {
    const { edges, complete, why } = edgesOf(from.attr(...path), type, this);
    return { edges, complete, why };
  }

  from(type: string, path: Path, to: Resource): Edges<Resource> {
    const { byTarget, why, strayLiteral } = this.#index(type, path, to.type);
    const causes = new Set<Cause>(why);
    // A literal id that nobody knows may be this one's as long as its own id is not known.
    if (!this.closed || (strayLiteral && to.attr('id').text === undefined)) causes.add('outside');
    return { edges: byTarget.get(to.id) ?? [], complete: causes.size === 0, why: [...causes].sort() };
  }

  #index(type: string, path: Path, target: string): Incoming {
    const key = `${type}\n${pathText(path)}\n${target}`;
    const found = this.#incoming.get(key);
    if (found !== undefined) return found;
    const byTarget = new Map<string, Edge<Resource>[]>();
    const why = new Set<Cause>();
    let strayLiteral = false;
    for (const resource of this.ofType(type)) {
      if (resource.mode !== 'managed' || resource.change === 'delete') continue;
      const { edges, open, strayLiteral: stray } = edgesOf(resource.attr(...path), target, this);
      for (const cause of open) why.add(cause);
      strayLiteral ||= stray;
      for (const edge of edges) {
        const incoming = { ...edge, resource };
        const same = byTarget.get(edge.resource.id);
        if (same === undefined) byTarget.set(edge.resource.id, [incoming]);
        else same.push(incoming);
      }
    }
    const made = { byTarget, why: [...why], strayLiteral };
    this.#incoming.set(key, made);
    return made;
  }
}
