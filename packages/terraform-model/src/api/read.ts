import type { Graph } from '../graph.ts';
import { resourceOf, type Seen, types } from './resources.ts';

/** What the API listed for one project, by the last part of each path (`servers`, `volumes`). A kind that is absent was not looked at. */
export interface ApiProject {
  readonly name: string;
  readonly lists: ReadonlyMap<string, readonly unknown[]>;
}

const provider = 'registry.terraform.io/hetznercloud/hcloud';

/**
 * The API's answers as the plan they would be: every resource as it is, without a change. So the reader of plans makes the same
 * graph of them, and the same rules judge it. What the API never tells (`user_data`, SSH keys of a server) is unknown.
 * @returns what `readPlan` takes as its bytes
 */
export function apiAsPlan(projects: readonly ApiProject[]): Uint8Array {
  const changes = projects.flatMap(({ name, lists }) => {
    const known = new Map<string, Seen>();
    const used = new Set<string>();
    for (const type of types)
      for (const entry of lists.get(type.path) ?? []) {
        const seen = type.see(entry, unique(entry, projects.length > 1 ? name : undefined, type.type, used));
        known.set(`${type.type} ${seen.id}`, seen);
      }
    return [...known.values()].map((seen) => {
      const { values, unknown } = resourceOf(seen, lists);
      return {
        address: `${seen.type}.${seen.name}`,
        mode: 'managed',
        type: seen.type,
        name: seen.name,
        provider_name: provider,
        change: { actions: ['no-op'], before: values, after: values, after_unknown: unknown },
      };
    });
  });
  return new TextEncoder().encode(
    JSON.stringify({ format_version: '1.2', terraform_version: '1.0.0', resource_changes: changes, configuration: {} }),
  );
}

/** A graph made of the API's answers says that it is live: it is due at no later gate, and there is nothing to apply. */
export function asLive(graph: Graph): Graph {
  for (const root of graph.roots) Object.defineProperty(root, 'kind', { value: 'live', enumerable: true });
  return graph;
}

/** A name Terraform takes, made of the resource's own; two that look the same then are told apart by their ids. */
function unique(entry: unknown, project: string | undefined, type: string, used: Set<string>): string {
  const { name, id } = Object(entry) as { name?: unknown; id?: unknown };
  const plain = `${project === undefined ? '' : `${project}_`}${typeof name === 'string' && name !== '' ? name : `id_${id}`}`;
  const safe = plain.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^(?=[^A-Za-z_])/, '_');
  const chosen = used.has(`${type}.${safe}`) ? `${safe}_${id}` : safe;
  used.add(`${type}.${chosen}`);
  return chosen;
}
