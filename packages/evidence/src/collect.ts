import type {
  EvidenceControl,
  EvidenceCounts,
  EvidenceExport,
  EvidenceTier,
  EvidenceVerdict,
  Finding,
  Report,
} from '@lukko/formats';
import type { Rule } from '@lukko/policy-engine';
import { annexA8, type Control } from './controls/index.ts';
import { stateOf } from './state.ts';
import { totalsOf } from './totals.ts';

/** A report made with `collect: true`, so that passes stand in it with their reasons. */
export interface TierReport {
  readonly tier: EvidenceTier;
  readonly report: Report;
  /** Per input file, when it was recorded by its own statement (a plan's time); absent where it states none. */
  readonly recorded?: ReadonlyMap<string, string>;
}

export interface Collection {
  /** `A.8` or one control such as `A.8.24`. */
  readonly selection: string;
  readonly reports: readonly TierReport[];
  readonly rules: readonly Pick<Rule, 'id' | 'title' | 'severity' | 'controls'>[];
  readonly environments: EvidenceExport['environments'];
  /** Instant in UTC: what ages are counted to. There is no clock in here. */
  readonly asOf: string;
}

/** What was asked for cannot be exported: an unknown control, no report, an input younger than `asOf`. The message says the next step. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
}

const standard = 'ISO/IEC 27001:2022 Annex A.8';
const reference = (id: string) => `ISO27001:2022/${id}`;

/**
 * Per control: which rules carry it, what they found in each tier, what that comes to and what it leaves out. Pure: the same
 * collection gives the same export. A control that nothing was shown for stays blank; a declaration never counts as observed.
 * @throws EvidenceError
 */
export function collectEvidence(collection: Collection): EvidenceExport {
  const { selection, reports, rules, environments, asOf } = collection;
  const controls = selected(selection);
  const [first] = reports;
  if (first === undefined)
    throw new EvidenceError('expected at least one report; name a cdktf.out, a configuration or a plan');
  for (const { recorded } of reports) checkAges(recorded, asOf);
  const carries = new Set(controls.map((control) => reference(control.id)));
  const verdicts = reports
    .flatMap(({ tier, report }) => report.findings.map((finding) => toVerdict(tier, finding)))
    .filter((verdict) => verdict.controls.some((control) => carries.has(control)));
  const relevant = new Set(
    rules.filter((rule) => rule.controls.some((control) => carries.has(control))).map((rule) => rule.id),
  );
  const rows = controls.map((control) => row(control, collection, verdicts));
  return {
    schemaVersion: 1,
    standard,
    selection,
    asOf,
    tool: first.report.tool,
    environments: [...environments],
    posture: first.report.posture,
    policy: first.report.policy,
    inputs: reports.flatMap(({ tier, report, recorded }) =>
      report.inputs.map((input) => ({ tier, ...input, ...optional('recorded', recorded?.get(input.file)) })),
    ),
    worlds: reports.map(({ tier, report }) => ({ tier, ...report.world })),
    totals: totalsOf(rows),
    controls: rows,
    verdicts,
    exceptions: reports.flatMap(({ tier, report }) =>
      report.exceptions
        .filter((exception) => relevant.has(exception.rule))
        .map((exception) => ({ tier, ...exception })),
    ),
  };
}

function selected(selection: string): readonly Control[] {
  if (selection === 'A.8') return annexA8;
  const control = annexA8.find(({ id }) => id === selection);
  if (control !== undefined) return [control];
  throw new EvidenceError(
    `expected A.8 or one of A.8.1 to A.8.${annexA8.length}, found ${JSON.stringify(selection)}; write for instance --control A.8.24`,
  );
}

function checkAges(recorded: ReadonlyMap<string, string> | undefined, asOf: string): void {
  for (const [file, at] of recorded ?? []) {
    if (Date.parse(at) > Date.parse(asOf))
      throw new EvidenceError(`${file}: expected it recorded before ${asOf}, found ${at}; give a later --as-of`);
  }
}

function row(
  control: Control,
  { reports, rules, asOf }: Collection,
  verdicts: readonly EvidenceVerdict[],
): EvidenceControl {
  const carrying = rules.filter((rule) => rule.controls.some((name) => name === reference(control.id)));
  const mine = verdicts.filter((verdict) => verdict.controls.includes(reference(control.id)));
  const tier = (name: EvidenceTier) =>
    tierOf(
      mine.filter((verdict) => verdict.tier === name),
      reports.filter((report) => report.tier === name),
      asOf,
    );
  const declared = tier('declared');
  const planned = tier('planned');
  return {
    id: control.id,
    summary: control.summary,
    class: control.class,
    ...stateOf(control, carrying.length, {
      declared: declared?.counts,
      planned: planned?.counts,
      allPlanned: allPlanned(mine),
    }),
    ...optional('declared', declared),
    ...optional('planned', planned),
    rules: carrying.map(({ id, title, severity }) => ({ id, title, severity })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    outside: control.outside,
  };
}

function allPlanned(verdicts: readonly EvidenceVerdict[]): boolean {
  const passing = (tier: EvidenceTier) =>
    verdicts.filter((one) => one.tier === tier && one.verdict === 'pass').map((one) => `${one.rule}\0${one.address}`);
  const planned = new Set(passing('planned'));
  return passing('declared').every((key) => planned.has(key));
}

const day = 24 * 60 * 60 * 1000;

function tierOf(
  verdicts: readonly EvidenceVerdict[],
  from: readonly TierReport[],
  asOf: string,
): EvidenceControl['declared'] {
  if (verdicts.length === 0) return undefined;
  const oldest = from.flatMap(({ recorded }) => [...(recorded?.values() ?? [])]).sort()[0];
  return {
    counts: countsOf(verdicts),
    subjects: new Set(verdicts.filter((one) => one.verdict !== 'not-applicable').map((one) => one.address)).size,
    ...optional('recorded', oldest),
    ageDays: oldest === undefined ? 0 : Math.floor((Date.parse(asOf) - Date.parse(oldest)) / day),
  };
}

function countsOf(verdicts: readonly EvidenceVerdict[]): EvidenceCounts {
  const counts = { pass: 0, fail: 0, unknown: 0, obligations: 0, waived: 0, notApplicable: 0 };
  for (const { verdict, waiver, obligation } of verdicts) {
    if (waiver !== undefined) counts.waived += 1;
    else if (verdict === 'not-applicable') counts.notApplicable += 1;
    else if (verdict === 'unknown' && obligation === true) counts.obligations += 1;
    else counts[verdict] += 1;
  }
  return counts;
}

/** All but the advice: how to repair is for engineers, not for the record. */
function toVerdict(tier: EvidenceTier, finding: Finding): EvidenceVerdict {
  const { fix: _fix, origins: _origins, ...kept } = finding;
  return { tier, ...kept };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
