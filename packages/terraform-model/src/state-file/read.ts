import type { Opened } from '../configuration/read.ts';
import type { RootInput } from '../configuration/root.ts';
import type { World } from '../configuration/world.ts';
import { InputError } from '../input-error.ts';
import { type Span, Splitter } from '../json/split.ts';
import type { ResourceChange } from '../plan/format.ts';
import { openShown } from '../plan/open-shown.ts';
import { stateResources } from '../plan/prior-state.ts';
import { rawResources } from './raw.ts';

export interface StateInput {
  /** A state file (`*.tfstate`, version 4), or what `terraform show -json` printed for one. */
  readonly bytes: Uint8Array;
  readonly file: string;
  /** The configuration it was made from. */
  readonly source?: Omit<RootInput, 'kind' | 'variables'> | undefined;
}

/**
 * A state: every resource as it is, without change. Of a payload it keeps only a hash, and of the configuration nothing.
 * @throws InputError for what is no state, or one of a version that is not known.
 */
export function openState({ bytes, file, source }: StateInput, world: World, prefix: string): Opened {
  const splitter = new Splitter(bytes, file);
  const sections = splitter.sections();
  const small = (key: string): unknown => {
    const span = sections.get(key);
    return span === undefined ? undefined : splitter.parse(span);
  };
  const shown = {
    kind: 'state' as const,
    file,
    changes: [...resourcesOf(splitter, sections, small)],
    values: new Map<string, unknown>(),
    recorded: undefined,
    source,
    siblings: [],
    version: small('terraform_version'),
    closure: { closed: true, closedBecause: `the state ${file} lists every resource there is` },
  };
  return openShown(shown, world, prefix);
}

function resourcesOf(
  splitter: Splitter,
  sections: ReadonlyMap<string, Span>,
  small: (key: string) => unknown,
): Iterable<ResourceChange> {
  const printed = small('format_version');
  if (typeof printed === 'string') {
    if (!/^[01]\.\d+$/.test(printed)) {
      const fault = `state format ${JSON.stringify(printed)} is not known (known: 0.1 to 1.x)`;
      throw new InputError(splitter.file, 1, fault, 'check with a newer release of lukko');
    }
    return stateResources(splitter, sections.get('values'), 'all');
  }
  const version = small('version');
  if (version !== 4) {
    const fault = `a state of version ${JSON.stringify(version)}; version 4 is read`;
    throw new InputError(splitter.file, 1, fault, 'print it with: terraform show -json > state.json');
  }
  return rawResources(splitter, sections.get('resources'));
}
