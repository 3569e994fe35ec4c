import type { Path, Unknown, Value } from '@lukko/terraform-model';
import type { Hole, MarkedText } from '../types.ts';

/**
 * A text with holes becomes one string that any parser can read: each hole is a run of private-use characters, which no
 * grammar of a payload treats specially, and which YAML 1.2 allows unquoted (production 1, `c-printable`).
 */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const DIGIT = 0xe010;
const RESERVED = /[\uE000-\uE01F]/g;
const MARK = /\uE000[\uE010-\uE01F]+\uE001/g;

/** Longest text the payload parsers read; Hetzner's own limit for user_data is 32 KiB (API reference, `user_data`). */
export const LONGEST_TEXT = 1 << 20;

/**
 * The text of a value with a mark for every hole; undefined when the value is no text at all (unset, a list, wholly unknown).
 * Characters of the reserved range that stand in the text itself become U+FFFD, so nobody can write a mark by hand.
 */
export function mark(value: Value): MarkedText | undefined {
  if (value.state === 'known') {
    return value.value === null ? undefined : { marked: plain(String(value.value)), holes: [] };
  }
  if (value.state === 'unknown' && value.traversal !== undefined) return joined([value]);
  return value.state === 'text' ? joined(value.parts) : undefined;
}

/** What certainly is one attribute is the same text wherever it stands, and has one mark. */
function joined(parts: readonly (string | Unknown)[]): MarkedText {
  const holes: Hole[] = [];
  const known = new Map<string, Hole>();
  let marked = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      marked += plain(part);
    } else {
      const made = holeOf(part, holes.length);
      const name = made.target === undefined ? undefined : `${made.target}\n${made.attribute}\n${made.expression}`;
      const hole = (name === undefined ? undefined : known.get(name)) ?? made;
      if (hole === made) holes.push(made);
      if (name !== undefined) known.set(name, hole);
      marked += hole.mark;
    }
  }
  return { marked, holes };
}

function plain(text: string): string {
  return text.replace(RESERVED, '\uFFFD');
}

function holeOf(unknown: Unknown, index: number): Hole {
  const { traversal } = unknown;
  const certain = traversal?.certainty === 'certain' ? traversal : undefined;
  return {
    mark: markOf(index),
    expression: unknown.expression,
    target: certain?.target,
    attribute: pathText(certain?.attribute ?? []),
    causes: unknown.causes,
  };
}

function markOf(index: number): string {
  const digits = [...index.toString(16)].map((digit) => String.fromCharCode(DIGIT + Number.parseInt(digit, 16)));
  return `${OPEN}${digits.join('')}${CLOSE}`;
}

/** `['public_net', 0, 'ipv4']` → `public_net[0].ipv4`. */
export function pathText(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

/** Whether a piece of marked text holds a hole. */
export function hasHole(text: string): boolean {
  return text.includes(OPEN);
}

/** The holes that stand in a piece of marked text, in order. */
export function holesIn(text: string, holes: readonly Hole[]): readonly Hole[] {
  if (!hasHole(text)) return [];
  return (text.match(MARK) ?? []).flatMap((each) => lookUp(each, holes) ?? []);
}

/** The hole that is the whole of a piece of marked text. */
export function wholeHole(text: string, holes: readonly Hole[]): Hole | undefined {
  return text.startsWith(OPEN) ? lookUp(text, holes) : undefined;
}

/** Marked text as people write it: `${hcloud_volume.data.id}` where a mark stands. */
export function unmark(text: string, holes: readonly Hole[]): string {
  return text.replace(MARK, (each) => `\${${lookUp(each, holes)?.expression ?? '…'}}`);
}

/** Marks carry the index of their hole, so a long text with many holes stays linear. */
function lookUp(text: string, holes: readonly Hole[]): Hole | undefined {
  let index = 0;
  for (let at = 1; at < text.length - 1; at += 1) {
    const digit = text.charCodeAt(at) - DIGIT;
    if (digit < 0 || digit > 15 || at > 8) return undefined;
    index = index * 16 + digit;
  }
  const hole = holes[index];
  return hole?.mark === text ? hole : undefined;
}
