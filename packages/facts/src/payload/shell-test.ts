import { hasHole } from './marked.ts';
import { type Expanded, type Outcome, together } from './shell-scope.ts';
import type { Word } from './shell-syntax.ts';

/**
 * `test`, `[` and `[[`, as far as their result follows from the words alone: comparisons of texts. Anything about the host
 * (`-e`, `-b`, …) is not determined; nor is a comparison with a hole, whose value nobody knows yet.
 */
export function evaluateTest(words: readonly Expanded[]): Outcome {
  const mentions = together(...words.map((word) => word.mentions));
  return { ok: decide(words.map((word) => word.text)), mentions };
}

function decide(texts: readonly (string | undefined)[]): boolean | undefined {
  const [first, second, third] = texts;
  if (first === '!') {
    const inner = decide(texts.slice(1));
    return inner === undefined ? undefined : !inner;
  }
  if (texts.length === 1) return isEmpty(first) === undefined ? undefined : !isEmpty(first);
  if (texts.length === 2) {
    const empty = isEmpty(second);
    if (empty === undefined) return undefined;
    return first === '-z' ? empty : first === '-n' ? !empty : undefined;
  }
  if (texts.length !== 3 || first === undefined || third === undefined) return undefined;
  if (second === '=' || second === '==') return same(first, third);
  if (second !== '!=') return undefined;
  const equal = same(first, third);
  return equal === undefined ? undefined : !equal;
}

/** Text beside a hole shows that a word is not empty; a hole alone may be. */
function isEmpty(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  const rest = text.replace(/[\uE000-\uE01F]+/g, '');
  return rest === '' && hasHole(text) ? undefined : text === '';
}

function same(left: string, right: string): boolean | undefined {
  if (hasHole(left) || hasHole(right)) return left === right ? true : undefined;
  if (/[*?[]/.test(right)) return undefined;
  return left === right;
}

/** Whether a `case` pattern matches; undefined when the word or the pattern is not determined. */
export function matchesPattern(text: string | undefined, pattern: Word): boolean | undefined {
  const [only] = pattern.parts;
  if (pattern.parts.length === 1 && only?.type === 'text' && !only.quoted && only.text === '*') return true;
  if (text === undefined || hasHole(text)) return undefined;
  if (pattern.parts.some((part) => part.type !== 'text' || (!part.quoted && /[*?[]/.test(part.text)))) return undefined;
  return pattern.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') === text;
}
