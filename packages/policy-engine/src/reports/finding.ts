import type { Finding } from '@lukko/formats';
import type { Place } from '@lukko/terraform-model';
import type { ScreenSize } from './first-screen.ts';
import { painter } from './paint.ts';
import { controlName, placeText, printable } from './text.ts';

export interface TerminalOptions {
  readonly color?: boolean;
  /** One screen for somebody who has no Lukko configuration yet, instead of every finding in full. */
  readonly first?: boolean;
  /** The size of the terminal that this screen is for; undefined where there is none. */
  readonly screen?: ScreenSize | undefined;
  /** The text of a line of the organisation's configuration, to show where a value came from. */
  readonly excerpt?: (place: Place) => string | undefined;
}

/** Reasons printed per finding; JSON has up to twenty. */
const shownReasons = 5;

/**
 * One finding as a compiler would print it, without a final newline; also what a rule's page shows.
 * @param again the finding before was of the same rule: what only repeats it (controls, fix) is left out
 */
export function renderFinding(finding: Finding, options: TerminalOptions = {}, again = false): string {
  const paint = painter(options.color);
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
    ...(finding.controls.length > 0 && !again
      ? ([['controls', finding.controls.map(controlName).join(', ')]] as const)
      : []),
    ...(again ? [] : ([['fix', finding.fix]] as const)),
  ];
  const shown = finding.verdict === 'unknown' ? `not proven: ${finding.message}` : finding.message;
  const since = finding.since === 'new' ? paint('magenta', ' (new)') : '';
  return [
    `${label}${paint('bold', `: ${printable(shown)}`)}${since}`,
    `  ${paint('blue', '-->')} ${printable(placeText(finding))}`,
    ...notes.map(([name, text]) => `   ${paint('blue', '=')} ${paint('bold', `${name}:`)} ${printable(text)}`),
  ].join('\n');
}

function originNote(origin: Place, { excerpt }: TerminalOptions): readonly [string, string] {
  const text = excerpt?.(origin)?.trim();
  return ['from', text === undefined || text === '' ? placeText(origin) : `${placeText(origin)}: ${text}`];
}
