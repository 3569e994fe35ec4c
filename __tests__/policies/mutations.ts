/** Ways to make Terraform JSON say less: what the monotonicity test does to examples. Every function gives a changed copy. */
export type Leaf = readonly (string | number)[];

/** Blocks in which Terraform itself allows no expression, and metadata. */
const literalOnly = new Set(['lifecycle', '//', 'depends_on', 'provider', 'when', 'on_failure']);

/** Every scalar of the resources and data sources of a root. */
export function leaves(terraform: object): readonly Leaf[] {
  const found: Leaf[] = [];
  for (const block of ['resource', 'data']) collect((terraform as Record<string, unknown>)[block], [block], found);
  return found;
}

function collect(value: unknown, at: Leaf, found: Leaf[]): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null) {
    found.push(at);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (!literalOnly.has(key)) collect(item, [...at, Array.isArray(value) ? Number(key) : key], found);
  }
}

/** Values become variables without a value. */
export function hidden(terraform: object, at: readonly Leaf[]): object {
  const copy = withVariables(
    terraform,
    at.map((_, index) => `hidden_${index}`),
  );
  for (const [index, leaf] of at.entries()) set(copy, leaf, `\${var.hidden_${index}}`);
  return copy;
}

/** Scalars that are one reference and nothing else. */
export function references(terraform: object): readonly Leaf[] {
  return leaves(terraform).filter((leaf) => /^\$\{[a-z_]+\.[a-z0-9_.]+\}$/.test(String(get(terraform, leaf))));
}

/** A certain reference becomes one of two. */
export function possible(terraform: object, leaf: Leaf): object {
  const copy = withVariables(terraform, ['hidden_choice']);
  const expression = String(get(terraform, leaf)).slice(2, -1);
  set(copy, leaf, `\${var.hidden_choice ? ${expression} : "4711"}`);
  return copy;
}

/** Resources that others refer to: `['resource', 'hcloud_volume', 'data']`. */
export function referencedBlocks(terraform: object): readonly Leaf[] {
  const text = JSON.stringify(terraform);
  const resources = (terraform as { resource?: Record<string, Record<string, unknown>> }).resource ?? {};
  return Object.entries(resources).flatMap(([type, blocks]) =>
    Object.keys(blocks)
      .filter((name) => text.includes(`${type}.${name}.`))
      .map((name) => ['resource', type, name]),
  );
}

export function without(terraform: object, block: Leaf): object {
  const copy = structuredClone(terraform);
  const parent = get(copy, block.slice(0, -1)) as Record<string, unknown>;
  delete parent[String(block[block.length - 1])];
  return copy;
}

function withVariables(terraform: object, names: readonly string[]): object {
  const copy = structuredClone(terraform) as { variable?: Record<string, object> };
  copy.variable = { ...copy.variable, ...Object.fromEntries(names.map((name) => [name, {}])) };
  return copy;
}

function get(value: unknown, at: Leaf): unknown {
  return at.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}

function set(value: object, at: Leaf, to: unknown): void {
  const parent = get(value, at.slice(0, -1)) as Record<string, unknown>;
  parent[String(at[at.length - 1])] = to;
}
