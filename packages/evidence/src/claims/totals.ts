import {
  type ClaimStatus,
  type Claims,
  controlIds,
  type PublishedTotals,
  type Theme,
  themeNames,
  themes,
} from '@lukko/formats';

/** Whole controls in each state, and the theme they belong to. */
export interface ThemeTotals {
  readonly theme: Theme;
  readonly controls: number;
  readonly states: Readonly<Record<string, number>>;
}

export const claimStates: readonly (ClaimStatus | 'not-applicable')[] = [
  'implemented',
  'partly',
  'planned',
  'not-implemented',
  'not-assessed',
  'not-applicable',
];

/** What claims come to, per theme. Computed, never typed. */
export function totalsOfClaims({ claims }: Claims): readonly ThemeTotals[] {
  return themeNames.map((theme) => {
    const mine = claims.filter(({ control }) => control.startsWith(`${theme}.`));
    const states = Object.fromEntries(
      claimStates.map((state) => [
        state,
        mine.filter(({ applicable, status }) => (applicable ? status : 'not-applicable') === state).length,
      ]),
    );
    return { theme, controls: mine.length, states };
  });
}

/** Share in percent, rounded half up to a number of decimals. */
export function percent(part: number, whole: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round((part * 100 * factor) / whole) / factor;
}

/**
 * What is wrong with totals somebody typed: a theme that does not have that many controls, sums that do not add up, shares that
 * are not those of the counts. Each a sentence with the numbers as computed.
 */
export function problemsOfTotals(typed: PublishedTotals): readonly string[] {
  const problems: string[] = [];
  const sums = new Map<string, number>();
  let all = 0;
  for (const [theme, states] of Object.entries(typed.themes)) {
    const sum = Object.values(states).reduce((total, number) => total + number, 0);
    all += sum;
    for (const [state, number] of Object.entries(states)) sums.set(state, (sums.get(state) ?? 0) + number);
    const size = Object.hasOwn(themes, theme) ? themes[theme as Theme] : undefined;
    if (size === undefined) problems.push(`${theme}: expected one of ${themeNames.join(', ')}`);
    else if (sum !== size) problems.push(`${theme}: expected ${size} controls, found ${sum}`);
  }
  for (const theme of themeNames)
    if (!Object.hasOwn(typed.themes, theme)) problems.push(`${theme}: expected ${themes[theme]} controls, found none`);
  for (const [state, number] of Object.entries(typed.totals ?? {})) {
    const sum = sums.get(state) ?? 0;
    if (sum !== number) problems.push(`${state}: the themes come to ${sum}, the total says ${number}`);
  }
  const whole = all === 0 ? controlIds.length : all;
  for (const [state, share] of Object.entries(typed.percent ?? {})) {
    const count = sums.get(state) ?? 0;
    const decimals = Math.min(3, (/\.(\d+)$/.exec(String(share))?.[1] ?? '').length);
    const right = percent(count, whole, decimals);
    if (right !== share) problems.push(`${state}: ${count} of ${whole} is ${right} %, not ${share} %`);
  }
  return problems;
}
