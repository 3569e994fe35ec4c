import { styleText } from 'node:util';
import type { Finding, Report } from '@lukko/formats';
import type { Place } from '@lukko/terraform-model';
import { postures, refuses } from '../posture.ts';
import { waiverFindings } from '../waivers.ts';
import { rulesOf, unknownsByCause } from './groups.ts';
import { controlName, count, groupBy, placeText, printable, some } from './text.ts';

export interface TerminalOptions {
  /** Colour is only used when asked for: a pipe gets plain text. */
  readonly color?: boolean;
  /** The text of a line of the organisation's configuration, to show where a value came from. */
  readonly excerpt?: (place: Place) => string | undefined;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** Reasons printed per finding; JSON has up to twenty. */
const shownReasons = 5;

/**
 * The report as a compiler would print it: what refuses in full, the rest in one line each, then what was counted. Every text
 * from the input is printable before it gets here, so that a name cannot repaint the terminal.
 */
export function renderTerminal(report: Report, options: TerminalOptions = {}): string {
  const paint = painter(options);
  const posture = postureOf(report);
  const open = report.findings.filter(
    ({ verdict, waiver }) => (verdict === 'fail' || verdict === 'unknown') && waiver === undefined,
  );
  const refused = open.filter((finding) => refuses(finding, posture));
  const lighter = open.filter((finding) => finding.verdict === 'fail' && !refused.includes(finding));
  const unknown = open.filter(
    (finding) => finding.verdict === 'unknown' && finding.obligation !== true && !refused.includes(finding),
  );
  const obligations = open.filter((finding) => finding.obligation === true);
  const blocks = [
    ...refused.map((finding) => renderFinding(finding, options)),
    lines(lighterLines(lighter, paint)),
    lines(unknownsByCause(unknown).map((line) => `${paint('yellow', 'unknown')}: ${printable(line)}`)),
    lines(aside(report, obligations, paint)),
    lines(summary(report, refused, paint)),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** One finding in full, without a final newline; also what a rule's page shows. */
export function renderFinding(finding: Finding, options: TerminalOptions = {}): string {
  const paint = painter(options);
  const label = paint(['bold', 'red'], `error[${printable(finding.rule)}]`);
  const reasons = finding.because.slice(0, shownReasons).map(({ at, saw }) => `${at}: ${saw}`);
  const rest = finding.reasons - reasons.length;
  const narrower = finding.at !== undefined && !finding.because.some(({ at }) => at === finding.at);
  const notes: readonly (readonly [string, string])[] = [
    ['address', finding.address],
    ...(narrower ? ([['at', finding.at as string]] as const) : []),
    ...(finding.origins ?? []).map((origin) => originNote(origin as Place, options)),
    ...reasons.map((reason) => ['because', reason] as const),
    ...(rest > 0 ? ([['because', `${rest} more`]] as const) : []),
    ...(finding.controls.length > 0 ? ([['controls', finding.controls.map(controlName).join(', ')]] as const) : []),
    ['fix', finding.fix],
  ];
  const shown = finding.verdict === 'unknown' ? `not proven: ${finding.message}` : finding.message;
  return [
    `${label}${paint('bold', `: ${printable(shown)}`)}`,
    `  ${paint('blue', '-->')} ${printable(placeText(finding))}`,
    ...notes.map(([name, text]) => `   ${paint('blue', '=')} ${paint('bold', `${name}:`)} ${printable(text)}`),
  ].join('\n');
}

function originNote(origin: Place, { excerpt }: TerminalOptions): readonly [string, string] {
  const text = excerpt?.(origin)?.trim();
  return ['from', text === undefined || text === '' ? placeText(origin) : `${placeText(origin)}: ${text}`];
}

/** Failures that set no exit code, one line per rule. */
function lighterLines(findings: readonly Finding[], paint: Paint): readonly string[] {
  return [...groupBy(findings, (finding) => finding.rule)].map(([rule, group]) => {
    const [first] = group as [Finding, ...Finding[]];
    const more = group.length > 1 ? `, and ${group.length - 1} more` : '';
    const label = paint('yellow', `warning[${printable(rule)}]`);
    return `${label}: ${printable(first.message)} (${first.severity}, ${printable(placeText(first))}${more})`;
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
  ];
}

function line(paint: Paint, label: string, text: string): string {
  return `${paint('cyan', printable(label))}: ${printable(text)}`;
}

function summary(report: Report, refused: readonly Finding[], paint: Paint): readonly string[] {
  const { summary: sum, posture } = report;
  const counted = [
    `${sum.pass} pass`,
    `${sum.fail} fail`,
    `${sum.unknown} unknown`,
    ...(sum.obligations > 0 ? [count(sum.obligations, 'obligation')] : []),
    `${sum.waived} waived`,
    `${sum.notApplicable} not applicable`,
  ].join(', ');
  const totals = `${count(sum.resources, 'resource')}, ${count(sum.rules, 'rule')}: ${counted}`;
  const explained = refused.some(({ rule }) => !Object.hasOwn(waiverFindings, rule));
  return [
    totals,
    `${verdictLine(report, refused, paint)} (posture ${printable(posture)})`,
    ...(explained ? ['`lukko explain <rule>` tells what a rule asks for and why'] : []),
  ];
}

function verdictLine(report: Report, refused: readonly Finding[], paint: Paint): string {
  const { summary: sum } = report;
  const notProven = sum.unknown + sum.obligations;
  if (refused.length > 0) {
    const tail = postureOf(report).unknownFails ? '' : `, ${notProven} not proven`;
    return `${paint(['bold', 'red'], 'refused')}: ${count(refused.length, 'finding')}${tail}`;
  }
  if (sum.resources === 0 && sum.pass === 0) return 'nothing was judged: this is no pass';
  if (!postureOf(report).unknownFails)
    return `no failure of ${report.threshold} severity proven, ${notProven} not proven`;
  const clean = paint(['bold', 'green'], 'clean');
  return sum.obligations > 0 ? `${clean}, ${count(sum.obligations, 'obligation')} open` : clean;
}

function postureOf(report: Report) {
  return report.posture === 'eu-sovereign' ? postures['eu-sovereign'] : postures.recommended;
}

function painter({ color = false }: TerminalOptions): Paint {
  if (!color) return (_, text) => text;
  // The caller has looked at the stream already; asking again would look at this process's own.
  return (style, text) => styleText(style, text, { validateStream: false });
}

function lines(list: readonly string[]): string {
  return list.join('\n');
}
