import type { Facts, HostUse } from '@lukko/facts';
import type { Attr, Change, Graph, Origin, Path, Place, Resource, Root, Value } from '@lukko/terraform-model';

/** A graph small enough to reason about by hand: the readers have tests of their own. */
export interface Fruit {
  readonly id: string;
  readonly change?: Change;
  readonly mode?: 'managed' | 'data';
  readonly values?: Readonly<Record<string, Value>>;
  readonly place?: Place;
  readonly origins?: readonly Origin[];
}

export const known = (value: string | number | boolean): Value => ({ state: 'known', value });
export const computed: Value = { state: 'unknown', causes: ['computed'], expression: '', references: [] };
export const variable = (name: string): Value => ({
  state: 'unknown',
  causes: ['variable'],
  expression: `var.${name}`,
  references: [],
});

export function factsOf(fruits: readonly Fruit[], hosts: readonly HostUse[] = [], kind: Root['kind'] = 'synth'): Facts {
  const root = {
    stack: 'orchard',
    kind,
    place: { file: 'cdk.tf.json' },
    backend: { id: 'orchard/backend.local', origins: [] },
    providers: [],
    modules: [],
  } as unknown as Root;
  const resources = fruits.map((fruit) => resourceOf(fruit, root));
  const graph: Graph = {
    roots: [root],
    resources,
    closed: true,
    closedBecause: 'all stacks are given',
    all: (type) => resources.filter((resource) => resource.type === type) as never,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    byId: (id) => resources.find((resource) => resource.id === id),
    to: () => ({ edges: [], complete: true, why: [] }),
    from: () => ({ edges: [], complete: true, why: [] }),
  };
  return {
    graph,
    placements: [],
    servers: [],
    volumes: [],
    hosts,
    images: [],
    secrets: [],
    codeRuns: [],
  } as unknown as Facts;
}

function resourceOf(fruit: Fruit, root: Root): Resource {
  const address = fruit.id.slice(fruit.id.indexOf('/') + 1);
  const [type = '', name = ''] = address.split('.');
  const attr = (...path: Path): Attr => {
    const value = fruit.values?.[String(path[0])] ?? { state: 'unset' };
    const text = value.state === 'known' ? String(value.value) : undefined;
    return {
      at: `${fruit.id}.${path.join('.')}`,
      owner: fruit.id,
      path,
      value,
      references: [],
      attr,
      items: () => [],
      text,
    };
  };
  return {
    kind: 'resource',
    id: fruit.id,
    root,
    place: fruit.place ?? { file: 'stacks/orchard.ts', line: 7 },
    attr,
    mode: fruit.mode ?? 'managed',
    type,
    name,
    address,
    index: undefined,
    expanded: true,
    provider: 'registry.terraform.io/hetznercloud/hcloud',
    change: fruit.change ?? 'declared',
    before: undefined,
    lifecycle: undefined,
    provisioners: undefined,
    dependsOn: [],
    references: [],
    constructPath: undefined,
    origins: fruit.origins ?? [],
  };
}
