import type { Unknown, Value } from './value.ts';
import { causesOf } from './values.ts';

const longest = 80;

/** A value in a few words, for reasons and messages; safe to print and never a secret. */
export function describe(value: Value): string {
  switch (value.state) {
    case 'known':
      return typeof value.value === 'string' ? quoted(value.value) : String(value.value);
    case 'unset':
      return 'not set';
    case 'text':
      return quoted(value.parts.map((part) => (typeof part === 'string' ? part : hole(part))).join(''));
    case 'list':
      return describeList(value);
    case 'map':
      return describeMap(value);
    case 'unknown':
      return describeUnknown(value);
  }
}

function describeList(value: Value & { state: 'list' }): string {
  const more = value.complete ? '' : ', perhaps more';
  if (value.items.length === 0) return value.complete ? 'an empty list' : 'a list that is not known';
  if (value.items.every((item) => item.state === 'known') && value.items.length <= 5) {
    return cut(`[${value.items.map(describe).join(', ')}${more}]`);
  }
  const count = value.items.length === 1 ? '1 item' : `${value.items.length} items`;
  const causes = causesOf(value).join(', ');
  return `a list of ${count}${more}${causes === '' ? '' : ` (partly unknown: ${causes})`}`;
}

function describeMap(value: Value & { state: 'map' }): string {
  const keys = [...value.entries.keys()];
  if (keys.length === 0) return value.complete ? 'an empty map' : 'a map that is not known';
  return cut(`{ ${keys.map(escaped).join(', ')}${value.complete ? '' : ', perhaps more'} }`);
}

function describeUnknown(value: Unknown): string {
  const causes = value.causes.join(', ');
  if (value.causes.includes('sensitive')) return 'unknown (sensitive: not shown)';
  const candidates = value.candidates ?? [];
  if (candidates.length > 0) {
    const shown = candidates.slice(0, 4).map(describeCandidate);
    if (candidates.length > shown.length) shown.push('…');
    return `unknown (${causes}: ${cut(shown.join(' or '))})`;
  }
  return value.expression === '' ? `unknown (${causes})` : `unknown (${causes}: ${cut(escaped(value.expression))})`;
}

/** Among candidates the expression alone tells them apart. */
function describeCandidate(value: Value): string {
  const plain = value.state === 'unknown' && value.expression !== '' && value.candidates === undefined;
  return plain && !value.causes.includes('sensitive') ? escaped(value.expression) : describe(value);
}

function hole(part: Unknown): string {
  return part.expression === '' || part.causes.includes('sensitive') ? '${…}' : `\${${part.expression}}`;
}

function quoted(text: string): string {
  return `"${cut(escaped(text))}"`;
}

/** Whole characters only, and never the middle of an escape. */
function cut(text: string): string {
  if (text.length <= longest) return text;
  const pieces = text.match(/\\u\{[0-9a-f]+\}|\\.|./gsu) ?? [];
  let kept = '';
  for (const piece of pieces) {
    if (kept.length + piece.length > longest - 1) break;
    kept += piece;
  }
  return `${kept}…`;
}

/** Control, format, surrogate and private-use characters as escapes: nothing that moves a cursor or hides text is printed. */
export function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
