import type { Cause, Place } from '@lukko/terraform-model';

/**
 * What may break out of a line or repaint a terminal: controls, lone surrogates, private use, line and paragraph separators,
 * and the bidirectional and invisible marks that make text read otherwise than it is
 * (https://unicode.org/reports/tr36/#Bidirectional_Text_Spoofing).
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Text from an input as one printable line: everything that could act on a terminal stands as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(unprintable, (mark) => `\\u{${(mark.codePointAt(0) as number).toString(16)}}`);
}

/** `stacks/logs.ts:41`. */
export function placeText({
  file,
  line,
}: {
  readonly file: string;
  readonly line?: Place['line'] | undefined;
}): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** `ISO27001:2022/A.8.24` as people write it: `ISO27001:2022 A.8.24`. */
export function controlName(control: string): string {
  return control.replace('/', ' ');
}

/** `1 finding`, `2 findings`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** The first few of a list and how many more there are. */
export function some(items: readonly string[], shown: number): string {
  const rest = items.length - shown;
  return rest > 0 ? `${items.slice(0, shown).join(', ')} and ${rest} more` : items.join(', ');
}

/** Why something is not known, as a sentence; `what` names the variable or data source where one is known. */
export const causeText: { readonly [C in Cause]: (what: string | undefined) => string } = {
  computed: () => 'the provider decides it at apply',
  variable: (what) => `${what ?? 'a variable'} has no value`,
  data: (what) => `${what ?? 'a data source'} is read only at plan or apply`,
  function: () => 'the expression is not evaluated',
  possible: () => 'several values are possible',
  outside: () => 'it points outside this input',
  source: () => 'the plan shows only a hash or references, and its configuration is not at hand (--source)',
  sensitive: () => 'it is marked sensitive, and never looked at',
};

/** Groups in order of first appearance (`Map.groupBy` came with Node 21). */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
