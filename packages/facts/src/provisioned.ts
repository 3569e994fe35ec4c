import type { Graph, Provisioner, Reason, Resource } from '@lukko/terraform-model';
import { commandOf, REBUILDS } from './payload/source.ts';

/** Arguments of provisioners that hold what is run, or where (developer.hashicorp.com/terraform/language/provisioners). */
const TOLD = [
  'command',
  'environment',
  'interpreter',
  'inline',
  'script',
  'scripts',
  'content',
  'source',
  'destination',
];
/** Attributes by which the resource a provisioner stands in says whom it is for. */
const FOR = ['triggers', 'triggers_replace', 'input', 'server_id', 'volume_id'];

type ByServer = ReadonlyMap<string, Reason>;
const found = new WeakMap<Graph, { readonly byTarget: ByServer; readonly anywhere: Reason | undefined }>();

/**
 * A provisioner that may set a server up in another way than its payload says: its own, one elsewhere that names it, or one that connects to a
 * host which is not told. Those that run when something is destroyed, and the rebuild by Lukko itself, are none.
 */
export function provisionedBy(server: Resource, graph: Graph): Reason | undefined {
  const known = found.get(graph) ?? collect(graph);
  found.set(graph, known);
  return known.byTarget.get(server.id) ?? known.anywhere;
}

function collect({ resources }: Graph): { readonly byTarget: ByServer; readonly anywhere: Reason | undefined } {
  const byTarget = new Map<string, Reason>();
  let anywhere: Reason | undefined;
  for (const owner of resources) {
    if (owner.mode !== 'managed' || owner.change === 'delete') continue;
    for (const provisioner of owner.provisioners ?? []) {
      if (!setsUp(provisioner)) continue;
      const reason: Reason = {
        at: provisioner.id,
        saw: 'a provisioner, which may set up otherwise',
        causes: ['outside'],
      };
      if (owner.type === 'hcloud_server') {
        byTarget.set(owner.id, reason);
        continue;
      }
      const targets = targetsOf(owner, provisioner);
      for (const target of targets) if (!byTarget.has(target)) byTarget.set(target, reason);
      if (targets.length === 0 && provisioner.type !== 'local-exec') anywhere ??= reason;
    }
  }
  return { byTarget, anywhere };
}

function setsUp(provisioner: Provisioner): boolean {
  return provisioner.when === 'create' && !(provisioner.type === 'local-exec' && REBUILDS.test(commandOf(provisioner)));
}

function targetsOf(owner: Resource, provisioner: Provisioner): readonly string[] {
  const attrs = [...TOLD.map((name) => provisioner.attr(name)), ...FOR.map((name) => owner.attr(name))];
  const targets = attrs.flatMap(({ references }) => references.flatMap(({ target }) => target ?? []));
  return [...new Set(targets)];
}
