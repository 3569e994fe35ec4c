import type { PolicyContext } from '@lukko/policy-engine';
import type { Graph, Resource } from '@lukko/terraform-model';

type EnvironmentClass = PolicyContext['environmentClass'];
const classes: readonly string[] = ['production', 'staging', 'disposable'];
/** What keeps data, and so what a class of *disposable* would leave unguarded. */
const keeping: readonly string[] = ['hcloud_server', 'hcloud_volume'];

/**
 * Class of the environment: as every root says of itself, else by the label `lukko-class` when every server and volume carries
 * it. It is only told when nothing contradicts it, before the change or after: a plan cannot call a production volume
 * disposable and delete it.
 */
export function environmentClassOf(graph: Graph): EnvironmentClass {
  const stated = graph.roots.map((root) => root.environment?.class);
  const keepers = graph.resources.filter(({ mode, type }) => mode === 'managed' && keeping.includes(type));
  const found = new Set(
    stated.includes(undefined)
      ? keepers.flatMap((resource) => [...labelBefore(resource), ...labelAfter(resource)])
      : [...stated, ...keepers.flatMap(labelBefore).filter((label) => label !== undefined)],
  );
  const [only] = found;
  return found.size === 1 && only !== undefined && classes.includes(only) ? (only as EnvironmentClass) : undefined;
}

function labelBefore({ before }: Resource): readonly (string | undefined)[] {
  return before === undefined ? [] : [before('labels', 'lukko-class').text];
}

function labelAfter(resource: Resource): readonly (string | undefined)[] {
  return resource.change === 'delete' ? [] : [resource.attr('labels', 'lukko-class').text];
}
