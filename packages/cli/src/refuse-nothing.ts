import { printable } from '@lukko/policy-engine';
import type { Graph } from '@lukko/terraform-model';
import { InputError } from './errors.ts';
import { looked } from './find.ts';

/** Nothing looked at is no pass. @throws InputError for an input that declares nothing rules could be asked about. */
export function refuseNothing({ resources, roots }: Graph, file: string): void {
  for (const { kind, place, resources: own } of roots) {
    if (own.length > 0 || (kind !== 'plan' && kind !== 'state')) continue;
    const expected =
      kind === 'plan'
        ? 'plan the whole configuration, without -target or -refresh-only'
        : 'name the state of what was applied';
    throw new InputError(`${place.file}: the ${kind} lists no resource, so there is nothing to judge; ${expected}`);
  }
  if (resources.length > 0) return;
  const [module] = roots.flatMap((root) => root.modules).filter(({ loaded }) => !loaded);
  if (module !== undefined) {
    const where = printable(`${module.id} (${module.source === '' ? 'no source' : module.source})`);
    throw new InputError(
      `${file}: everything lies in modules that are not part of the input, such as ${where}, so there is nothing to judge; run terraform init, which brings them here, or check a plan`,
    );
  }
  const declared = roots.some(
    ({ backend, providers, modules, requiredProviders }) =>
      backend.written || providers.length > 0 || modules.length > 0 || requiredProviders.length > 0,
  );
  if (declared) return;
  throw new InputError(
    `${file}: holds no resource, provider, module or backend, so there is nothing to judge; name ${looked}`,
  );
}
