import type { Facts } from '@lukko/facts';
import type { Finding, Report, Waiver } from '@lukko/formats';
import type { Reason } from '@lukko/terraform-model';
import type { AllowedSigner } from './approval/allowed-signers.ts';
import { Coverage } from './coverage.ts';
import { fingerprint } from './fingerprint.ts';
import { judge, type Ruling } from './judge.ts';
import { type Gate, gateOf, isObligation } from './obligations.ts';
import { originsOf } from './origins.ts';
import { type Posture, refuses, weight } from './posture.ts';
import type { PolicyContext, Rule, Verdict } from './rule.ts';
import { applyWaivers } from './waivers.ts';

export interface Evaluation {
  readonly rules: readonly Rule[];
  readonly facts: Facts;
  readonly context: PolicyContext;
  readonly posture: Posture;
  readonly waivers?: readonly Waiver[];
  /** Who may approve them; nobody when left out. */
  readonly approvers?: readonly AllowedSigner[];
  /** File the waivers stand in, for findings about them. */
  readonly waiversFile?: string;
  /** Today, `YYYY-MM-DD`, UTC: the engine has no clock. Required with waivers. */
  readonly asOf?: string;
  /** Keep passes and *not applicable* as findings too, with their reasons (evidence, `--verbose`); else they are only counted. */
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
 * @throws TypeError when waivers are given without the date to judge them by: a fault of the caller, not of the input.
 */
export function evaluate(evaluation: Evaluation): Report {
  const { rules, facts, context, posture, waivers = [], collect = false } = evaluation;
  const gate = evaluation.gate ?? gateOf(facts.graph);
  const coverage = new Coverage(facts);
  const count: Record<Verdict, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
  const exceptions = new Map<string, Report['exceptions'][number]>();
  const findings = new Map<string, Finding>();
  for (const rule of rules) {
    for (const ruling of judge(rule, facts, context)) {
      coverage.note(ruling);
      count[ruling.verdict] += 1;
      if (ruling.exception !== undefined) {
        const entry = { rule: rule.id, address: ruling.address, reason: ruling.exception };
        exceptions.set(JSON.stringify(entry), entry);
      }
      if (!collect && (ruling.verdict === 'pass' || ruling.verdict === 'not-applicable')) continue;
      const finding = toFinding(ruling, facts, gate);
      findings.set([finding.fingerprint, finding.verdict, finding.message].join('\0'), finding);
    }
  }
  const judged = withWaivers([...findings.values()], evaluation);
  const is = (verdict: Verdict) => (finding: Finding) => finding.verdict === verdict && finding.waiver === undefined;
  const open = judged.filter(is('unknown'));
  return {
    schemaVersion: 1,
    tool: { name: 'lukko', version: evaluation.version },
    posture: posture.name,
    threshold: posture.threshold,
    inputs: evaluation.inputs,
    policy: evaluation.policy,
    world: { closed: facts.graph.closed, because: facts.graph.closedBecause },
    findings: [...judged].sort(byWeight),
    exceptions: [...exceptions.values()].sort((a, b) =>
      compare([a.rule, a.address, a.reason], [b.rule, b.address, b.reason]),
    ),
    summary: {
      resources: facts.graph.resources.filter((one) => one.mode === 'managed' && one.change !== 'delete').length,
      rules: rules.length,
      pass: count.pass,
      fail: judged.filter(is('fail')).length,
      unknown: open.filter((finding) => finding.obligation !== true).length,
      obligations: open.filter((finding) => finding.obligation === true).length,
      waived: judged.filter((finding) => finding.waiver !== undefined).length,
      notApplicable: count['not-applicable'],
      notLookedAt: [...coverage.notLookedAt()],
      exitCode: judged.some((finding) => refuses(finding, posture)) ? 1 : 0,
    },
  };

  function withWaivers(
    list: readonly Finding[],
    { asOf, approvers = [], waiversFile = 'waivers.yaml' }: Evaluation,
  ): readonly Finding[] {
    if (waivers.length === 0) return list;
    if (asOf === undefined) throw new TypeError('waivers were given without the date to judge their expiry by (asOf)');
    return applyWaivers(list, rules, { waivers, approvers, signed: posture.signedWaivers, asOf, file: waiversFile });
  }
}

function toFinding(ruling: Ruling, facts: Facts, gate: Gate): Finding {
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
    fingerprint: fingerprint(rule.id, address, at),
    ...(isObligation(verdict, because, gate) ? { obligation: true } : {}),
  };
}

/** Facts that build on each other give the same reason more than once. */
function distinct(because: readonly Reason[]): readonly Reason[] {
  return [...new Map(because.map((reason) => [JSON.stringify(reason), reason])).values()];
}

const verdicts: readonly Verdict[] = ['fail', 'unknown', 'pass', 'not-applicable'];

function byWeight(a: Finding, b: Finding): number {
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
