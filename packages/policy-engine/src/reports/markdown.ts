import type { Finding, Gone, Report } from '@lukko/formats';
import { renderFinding } from './finding.ts';
import { unknownsByCause } from './groups.ts';
import { count, placeText, printable } from './text.ts';
import { partsOf, policyLines, verdictText } from './words.ts';

/** GitHub refuses a comment of more than 65,536 characters; what a pipeline writes around it needs room as well. */
const longest = 65_000;
/** Room kept for the line that says how much was cut. */
const tail = 200;

/**
 * The report as a comment on a pull request: the verdict, what refuses in full, the rest in tables. Everything from the input
 * stands inside code, where it makes no link, no mention and no heading. Cut at 65,000 characters, saying what was left out.
 */
export function renderMarkdown(report: Report): string {
  const { refused, known, light, unknown } = partsOf(report);
  const waived = report.findings.filter(({ waiver }) => waiver !== undefined);
  const pieces: readonly Piece[] = [
    ...head(report, refused).map((text) => ({ text, findings: 0 })),
    ...refused.map((finding) => ({ text: details(finding), findings: 1 })),
    ...tables(
      'Does not refuse',
      light.map((finding) => row(finding)),
    ),
    ...lists('Not proven', unknownsByCause(unknown)),
    ...tables(
      'Accepted by the baseline, or as before',
      known.map((finding) => row(finding)),
    ),
    ...lists(
      'Waived',
      waived.map(
        ({ rule, address, waiver }) =>
          `${rule} at ${address}: ${waiver?.id}, ${waiver?.owner}, until ${waiver?.expires}`,
      ),
    ),
    ...lists('Fixed', (report.comparison?.fixed ?? []).map(fixedText)),
    ...lists(
      'Exceptions',
      report.exceptions.map(({ rule, address, reason }) => `${rule} at ${address}: ${reason}`),
    ),
    ...lists('No rule looked at', report.summary.notLookedAt),
  ];
  return cut(pieces);
}

/** A part of the comment that is shown whole or not at all. */
interface Piece {
  readonly text: string;
  /** How many findings or lines of a table it stands for, for the count of what is left out. */
  readonly findings: number;
}

function cut(pieces: readonly Piece[]): string {
  let text = '';
  for (const [index, piece] of pieces.entries()) {
    const isLast = index === pieces.length - 1;
    if (text.length + piece.text.length + 2 > longest - (isLast ? 0 : tail)) {
      const left = pieces.slice(index).reduce((sum, { findings }) => sum + findings, 0);
      return `${text}\n**${count(left, 'line')} left out here**: a comment holds 65,000 characters. The whole report: \`lukko check --format json\`.\n`;
    }
    text += `${piece.text}\n`;
  }
  return text;
}

function head(report: Report, refused: readonly Finding[]): readonly string[] {
  const { summary, comparison } = report;
  const verdict = verdictText(report, refused);
  const mark = refused.length > 0 ? '❌' : verdict.startsWith('clean') ? '✅' : '⚠️';
  const counts = [
    ['pass', summary.pass],
    ['fail', summary.fail],
    ['unknown', summary.unknown],
    ['obligations', summary.obligations],
    ['waived', summary.waived],
    ['accepted', summary.accepted],
    ['not applicable', summary.notApplicable],
  ] as const;
  const { percent } = summary.coverage;
  return [
    `### ${mark} Lukko: ${verdict}`,
    '',
    `| ${counts.map(([name]) => name).join(' | ')} |\n|${counts.map(() => '---:').join('|')}|\n| ${counts.map(([, number]) => number).join(' | ')} |`,
    '',
    `${count(summary.resources, 'resource')}, ${count(summary.rules, 'rule')} (rule set ${report.ruleSet}, posture ${report.posture}); rules looked at ${percent} %. Policy \`${report.policy.sha256.slice(0, 12)}\`.`,
    ...(comparison === undefined
      ? []
      : [
          '',
          `Compared with ${code(comparison.file)}: **${comparison.new} new**, ${comparison.fixed.length} fixed, ${comparison.unchanged} unchanged.`,
        ]),
    ...policyLines(report).map((line) => `\n> Policy ${code(line)}`),
    '',
  ];
}

function details(finding: Finding): string {
  const text = renderFinding(finding);
  const mark = finding.since === 'new' ? ' (new)' : '';
  const summary = `<b>${html(finding.rule)}</b>${mark}: ${htmlCode(finding.message)} <i>${html(finding.severity)}</i>, ${htmlCode(placeText(finding))}`;
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `<details><summary>${summary}</summary>\n\n${fence}\n${text}\n${fence}\n\n</details>\n`;
}

function row(finding: Finding): string {
  const { rule, severity, message, accepted } = finding;
  const shown = finding.verdict === 'unknown' ? `not proven: ${message}` : message;
  const until = accepted === undefined ? '' : ` until ${accepted.expires}`;
  return `| ${cell(rule)} | ${severity}${until} | ${cell(shown)} | ${cell(placeText(finding))} |`;
}

function tables(title: string, rows: readonly string[]): readonly Piece[] {
  if (rows.length === 0) return [];
  const top = `#### ${title} (${rows.length})\n\n| rule | severity | what | where |\n|---|---|---|---|`;
  return [{ text: top, findings: 0 }, ...rows.map((text) => ({ text, findings: 1 })), { text: '', findings: 0 }];
}

function lists(title: string, lines: readonly string[]): readonly Piece[] {
  if (lines.length === 0) return [];
  const top = `#### ${title} (${lines.length})\n`;
  return [
    { text: top, findings: 0 },
    ...lines.map((line) => ({ text: `- ${code(line)}`, findings: 1 })),
    { text: '', findings: 0 },
  ];
}

function fixedText({ rule, address, message }: Gone): string {
  return message.includes(address) ? `${rule}: ${message}` : `${rule} at ${address}: ${message}`;
}

/** A code span no text can leave (https://spec.commonmark.org/0.31.2/#code-spans): fenced by more backticks than it holds. */
function code(text: string): string {
  const safe = printable(text);
  const fence = '`'.repeat(longestRun(safe) + 1);
  const pad = /^[ `]|[ `]$/.test(safe) ? ' ' : '';
  return `${fence}${pad}${safe === '' ? ' ' : safe}${pad}${fence}`;
}

/** In a table a bar parts cells even inside code, unless a backslash stands before it (https://github.github.com/gfm/#example-200). */
function cell(text: string): string {
  return code(text).replaceAll('|', '\\|');
}

function htmlCode(text: string): string {
  return `<code>${html(text)}</code>`;
}

/**
 * Inside a tag Markdown still reads marks and links: every character that could begin one stands as its number
 * (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references), so `http:` and `www.` make no link either.
 */
function html(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]<>&#+!|~@$"':]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`);
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
