import type { Facts } from '@lukko/facts';
import type { Finding, Report, Waiver } from '@lukko/formats';
import type { Reason } from '@lukko/terraform-model';
import type { AllowedSigner } from './approval/allowed-signers.ts';
import { Coverage } from './coverage.ts';
import { fingerprints } from './fingerprint.ts';
import { judge, type Ruling } from './judge.ts';
import { applyBaseline, type BaselineInput, compareWith, type EarlierInput } from './known-findings.ts';
import { type Gate, gateOf, isObligation } from './obligations.ts';
import { originsOf } from './origins.ts';
import { ownFinding } from './own-findings.ts';
import { type Posture, type RuleSetName, refuses, weight } from './posture.ts';
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

/** Reasons kept per finding; `reasons` tells how many there were. */
const kept = 20;

/**
 * Judges everything the rules apply to. Pure: the same arguments give the same report, byte for byte.
 * @throws TypeError when waivers or a baseline are given without the date to judge them by: a fault of the caller, not of the input.
 */
export function evaluate(evaluation: Evaluation): Report {
  const { rules, facts, context, posture, collect = false, failOn = 'all' } = evaluation;
  const gate = evaluation.gate ?? gateOf(facts.graph);
  const coverage = new Coverage(facts);
  const count: Record<Verdict, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
  const proven = new Map<string, number>();
  const exceptions = new Map<string, Report['exceptions'][number]>();
  const findings = new Map<string, Unnamed>();
  for (const rule of rules) {
    for (const ruling of judge(rule, facts, context)) {
      coverage.note(ruling);
      count[ruling.verdict] += 1;
      if (ruling.verdict === 'pass') proven.set(rule.id, (proven.get(rule.id) ?? 0) + 1);
      if (ruling.exception !== undefined) {
        const entry = { rule: rule.id, address: ruling.address, reason: ruling.exception };
        exceptions.set(JSON.stringify(entry), entry);
      }
      if (!collect && (ruling.verdict === 'pass' || ruling.verdict === 'not-applicable')) continue;
      const finding = toFinding(ruling, facts, gate);
      findings.set([rule.id, finding.address, finding.at, finding.verdict, finding.message].join('\0'), finding);
    }
  }
  const looked = coverage.summary();
  const named = withNames([...findings.values()].sort(byWeight));
  const { findings: judged, ...known } = judgedFindings(
    [...named, ...tooLittle(looked.coverage, evaluation)],
    evaluation,
  );
  const is = (verdict: Verdict) => (finding: Finding) => finding.verdict === verdict && finding.waiver === undefined;
  const open = judged.filter(is('unknown'));
  return {
    schemaVersion: 1,
    tool: { name: 'lukko', version: evaluation.version },
    posture: posture.name,
    ruleSet: evaluation.ruleSet ?? posture.ruleSet,
    threshold: posture.threshold,
    failOn,
    inputs: evaluation.inputs,
    policy: evaluation.policy,
    world: { closed: facts.graph.closed, because: facts.graph.closedBecause },
    findings: [...judged].sort(byWeight),
    exceptions: [...exceptions.values()].sort((a, b) =>
      compare([a.rule, a.address, a.reason], [b.rule, b.address, b.reason]),
    ),
    ...known,
    summary: {
      resources: looked.coverage.resources.of,
      rules: rules.length,
      pass: count.pass,
      fail: judged.filter(is('fail')).length,
      unknown: open.filter((finding) => finding.obligation !== true).length,
      obligations: open.filter((finding) => finding.obligation === true).length,
      waived: judged.filter((finding) => finding.waiver !== undefined).length,
      accepted: judged.filter((finding) => finding.accepted !== undefined).length,
      notApplicable: count['not-applicable'],
      ...looked,
      proven: [...proven].map(([rule, checks]) => ({ rule, checks })).sort((a, b) => compare([a.rule], [b.rule])),
      exitCode: judged.some((finding) => refuses(finding, posture, failOn)) ? 1 : 0,
    },
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

type Unnamed = Omit<Finding, 'fingerprint'>;

function withNames(findings: readonly Unnamed[]): readonly Finding[] {
  const names = fingerprints(findings);
  return findings.map(({ waiver, obligation, broken, ...finding }, index) => ({
    ...finding,
    fingerprint: names[index] as string,
    ...(obligation === undefined ? {} : { obligation }),
    ...(broken === undefined ? {} : { broken }),
  }));
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
    because: because.slice(0, kept).map(({ at: where, saw, causes }) => ({
      at: where,
      saw,
      ...(causes === undefined || causes.length === 0 ? {} : { causes: [...causes] }),
    })),
    reasons: because.length,
    controls: [...rule.controls],
    fix: rule.remediation,
    ...(ruling.broken === true ? { broken: true } : {}),
    ...(ruling.broken !== true && isObligation(verdict, because, gate) ? { obligation: true } : {}),
  };
}

/** Facts that build on each other give the same reason more than once. */
function distinct(because: readonly Reason[]): readonly Reason[] {
  if (because.length < 2) return because;
  return [...new Map(because.map((reason) => [JSON.stringify(reason), reason])).values()];
}

const verdicts: readonly Verdict[] = ['fail', 'unknown', 'pass', 'not-applicable'];

function byWeight(a: Unnamed, b: Unnamed): number {
  return (
    verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
    weight(b.severity) - weight(a.severity) ||
    compare([a.rule, a.address, a.at ?? '', a.message], [b.rule, b.address, b.at ?? '', b.message])
  );
}

/** By code units: the same order on every machine, whatever its locale. */
function compare(a: readonly string[], b: readonly string[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? '';
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
