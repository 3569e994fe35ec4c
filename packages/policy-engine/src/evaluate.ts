import type { Facts } from '@lukko/facts';
import type { Finding, Report, Waiver } from '@lukko/formats';
import type { AllowedSigner } from './approval/allowed-signers.ts';
import { askAll, headOf, summaryOf } from './counted.ts';
import { fingerprints } from './fingerprint.ts';
import type { Ruling } from './judge.ts';
import { applyBaseline, type BaselineInput, compareWith, type EarlierInput } from './known-findings.ts';
import { type Gate, gateOf, isObligation } from './obligations.ts';
import { byElement, byKind } from './order.ts';
import { originsOf } from './origins.ts';
import { ownFinding } from './own-findings.ts';
import { type Posture, type RuleSetName, refuses } from './posture.ts';
import { distinct, keptReasons } from './reasons.ts';
import type { PolicyContext, Rule, Verdict } from './rule.ts';
import { applyWaivers } from './waivers.ts';

export interface Evaluation {
  readonly rules: readonly Rule[];
  readonly facts: Facts;
  readonly context: PolicyContext;
  readonly posture: Posture;
  /** What the rules are called together; the posture's own set when left out. */
  readonly ruleSet?: RuleSetName;
  readonly waivers?: readonly Waiver[];
  /** Who may approve them; nobody when left out. */
  readonly approvers?: readonly AllowedSigner[];
  /** File the waivers stand in, for findings about them. */
  readonly waiversFile?: string;
  /** Today, `YYYY-MM-DD`, UTC: the engine has no clock. Required with waivers or a baseline. */
  readonly asOf?: string;
  /** Accepted findings. */
  readonly baseline?: BaselineInput | undefined;
  /** An earlier report to compare with. */
  readonly earlier?: EarlierInput | undefined;
  /** `new`: neither what the baseline accepts nor what the earlier report had refuses. */
  readonly failOn?: Report['failOn'];
  /** Share of resources and hosts, in percent, that rules must have looked at. */
  readonly minCoverage?: number | undefined;
  /** Keep passes and *not applicable* as findings too, with their reasons (evidence, JUnit); else they are only counted. */
  readonly collect?: boolean;
  /** Where this judgement stands in the flow; without it, the strictest of the inputs' kinds decides. */
  readonly gate?: Gate;
  readonly version: string;
  readonly inputs: Report['inputs'];
  /** One digest over lukko.yaml and all it names, the rules and the operators data. */
  readonly policy: Report['policy'];
}

/**
 * Judges everything the rules apply to. Pure: the same arguments give the same report, byte for byte.
 * @throws TypeError when waivers or a baseline are given without the date to judge them by, or a graph that leaves out copies of a module:
 * faults of the caller, not of the input.
 */
export function evaluate(evaluation: Evaluation): Report {
  if ((evaluation.facts.graph.copies ?? []).length > 0)
    throw new TypeError('a report lists what each copy of a module has: read the plan with copies: each');
  const { facts, posture, collect = false, failOn = 'all' } = evaluation;
  const gate = evaluation.gate ?? gateOf(facts.graph);
  const findings = new Found();
  const counted = askAll(evaluation, 'at once', (ruling) => {
    if (!collect && (ruling.verdict === 'pass' || ruling.verdict === 'not-applicable')) return;
    findings.add(toFinding(ruling, facts, gate));
  });
  const { coverage } = counted.looked;
  const named = withNames(findings.all.sort(byWeight));
  const { findings: judged, ...known } = judgedFindings([...named, ...tooLittle(coverage, evaluation)], evaluation);
  const is = (verdict: Verdict) => (finding: Finding) => finding.verdict === verdict && finding.waiver === undefined;
  const open = judged.filter(is('unknown'));
  return {
    ...headOf(evaluation),
    findings: [...judged].sort(byWeight),
    exceptions: counted.exceptions,
    ...known,
    summary: summaryOf(evaluation, counted, {
      fail: judged.filter(is('fail')).length,
      unknown: open.filter((finding) => finding.obligation !== true).length,
      obligations: open.filter((finding) => finding.obligation === true).length,
      waived: judged.filter((finding) => finding.waiver !== undefined).length,
      accepted: judged.filter((finding) => finding.accepted !== undefined).length,
      refused: judged.some((finding) => refuses(finding, posture, failOn)),
    }),
  };
}

/** Waivers first, since what they excuse needs no acceptance; then the baseline; then the earlier report. */
function judgedFindings(
  findings: readonly Finding[],
  evaluation: Evaluation,
): Pick<Report, 'baseline' | 'comparison'> & { readonly findings: readonly Finding[] } {
  const { rules, posture, waivers = [], approvers = [], waiversFile = 'waivers.yaml', baseline, earlier } = evaluation;
  const asOf = () => {
    if (evaluation.asOf !== undefined) return evaluation.asOf;
    throw new TypeError('waivers or a baseline were given without the date to judge their expiry by (asOf)');
  };
  const excused =
    waivers.length === 0
      ? findings
      : applyWaivers(findings, rules, {
          waivers,
          approvers,
          signed: posture.signedWaivers,
          asOf: asOf(),
          file: waiversFile,
        });
  const accepted = baseline === undefined ? { findings: excused } : applyBaseline(excused, baseline, asOf());
  const compared = earlier === undefined ? {} : compareWith(accepted.findings, earlier);
  return { ...accepted, ...compared };
}

function tooLittle({ percent }: Report['summary']['coverage'], evaluation: Evaluation): readonly Finding[] {
  const { minCoverage, facts } = evaluation;
  if (minCoverage === undefined || percent >= minCoverage) return [];
  const root = facts.graph.roots[0];
  const message = `rules looked at ${percent} % of resources and hosts, and at least ${minCoverage} % was asked for`;
  return [
    ownFinding('coverage-below-minimum', {
      address: root?.stack ?? root?.place.file ?? '.',
      message,
      file: root?.place.file ?? '.',
      saw: `${percent} %`,
    }),
  ];
}

/** A finding while its fingerprint is not made yet, which takes all of them. */
type Unnamed = { -readonly [K in keyof Finding]: Finding[K] };

/** Every finding once: the same twice is one, and what was said last of it stays. */
class Found {
  readonly all: Unnamed[] = [];
  /** Rules are asked one after the other, and only one finds the same twice: where in the list each of its findings stands. */
  readonly #places = new Map<string, number>();
  #rule: string | undefined;

  add(finding: Unnamed): void {
    const { rule, address, at, verdict, message } = finding;
    if (rule !== this.#rule) this.#places.clear();
    this.#rule = rule;
    const key = [address, at, verdict, message].join('\0');
    const place = this.#places.get(key) ?? this.all.length;
    this.#places.set(key, place);
    this.all[place] = finding;
  }
}

function withNames(findings: readonly Unnamed[]): readonly Finding[] {
  const names = fingerprints(findings);
  for (const [index, finding] of findings.entries()) finding.fingerprint = names[index] as string;
  return findings;
}

function toFinding(ruling: Ruling, facts: Facts, gate: Gate): Unnamed {
  const { rule, verdict, severity, address, at, place, message } = ruling;
  const because = distinct(ruling.because);
  const origins = originsOf(facts.graph, because, message);
  return {
    rule: rule.id,
    verdict,
    severity,
    address,
    ...(at === undefined ? {} : { at }),
    message,
    file: place.file,
    ...(place.line === undefined ? {} : { line: place.line }),
    ...(origins.length === 0 ? {} : { origins: [...origins] }),
    because: because.slice(0, keptReasons).map(({ at: where, saw, causes }) => ({
      at: where,
      saw,
      ...(causes === undefined || causes.length === 0 ? {} : { causes: [...causes] }),
    })),
    reasons: because.length,
    controls: [...rule.controls],
    fix: rule.remediation,
    fingerprint: '',
    ...(ruling.broken !== true && isObligation(verdict, because, gate) ? { obligation: true } : {}),
    ...(ruling.broken === true ? { broken: true } : {}),
  };
}

function byWeight(a: Unnamed, b: Unnamed): number {
  return byKind(a, b) || byElement(a, b);
}
