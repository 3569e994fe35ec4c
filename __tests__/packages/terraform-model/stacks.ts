import { type Graph, type Resource, readSynth } from '@lukko/terraform-model';

/** A graph of one closed root in JSON syntax, read by the real reader. */
export function one(terraform: object, more: { variables?: Record<string, unknown> } = {}): Graph {
  const files = [{ file: 'main.tf.json', text: JSON.stringify(terraform, null, 2) }];
  return readSynth({ roots: [{ files, ...more }], complete: true });
}

/** Several stacks, with the metadata cdktf writes; each keeps its state where ours do. */
export function stacks(documents: Readonly<Record<string, Record<string, unknown>>>, complete = true): Graph {
  const roots = Object.entries(documents).map(([stackName, document]) => {
    const terraform = { backend: { local: { path: `../../../state/test/${stackName}.tfstate` } } };
    const text = JSON.stringify({ '//': { metadata: { stackName } }, terraform, ...document }, null, 2);
    return { files: [{ file: `cdktf.out/stacks/${stackName}/cdk.tf.json`, text }] };
  });
  return readSynth({ roots, complete });
}

export function resource(graph: Graph, id: string): Resource {
  const found = graph.byId(id);
  if (found === undefined) throw new Error(`${id} is not among ${graph.resources.map((one) => one.id).join(', ')}`);
  return found;
}
