import type { Finding, Report } from '@lukko/formats';
import { isOwnFinding } from '../own-findings.ts';
import { postureOf } from '../posture.ts';
import { renderFinding, type TerminalOptions } from './finding.ts';
import { rulesOf, unknownsByCause } from './groups.ts';
import { type Paint, painter } from './paint.ts';
import { count, groupBy, placeText, printable, some } from './text.ts';
import { partsOf, policyLines, verdictText } from './words.ts';

/**
 * The report as a compiler would print it: what refuses in full, the rest in one line each, then what was counted. Every text
 * from the input is printable before it gets here, so that a name cannot repaint the terminal.
 */
export function renderTerminal(report: Report, options: TerminalOptions = {}): string {
  const paint = painter(options.color);
  const { refused, known, light, unknown, obligations } = partsOf(report);
  const blocks = [
    ...refused.map((finding, index) => renderFinding(finding, options, refused[index - 1]?.rule === finding.rule)),
    lines(lighterLines(light, paint)),
    lines(knownLines(known, paint)),
    lines(unknownsByCause(unknown).map((line) => `${paint('yellow', 'unknown')}: ${printable(line)}`)),
    lines(aside(report, obligations, paint)),
    lines(summary(report, refused, paint)),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** Failures that set no exit code, one line per rule. */
function lighterLines(findings: readonly Finding[], paint: Paint): readonly string[] {
  return [...groupBy(findings, (finding) => finding.rule)].map(([rule, group]) => {
    // What is new is what somebody who compares came for.
    const fresh = group.filter(({ since }) => since === 'new');
    const first = (fresh[0] ?? group[0]) as Finding;
    const added =
      fresh.length === 0 ? '' : `, ${fresh.length === group.length ? 'new' : `${fresh.length} of them new`}`;
    const more = `${group.length > 1 ? `, and ${group.length - 1} more` : ''}${added}`;
    const label = paint('yellow', `warning[${printable(rule)}]`);
    return `${label}: ${printable(first.message)} (${first.severity}, ${printable(placeText(first))}${more})`;
  });
}

/** What does not refuse because it was there before, one line per rule. */
function knownLines(findings: readonly Finding[], paint: Paint): readonly string[] {
  return [...groupBy(findings, (finding) => finding.rule)].map(([rule, group]) => {
    const [first] = group as [Finding, ...Finding[]];
    const days = group.flatMap(({ accepted }) => (accepted === undefined ? [] : [accepted.expires])).sort();
    const until = days[0] === undefined ? 'as before' : `accepted until ${days[0]}`;
    const more = group.length > 1 ? `, and ${group.length - 1} more` : '';
    return line(paint, `known[${rule}]`, `${first.message} (${until}${more})`);
  });
}

function aside(report: Report, obligations: readonly Finding[], paint: Paint): readonly string[] {
  const { notLookedAt } = report.summary;
  const waived = report.findings.filter((finding) => finding.waiver !== undefined);
  return [
    ...waived.map(({ rule, message, waiver }) =>
      line(
        paint,
        `waived[${rule}]`,
        `${message} (${waiver?.id}, ${waiver?.owner}, until ${waiver?.expires}: ${waiver?.reason})`,
      ),
    ),
    ...report.exceptions.map(({ rule, address, reason }) => line(paint, `exception[${rule}]`, `${address}: ${reason}`)),
    ...(obligations.length > 0
      ? [
          line(
            paint,
            count(obligations.length, 'obligation'),
            `only the provider's answer completes ${obligations.length === 1 ? 'it' : 'them'}: ${rulesOf(obligations, 4)}`,
          ),
        ]
      : []),
    ...(notLookedAt.length > 0 ? [line(paint, 'no rule looked at', some(notLookedAt, 4))] : []),
    ...compared(report, paint),
    ...policyLines(report).map((text) => line(paint, 'policy', text)),
  ];
}

function compared({ comparison, baseline }: Report, paint: Paint): readonly string[] {
  const many = (number: number) => count(number, 'entry', 'entries');
  return [
    ...(baseline === undefined || baseline.gone.length === 0
      ? []
      : [
          line(
            paint,
            'baseline',
            `${many(baseline.gone.length)} of ${baseline.file} found nothing any more; lukko baseline write removes them`,
          ),
        ]),
    ...(comparison?.fixed ?? []).map(
      ({ rule, address }) => `${paint('green', `fixed[${printable(rule)}]`)}: ${printable(address)}`,
    ),
    ...(comparison === undefined
      ? []
      : [
          line(
            paint,
            'compared',
            `with ${comparison.file}: ${comparison.new} new, ${comparison.fixed.length} fixed, ${comparison.unchanged} unchanged`,
          ),
        ]),
  ];
}

function line(paint: Paint, label: string, text: string): string {
  return `${paint('cyan', printable(label))}: ${printable(text)}`;
}

function summary(report: Report, refused: readonly Finding[], paint: Paint): readonly string[] {
  const explained = refused.some(({ rule }) => !isOwnFinding(rule));
  return [
    countLine(report),
    verdictLine(report, refused, paint),
    ...(explained ? ['`lukko explain <rule>` tells what a rule asks for and why'] : []),
  ];
}

/** `8 resources, 18 rules: 7 pass, 15 fail, …` */
export function countLine({ summary: sum }: Report): string {
  const counted = [
    `${sum.pass} pass`,
    `${sum.fail} fail`,
    `${sum.unknown} unknown`,
    ...(sum.obligations > 0 ? [count(sum.obligations, 'obligation')] : []),
    `${sum.waived} waived`,
    ...(sum.accepted > 0 ? [`${sum.accepted} accepted`] : []),
    `${sum.notApplicable} not applicable`,
  ].join(', ');
  return `${count(sum.resources, 'resource')}, ${count(sum.rules, 'rule')}: ${counted}`;
}

/** The verdict, its first word in colour, and by what it was reached. */
export function verdictLine(report: Report, refused: readonly Finding[], paint: Paint): string {
  const text = verdictText(report, refused);
  const [, word = ''] = /^(refused|clean)/.exec(text) ?? [];
  const colored = word === '' ? '' : paint(['bold', word === 'clean' ? 'green' : 'red'], word);
  const posture = postureOf(report);
  const rules = report.ruleSet === posture.ruleSet ? '' : `, rule set ${report.ruleSet}`;
  return `${colored}${text.slice(word.length)} (posture ${printable(report.posture)}${printable(rules)})`;
}

function lines(list: readonly string[]): string {
  return list.join('\n');
}
