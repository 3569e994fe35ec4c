import { weight } from '../posture.ts';
import type { Group, Survey } from '../survey.ts';
import { causeLines } from './groups.ts';
import { type Paint, painter } from './paint.ts';
import { count, groupBy, placeText, printable } from './text.ts';
import type { Part } from './words.ts';

/** The size of a terminal, in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** One screen of a terminal as people have it, at most, and what is still read: a smaller one is scrolled. */
const most: ScreenSize = { columns: 100, rows: 25 };
const least: ScreenSize = { columns: 60, rows: 18 };
/** What stands below: a note to standard error, and the prompt. */
const below = 3;

/** What lines are made for. */
interface Screen {
  readonly paint: Paint;
  readonly columns: number;
}
/** Causes of what is not proven; the rest is counted. */
const shownCauses = 3;

/**
 * What somebody sees who tries lukko on a repository that has no Lukko configuration: one screen that says what is proven, what
 * is not and why, and what to do next. Every finding in full is one option away.
 * @param size of the terminal it is printed to; without one it is made for 100 columns and 25 rows
 */
export function renderFirstScreen(report: Survey, color = false, size: ScreenSize = most): string {
  const columns = Math.max(least.columns, Math.min(most.columns, size.columns));
  const rows = size === most ? most.rows : Math.max(least.rows, Math.min(most.rows, size.rows - below));
  const screen: Screen = { paint: painter(color), columns };
  const part = (...parts: readonly Part[]) => report.groups.filter((group) => parts.includes(group.part));
  const refused = part('refused');
  const files = new Set(report.inputs.map(({ file }) => file)).size;
  const { summary } = report;
  const judged = `lukko judged ${count(summary.resources, 'resource')} of ${count(files, 'file')} by ${count(summary.rules, 'rule')}`;
  const by = `(posture ${report.posture}; no lukko.yaml here)`;
  const head =
    width(judged) + width(by) < columns || columns === most.columns ? [`${judged} ${by}`, ''] : [judged, by, ''];
  const rest = [
    ...lightLine(part('light'), screen),
    ...unknownLines([...part('unknown'), ...part('obligations')], screen),
    ...provenLine(report, screen),
    ...coverageLine(report, screen),
    '',
    ...next(refused, screen),
  ];
  const verdict = refusedLines(refused, report, screen, rows - head.length - rest.length);
  const space = head.length + verdict.length + rest.length < rows ? [''] : [];
  const lines = [...head, ...verdict, ...space, ...rest];
  return `${lines.join('\n')}\n`;
}

/** @param room lines there are for it; two a rule, so that the message stands whole */
function refusedLines(
  refused: readonly Group[],
  { summary, threshold }: Survey,
  screen: Screen,
  room: number,
): readonly string[] {
  if (summary.resources === 0 && summary.pass === 0) return ['nothing was judged: this is no pass'];
  if (refused.length === 0) return [`no failure of ${threshold} severity proven; what is not proven stands below`];
  const { paint, columns } = screen;
  const groups = byRule(refused);
  const fits = groups.length * 2 + 1 <= room ? groups.length : Math.max(1, Math.floor((room - 2) / 2));
  const rest = groups.slice(fits);
  return [
    `${paint(['bold', 'red'], 'refused')}: ${count(total(refused), 'finding')} of ${count(groups.length, 'rule')}`,
    ...groups.slice(0, fits).flatMap(([rule, group]) => {
      const [{ severity, first }] = group as [Group, ...Group[]];
      const more = total(group) > 1 ? `, and ${total(group) - 1} more` : '';
      const where = `${' '.repeat(11)}${printable(rule)}, ${printable(placeText(first.place))}${more}`;
      return [cut(`  ${severity.padEnd(8)} ${printable(first.message)}`, columns), cut(where, columns)];
    }),
    ...(rest.length > 0
      ? [
          listed(
            '  and of',
            rest.map(([rule, group]) => numbered(rule, total(group))),
            screen,
          ),
        ]
      : []),
  ];
}

function lightLine(light: readonly Group[], screen: Screen): readonly string[] {
  if (light.length === 0) return [];
  const rules = byRule(light).map(([rule, group]) => numbered(rule, total(group)));
  return [
    listed(
      `${screen.paint('yellow', 'lighter')}: ${count(total(light), 'finding')} that refuse nothing:`,
      rules,
      screen,
      'yellow',
    ),
  ];
}

function unknownLines(unknown: readonly Group[], { paint, columns }: Screen): readonly string[] {
  if (unknown.length === 0) return [];
  const causes = causeLines(unknown);
  const rest = causes.length - shownCauses;
  return [
    `${paint('yellow', 'not proven')}: ${count(total(unknown), 'check')}`,
    ...causes.slice(0, shownCauses).map((cause) => cut(`  ${printable(cause)}`, columns)),
    ...(rest > 0 ? [`  and for ${count(rest, 'other cause')}`] : []),
  ];
}

function provenLine({ summary, found }: Survey, screen: Screen): readonly string[] {
  const whole = summary.proven.filter(({ rule }) => !found.has(rule)).map(({ rule, checks }) => numbered(rule, checks));
  const head = `${screen.paint('green', 'proven')}: ${count(summary.pass, 'check')}`;
  if (whole.length === 0) return [`${head}, no rule as a whole`];
  return [listed(`${head}; whole rules:`, whole, screen, 'green')];
}

function coverageLine({ summary, notLookedAt: many }: Survey, screen: Screen): readonly string[] {
  const { percent, typesNotLookedAt } = summary.coverage;
  if (many === 0) return [];
  const what = typesNotLookedAt.length > 0 ? typesNotLookedAt : summary.notLookedAt;
  return [listed(`${screen.paint('cyan', 'no rule looked at')} ${many} (${100 - percent} %):`, what, screen, 'cyan')];
}

function next(refused: readonly Group[], { paint, columns }: Screen): readonly string[] {
  const [first] = refused;
  const verbs: readonly (readonly [string, string])[] = [
    ['check --verbose', 'every finding with its reasons and its fix'],
    ...(first === undefined ? [] : [[`explain ${first.rule}`, 'what a rule asks for, and why'] as const]),
    ...(refused.length > 0 ? [['baseline write', 'accept these until a day, and refuse only others'] as const] : []),
    ['register init', 'draft a register of the hosts found here'],
  ];
  const longest = Math.max(...verbs.map(([verb]) => width(verb)));
  return verbs.map(([verb, what], index) => {
    const label = index === 0 ? paint('bold', 'next') : '    ';
    return cut(`${label}  lukko ${printable(verb).padEnd(longest)}  ${what}`, columns + label.length - 4);
  });
}

function byRule(groups: readonly Group[]): readonly (readonly [string, readonly Group[]])[] {
  const heaviest = (same: readonly Group[]) => Math.max(...same.map(({ severity }) => weight(severity)));
  return [...groupBy(groups, ({ rule }) => rule)].sort(([, a], [, b]) => heaviest(b) - heaviest(a));
}

function total(groups: readonly Group[]): number {
  return groups.reduce((sum, group) => sum + group.count, 0);
}

function numbered(name: string, number: number): string {
  return number === 1 ? name : `${name} (${number})`;
}

/** A head and as many names as fit on its line, then how many there are more. */
function listed(
  head: string,
  names: readonly string[],
  { paint, columns }: Screen,
  style?: Parameters<Paint>[0],
): string {
  // What colours the head takes no room on the screen.
  const invisible = style === undefined ? 0 : paint(style, 'x').length - 1;
  let line = head;
  for (const [index, name] of names.entries()) {
    const text = `${index === 0 ? ' ' : ', '}${printable(name)}`;
    const left = names.length - index - 1;
    const room = columns + invisible - (left > 0 ? ` and ${left} more`.length : 0);
    if (width(line) + width(text) > room)
      return cut(`${line}${index === 0 ? '' : ' and'} ${names.length - index} more`, columns + invisible);
    line += text;
  }
  return line;
}

function cut(text: string, room: number): string {
  if (width(text) <= room) return text;
  let kept = '';
  for (const mark of text) {
    if (width(kept) + width(mark) > room - 1) break;
    kept += mark;
  }
  return `${kept}…`;
}

/** Columns a text takes: East Asian wide and full-width characters, and pictures, take two (https://unicode.org/reports/tr11/). */
function width(text: string): number {
  // Nearly every text, and the pattern below takes longer to make than the screen.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columnsTaken = 0;
  for (const mark of text)
    columnsTaken +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
        mark,
      )
        ? 2
        : 1;
  return columnsTaken;
}
