import { asText, NotEvaluated, normal, type Plain, Refused } from '../plain.ts';
import { allMatches, compile, type Match, matchAt, type Program } from './regular-expression.ts';
import type { PlainFunctions } from './table.ts';

/** https://developer.hashicorp.com/terraform/language/functions/regex and its like. */
export const patterns: PlainFunctions = {
  regex: ([pattern, text]) => {
    const program = compile(asText(pattern));
    const characters = [...asText(text)];
    const match = matchAt(program, characters, 0);
    if (match === undefined) throw new Refused('no match');
    return shown(program, match, characters);
  },
  regexall: ([pattern, text]) => {
    const program = compile(asText(pattern));
    const characters = [...asText(text)];
    return [...allMatches(program, characters)].map((match) => shown(program, match, characters));
  },
};

/** The text without groups, a map of names or a list of groups with them; a pattern with both is refused. */
function shown({ names }: Program, { start, end, groups }: Match, text: readonly string[]): Plain {
  if (names.length === 0) return normal(text.slice(start, end).join(''));
  const named = names.filter((name) => name !== undefined);
  if (named.length === 0) return groups;
  if (named.length < names.length) throw new NotEvaluated('named and unnamed groups');
  return new Map(names.map((name, index) => [name ?? '', groups[index] ?? null]));
}

/** `replace` with a pattern; `$1`, `${name}` in the replacement stand for groups (Go: Regexp.Expand). */
export function replacePattern(text: string, pattern: string, replacement: string): string {
  const program = compile(pattern);
  const characters = [...text];
  let made = '';
  let from = 0;
  for (const match of allMatches(program, characters)) {
    made += characters.slice(from, match.start).join('') + expand(program, match, characters, replacement);
    from = match.end;
  }
  return normal(made + characters.slice(from).join(''));
}

function expand({ names }: Program, match: Match, text: readonly string[], replacement: string): string {
  return replacement.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare, braced) => {
    if (whole === '$$') return '$';
    const name: string = bare ?? braced;
    if (name === '0') return text.slice(match.start, match.end).join('');
    const index = /^\d+$/.test(name) ? Number(name) - 1 : names.indexOf(name);
    return match.groups[index] ?? '';
  });
}
