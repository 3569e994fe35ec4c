import type { Report } from '@lukko/formats';
import { type Example, printable, type Rule, type Verdict } from '@lukko/policy-engine';
import { judgeExample } from '../pages/example.ts';

/** Examples judged, in lines for people, and whether all of them are as they say. */
export interface ExamplesJudged {
  readonly lines: readonly string[];
  readonly passed: boolean;
}

/**
 * Judges the examples of rules by the readers and the engine that judge everything else. A rule needs one that passes and one
 * that fails: what was never seen to fail may be unable to.
 */
export function judgeExamples(rules: readonly Rule[]): ExamplesJudged {
  const lines: string[] = [];
  let passed = true;
  const say = (good: boolean, text: string) => {
    passed &&= good;
    lines.push(`${good ? 'ok    ' : 'not ok'} ${printable(text)}`);
  };
  for (const rule of rules) {
    const examples: readonly Example[] = rule.examples ?? [];
    for (const verdict of ['pass', 'fail'] as const) {
      if (examples.some((example) => example.verdict === verdict)) continue;
      say(false, `${rule.id}: expected an example whose verdict is ${verdict}, found none`);
    }
    for (const example of examples) {
      const report = judgeExample(rule, example);
      const verdict = verdictOf(report);
      const stopped = report.findings.find(({ broken }) => broken === true);
      const found = stopped === undefined ? verdict : stopped.message;
      const same = stopped === undefined && verdict === example.verdict;
      say(same, `${rule.id}: ${example.name}: ${example.verdict}${same ? '' : `, found ${found}`}`);
    }
  }
  return { lines, passed };
}

/** One word for a report of one rule: the worst of its findings. */
export function verdictOf({ findings }: Report): Verdict {
  const order: readonly Verdict[] = ['fail', 'unknown', 'pass'];
  return order.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'not-applicable';
}
