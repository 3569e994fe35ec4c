import type { Graph, Provisioner, Root } from '@lukko/terraform-model';
import type { CodeRun } from './types.ts';

/**
 * Code terraform itself runs: provisioners at apply (those of `removed` blocks too), `external` and `http` as data sources (also
 * inside `check` blocks) or ephemeral resources at plan, actions, and programs that a provider starts for its credentials, or OpenTofu
 * for the key of a state.
 */
export function codeRunsOf(graph: Graph): CodeRun[] {
  return [
    ...graph.resources.flatMap((resource): CodeRun[] => {
      const { id: owner, root, place, type, mode } = resource;
      const provisioners = (resource.provisioners ?? []).map((each) => provisionerRun(owner, root, each));
      if (mode === 'managed' || (type !== 'external' && type !== 'http')) return provisioners;
      const command = type === 'external' ? resource.attr('program') : undefined;
      return [...provisioners, { owner, root, at: owner, place, kind: type, command }];
    }),
    ...graph.roots.flatMap((root): CodeRun[] => [
      ...root.removed.flatMap(({ id, provisioners }) => provisioners.map((each) => provisionerRun(id, root, each))),
      ...root.actions.map(
        ({ id, place }): CodeRun => ({
          owner: id,
          root,
          at: id,
          place,
          kind: 'action',
          command: undefined,
        }),
      ),
      ...keyPrograms(root),
      ...root.providers.flatMap((provider): CodeRun[] => {
        const exec = provider.attr('exec');
        if (exec.value.state === 'unset' || exec.items().length === 0) return [];
        const { id, place } = provider;
        return [{ owner: id, root, at: exec.at, place, kind: 'exec', command: exec.items()[0]?.attr('command') }];
      }),
    ]),
  ];
}

/** Key providers and methods of type `external` (https://opentofu.org/docs/language/state/encryption/). */
function keyPrograms(root: Root): CodeRun[] {
  const { keyProviders = [], methods = [] } = root.encryption ?? {};
  return [...keyProviders, ...methods]
    .filter(({ type }) => type.startsWith('external'))
    .map((each): CodeRun => {
      const { id, place } = each;
      const command = each.attr(each.kind === 'key-provider' ? 'command' : 'encrypt_command');
      return { owner: id, root, at: id, place, kind: 'state key', command };
    });
}

function provisionerRun(owner: string, root: Root, provisioner: Provisioner): CodeRun {
  const { id: at, place, type: kind } = provisioner;
  const command = kind === 'local-exec' ? provisioner.attr('command') : undefined;
  return { owner, root, at, place, kind, command, provisioner };
}
