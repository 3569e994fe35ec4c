import type { Opened } from '../configuration/read.ts';
import type { RootInput } from '../configuration/root.ts';
import type { World } from '../configuration/world.ts';
import type { Closure } from '../graph/build.ts';
import { InputError } from '../input-error.ts';
import { type Span, Splitter } from '../json/split.ts';
import { shownByPlanFile } from '../plan-file/open.ts';
import { isPlanFile } from '../plan-file/read.ts';
import { recordedModules } from './configuration.ts';
import { CopyFinder } from './copies.ts';
import { changesIn, changesOnce } from './elements.ts';
import { entriesOf, own, type ResourceChange } from './format.ts';
import { openShown } from './open-shown.ts';
import { member, stateResources } from './prior-state.ts';
import { configurationOf } from './shape.ts';

export interface PlanInput {
  /** What `terraform show -json <plan file>` printed, or the binary plan file itself. */
  readonly bytes: Uint8Array;
  /** Its path, for messages and places. */
  readonly file: string;
  /** The configuration the plan was made from: `tfconfig/` of the binary plan file, or what the user names. */
  readonly source?: Omit<RootInput, 'kind' | 'variables'> | undefined;
  /** Configurations of the roots whose states it reads, by paths relative to those of `source`: they become part of the graph. */
  readonly siblings?: readonly RootInput[] | undefined;
  /** `once`: of instances of a module that are alike a few are read; the graph says how many there are. Only without `source`. */
  readonly copies?: 'each' | 'once' | undefined;
}

const showPlan = 'give the output of: terraform show -json <plan file>';

/**
 * A plan in JSON or as the binary file, joined with its configuration where that is at hand. Sections that are not needed are skipped, and
 * `resource_changes` is parsed one element at a time.
 * @param prefix stands before the ids of its resources unless its configuration names the stack
 * @throws InputError for what is no plan, or one of a format that is not known.
 */
export function openPlan(input: PlanInput, world: World, prefix: string): Opened {
  if (isPlanFile(input.bytes)) return openShown(shownByPlanFile(input), world, prefix);
  const { bytes, file, source, siblings = [] } = input;
  const splitter = new Splitter(bytes, file);
  const sections = sectionsOf(splitter);
  refuseOtherFormats(splitter, sections);
  const small = (key: string): unknown => {
    const span = sections.get(key);
    return span === undefined ? undefined : splitter.parse(span);
  };
  if (small('errored') === true) {
    const fault = 'terraform ended this plan with an error: it is not whole, and cannot be applied';
    throw new InputError(file, undefined, fault, 'mend what terraform reported, then plan again');
  }
  const configuration = source === undefined ? configurationOf(small('configuration') ?? {}, file) : undefined;
  const state = member(splitter, sections.get('prior_state'), 'values');
  const reads = [...stateResources(splitter, state, 'data')];
  const span = changesSpan(splitter, sections);
  const { changes, copies } =
    span === undefined
      ? { changes: [], copies: [] }
      : input.copies === 'once' && configuration !== undefined
        ? changesOnce(splitter, span, new CopyFinder(splitter, configuration, reads.map(moduleOf)))
        : { changes: [...changesIn(splitter, span)], copies: [] };
  const listed = new Set(changes.map(({ address }) => address));
  // What is read again at apply is listed as a change; its last values say nothing then.
  for (const read of reads) if (!listed.has(read.address)) changes.push(read);
  return openShown(
    {
      kind: 'plan',
      file,
      changes,
      values: variablesOf(small('variables')),
      recorded: configuration === undefined ? undefined : recordedModules(configuration, file),
      source,
      siblings,
      version: small('terraform_version'),
      closure: closureOf(file, small),
      copies,
    },
    world,
    prefix,
  );
}

function sectionsOf(splitter: Splitter): ReadonlyMap<string, Span> {
  return splitter.sections();
}

function refuseOtherFormats(splitter: Splitter, sections: ReadonlyMap<string, Span>): void {
  const { file } = splitter;
  const span = sections.get('format_version');
  const version = span === undefined ? undefined : splitter.parse(span);
  if (typeof version !== 'string') {
    throw new InputError(file, 1, 'no Terraform plan in JSON: it has no format_version', showPlan);
  }
  const major = /^(\d+)\.\d+$/.exec(version)?.[1];
  if (major === undefined || Number(major) > 1) {
    const fault = `plan format ${JSON.stringify(version)} is not known (known: 0.1 to 1.x)`;
    throw new InputError(file, 1, fault, 'check with a newer release of lukko');
  }
  if (!['planned_values', 'resource_changes', 'configuration', 'output_changes'].some((key) => sections.has(key))) {
    throw new InputError(file, 1, 'no Terraform plan: it has neither resource_changes nor planned_values', showPlan);
  }
}

function changesSpan(splitter: Splitter, sections: ReadonlyMap<string, Span>): Span | undefined {
  const span = sections.get('resource_changes');
  if (span === undefined) return undefined;
  return splitter.text({ start: span.start, end: Math.min(span.end, span.start + 4) }) === 'null' ? undefined : span;
}

const moduleOf = ({ module_address: module = '' }: ResourceChange): string => module;

/** Values of variables stand in a plan in clear text, those marked sensitive too: the marks are in the configuration. */
function variablesOf(section: unknown): ReadonlyMap<string, unknown> {
  return new Map(entriesOf(section).map(([name, variable]) => [name, own(variable, 'value') ?? null]));
}

function closureOf(file: string, small: (key: string) => unknown): Closure {
  if (small('complete') === false) {
    return { closed: false, closedBecause: 'the plan is not complete (it was made with -target, or defers changes)' };
  }
  return { closed: true, closedBecause: `the plan ${file} shows every resource of its state` };
}
