import type {
  EvidenceControl,
  EvidenceCounts,
  EvidenceExport,
  EvidenceFinding,
  EvidenceProfile,
  EvidenceTier,
  EvidenceVerdict,
  Finding,
  JoinedObligation,
  Obligation,
  Reconciled,
  Report,
} from '@lukko/formats';
import type { Rule } from '@lukko/policy-engine';
import { type ClaimsInput, findingsOfClaim, heldOf } from './claims/held.ts';
import { annexA, annexA8, annexA8Evidence, type Control } from './controls/index.ts';
import { joinObligations } from './obligations.ts';
import { notReal, type Observed } from './observe/current.ts';
import { type ObservedRow, observedRows, shownObservations } from './observe/rows.ts';
import type { PayloadProof } from './payload-proof.ts';
import { reconcile, type TierResource } from './reconcile.ts';
import { stateOf } from './state.ts';
import type { Undeclared } from './tables/services.ts';
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
  /** Observations before it are left out of periods. */
  readonly since?: string;
  readonly profile?: EvidenceProfile;
  readonly observed?: Observed;
  readonly claims?: ClaimsInput;
  readonly obligations?: readonly Obligation[];
  readonly resources?: readonly TierResource[];
  readonly payloads?: readonly PayloadProof[];
  /** Operators who hold data, and of whom the register does not say as what. */
  readonly undeclared?: readonly Undeclared[];
  /** Digest of the last record of the store. */
  readonly storeHead?: string;
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
  const found = reports.map(({ tier, report }) => ({
    tier,
    findings: report.findings.filter((one) => one.controls.some((control) => carries.has(control))),
  }));
  const byRule = rulesOf(found, rules);
  const verdicts = found.flatMap(({ tier, findings }) => findings.map((finding) => toVerdict(tier, finding)));
  const byControl = byControlOf(verdicts, byRule);
  const relevant = new Set(
    rules.filter((rule) => rule.controls.some((control) => carries.has(control))).map((rule) => rule.id),
  );
  const seen = observedRows(collection.observed, asOf, collection.since);
  const reconciliation = reconcile(collection.resources ?? [], collection.observed);
  const obligations = joinObligations(collection.obligations ?? [], reconciliation, collection.observed, asOf);
  const overdue = obligations.filter(({ state }) => state === 'overdue');
  const rows = controls.map((control) =>
    row(control, collection, byControl.get(reference(control.id)) ?? [], seen(control.id), overdue),
  );
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
    profile: collection.profile ?? 'auditor',
    ...optional('organisation', organisationOf(collection.claims)),
    observations: observationsOf(collection),
    controls: rows,
    findings: findingsOf(collection, rows, reconciliation, overdue),
    observed: shownObservations(collection.observed),
    obligations,
    reconciliation,
    rules: [...byRule.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
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
  { reports, rules, asOf, claims }: Collection,
  mine: readonly EvidenceVerdict[],
  seen: ObservedRow,
  overdue: readonly JoinedObligation[],
): EvidenceControl {
  const carrying = rules.filter((rule) => rule.controls.some((name) => name === reference(control.id)));
  const tier = (name: EvidenceTier) =>
    tierOf(
      mine.filter((verdict) => verdict.tier === name),
      reports.filter((report) => report.tier === name),
      asOf,
    );
  const declared = tier('declared');
  const planned = tier('planned');
  const held = heldOf(control.id, claims, asOf.slice(0, 10));
  const late = overdue.filter(({ rule }) => carrying.some(({ id }) => id === rule)).length;
  return {
    id: control.id,
    summary: control.summary,
    class: control.class,
    ...stateOf(control, carrying.length, {
      declared: declared?.counts,
      planned: planned?.counts,
      allPlanned: allPlanned(mine),
      observed: seen.evidence,
      expired: seen.expired,
      overdueObligations: late,
      attested: held.attested.length > 0,
      inherited: held.inherited.length > 0,
    }),
    ...optional('declared', declared),
    ...optional('planned', planned),
    ...optional('observed', seen.evidence),
    notCounted: seen.notCounted,
    expired: seen.expired,
    carries: annexA8Evidence[control.id] ?? {},
    ...held,
    rules: carrying.map(({ id, title, severity }) => ({ id, title, severity })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    outside: control.outside,
  };
}

function organisationOf(input: ClaimsInput | undefined): EvidenceExport['organisation'] {
  if (input === undefined) return undefined;
  const { organisation, version, approved } = input.claims;
  return { ...organisation, claims: version, approved };
}

function observationsOf({ observed, storeHead }: Collection): EvidenceExport['observations'] {
  const number = (kind: string) => observed?.judged.filter(({ origin }) => origin.kind === kind).length ?? 0;
  return {
    kind: observed?.kind ?? 'none',
    real: number('real'),
    sandbox: number('sandbox'),
    failed: number('failed'),
    ...optional('storeHead', storeHead),
  };
}

/** What an auditor should ask about, for all 93 controls where the whole is exported, else for those selected. */
function findingsOf(
  { observed, claims, selection, asOf, payloads = [], undeclared = [] }: Collection,
  rows: readonly EvidenceControl[],
  reconciliation: readonly Reconciled[],
  overdue: readonly JoinedObligation[],
): EvidenceFinding[] {
  const byId = new Map(rows.map((one) => [one.id, one]));
  const asked = selection === 'A.8' ? annexA : annexA8.filter(({ id }) => byId.has(id));
  const today = asOf.slice(0, 10);
  const current = new Set(
    (claims?.claims.documents ?? []).filter(({ reviewBy }) => reviewBy >= today).map(({ id }) => id),
  );
  const claimed = asked.flatMap((control) => {
    const documents = claims?.claims.claims.find((one) => one.control === control.id)?.documents ?? [];
    const held = heldOf(control.id, claims, today);
    return findingsOfClaim(
      control,
      held,
      byId.get(control.id),
      documents.filter((id) => current.has(id)),
    );
  });
  const unreal = new Set(
    (observed?.judged ?? []).flatMap(({ observation, origin }) =>
      origin.kind === 'sandbox' ? [observation.subject.id] : [],
    ),
  );
  const drift = reconciliation
    .filter(({ verdict }) => verdict === 'drift' || verdict === 'declared-only' || verdict === 'observed-only')
    .map(({ type, name, verdict, attributes, id, address }) => ({
      code: 'drift' as const,
      controls: ['A.8.9', 'A.8.32'],
      subject: address ?? id ?? name,
      message: `${
        verdict === 'drift'
          ? `${type} ${name} is not as declared: ${attributes
              .filter(({ agrees }) => agrees === false)
              .map(
                (one) =>
                  `${one.attribute} is ${one.observed ?? 'absent'}, declared ${one.declared ?? one.planned ?? 'nothing'}`,
              )
              .join('; ')}`
          : verdict === 'declared-only'
            ? `${type} ${name} is declared and was not seen`
            : `${type} ${name} was seen and is declared nowhere`
      }${id !== undefined && unreal.has(id) ? notReal : ''}`,
    }));
  const late = overdue.map(({ rule, address, attribute, ageDays }) => ({
    code: 'obligation-overdue' as const,
    controls: ['A.8.9'],
    subject: address,
    message: `${rule} on ${attribute} of ${address} is open for ${ageDays} days`,
  }));
  const other = payloads
    .filter(({ verdict }) => verdict === 'differs')
    .map(({ server, address, because }) => ({
      code: 'drift' as const,
      controls: ['A.8.9', 'A.8.32'],
      subject: address,
      message: `${server} does not run what is declared: ${because}`,
    }));
  const unnamed = undeclared.map(({ host, entity, position }) => ({
    code: 'role-not-declared' as const,
    controls: ['A.5.19', 'A.5.34'],
    subject: host,
    message: `${entity} holds data (${host}, ${position}), and the register does not say as what: a processor, or something else`,
  }));
  return [...claimed, ...(observed?.findings ?? []), ...drift, ...other, ...late, ...unnamed].map((one) => ({
    ...one,
    controls: [...one.controls],
  }));
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

/** Title and controls of every rule that found something, as its findings state them. */
function rulesOf(
  found: readonly { readonly findings: readonly Finding[] }[],
  rules: Collection['rules'],
): ReadonlyMap<string, EvidenceExport['rules'][number]> {
  const titles = new Map(rules.map(({ id, title }) => [id, title]));
  const byId = new Map<string, EvidenceExport['rules'][number]>();
  for (const { findings } of found)
    for (const { rule, controls } of findings)
      if (!byId.has(rule)) byId.set(rule, { id: rule, title: titles.get(rule) ?? rule, controls: [...controls] });
  return byId;
}

function byControlOf(
  verdicts: readonly EvidenceVerdict[],
  rules: ReadonlyMap<string, EvidenceExport['rules'][number]>,
): ReadonlyMap<string, readonly EvidenceVerdict[]> {
  const byControl = new Map<string, EvidenceVerdict[]>();
  for (const verdict of verdicts)
    for (const control of rules.get(verdict.rule)?.controls ?? []) {
      const mine = byControl.get(control);
      if (mine === undefined) byControl.set(control, [verdict]);
      else mine.push(verdict);
    }
  return byControl;
}

/** All but the advice: how to repair is for engineers, not for the record. What passes is said by the title of its rule. */
function toVerdict(tier: EvidenceTier, finding: Finding): EvidenceVerdict {
  const { rule, verdict, address, at, file, line, because, reasons, waiver, obligation } = finding;
  const wrong = verdict === 'fail' || verdict === 'unknown';
  const { message, severity, fingerprint } = finding;
  return {
    tier,
    rule,
    verdict,
    address,
    ...optional('at', at),
    ...(wrong ? { message, severity, fingerprint } : {}),
    file,
    ...optional('line', line),
    because,
    ...optional('reasons', reasons === because.length ? undefined : reasons),
    ...optional('waiver', waiver),
    ...optional('obligation', obligation),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
