import type { Report } from '@lukko/formats';
import { Standing } from './copies.ts';
import { Coverage } from './coverage.ts';
import type { Evaluation } from './evaluate.ts';
import { judge, type Ruling } from './judge.ts';
import { byText } from './order.ts';
import type { Verdict } from './rule.ts';
import type { Located } from './subjects.ts';

/** What is known once every rule was asked, whatever became of the findings. */
export interface Counted {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly proven: Report['summary']['proven'];
  readonly exceptions: Report['exceptions'];
  readonly looked: ReturnType<Coverage['summary']>;
  /** False where a ruling about a copy of a module cannot stand for those that the graph leaves out. */
  readonly standing: boolean;
}

/** Asks every rule about everything it applies to; `see` is given each ruling, of how many it holds, and what it does not keep is not kept. */
export function askAll(
  { rules, facts, context }: Evaluation,
  messages: 'at once' | 'late',
  see: (ruling: Ruling, count: number) => void,
): Counted {
  const standing = new Standing(facts.graph.copies ?? []);
  const coverage = new Coverage(facts, standing);
  const verdicts: Record<Verdict, number> = { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0 };
  const proven = new Map<string, number>();
  const exceptions = new Map<string, Report['exceptions'][number]>();
  for (const rule of rules) {
    let passes = 0;
    const each = (ruling: Ruling, alike?: readonly Located[]): void => {
      const count = standing.count(ruling, alike);
      coverage.note(ruling, alike);
      verdicts[ruling.verdict] += count;
      if (ruling.verdict === 'pass') {
        passes += count;
        const { exception: reason, address } = ruling;
        if (reason !== undefined) {
          const entry = { rule: rule.id, address, reason };
          exceptions.set(JSON.stringify(entry), entry);
        }
      }
      see(ruling, count);
    };
    judge(rule, facts, context, each, messages);
    if (passes > 0) proven.set(rule.id, (proven.get(rule.id) ?? 0) + passes);
  }
  return {
    verdicts,
    proven: [...proven].map(([rule, checks]) => ({ rule, checks })).sort((a, b) => byText(a.rule, b.rule)),
    exceptions: [...exceptions.values()].sort(
      (a, b) => byText(a.rule, b.rule) || byText(a.address, b.address) || byText(a.reason, b.reason),
    ),
    looked: coverage.summary(),
    standing: standing.holds,
  };
}

type Head = Omit<Report, 'findings' | 'exceptions' | 'baseline' | 'comparison' | 'summary'>;

/** What a report says of itself before it says what was found. */
export function headOf(evaluation: Evaluation): Head {
  const { posture, facts } = evaluation;
  return {
    schemaVersion: 1,
    tool: { name: 'lukko', version: evaluation.version },
    posture: posture.name,
    ruleSet: evaluation.ruleSet ?? posture.ruleSet,
    threshold: posture.threshold,
    failOn: evaluation.failOn ?? 'all',
    inputs: evaluation.inputs,
    policy: evaluation.policy,
    world: { closed: facts.graph.closed, because: facts.graph.closedBecause },
  };
}

/** How many findings there are of each kind, and whether one of them refuses. */
export interface Findings {
  readonly fail: number;
  readonly unknown: number;
  readonly obligations: number;
  readonly waived: number;
  readonly accepted: number;
  readonly refused: boolean;
}

export function summaryOf({ rules }: Evaluation, counted: Counted, findings: Findings): Report['summary'] {
  const { verdicts, looked, proven } = counted;
  const { fail, unknown, obligations, waived, accepted, refused } = findings;
  return {
    resources: looked.coverage.resources.of,
    rules: rules.length,
    pass: verdicts.pass,
    fail,
    unknown,
    obligations,
    waived,
    accepted,
    notApplicable: verdicts['not-applicable'],
    ...looked,
    proven,
    exitCode: refused ? 1 : 0,
  };
}
