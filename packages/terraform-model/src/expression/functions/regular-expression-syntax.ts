import { NotEvaluated } from '../plain.ts';

export type Node =
  | { readonly kind: 'one'; readonly accepts: (point: number) => boolean }
  | { readonly kind: 'look'; readonly holds: (text: readonly string[], at: number) => boolean }
  | { readonly kind: 'sequence' | 'either'; readonly items: readonly Node[] }
  | { readonly kind: 'group'; readonly index: number; readonly item: Node }
  | {
      readonly kind: 'repeat';
      readonly item: Node;
      readonly least: number;
      readonly most: number | undefined;
      readonly lazy: boolean;
    };

type Accepts = (point: number) => boolean;

interface Flags {
  readonly fold: boolean;
  readonly lines: boolean;
  readonly dotAll: boolean;
}

const deepest = 50;
const wordPoint = (point: number) => /\w/.test(String.fromCodePoint(point)) && point < 128;
const range =
  (first: number, last: number): Accepts =>
  (point) =>
    point >= first && point <= last;
const not =
  (accepts: Accepts): Accepts =>
  (point) =>
    !accepts(point);

/** Go's classes are of ASCII alone. */
const classes: Readonly<Record<string, Accepts>> = {
  d: range(0x30, 0x39),
  s: (point) => [9, 10, 12, 13, 32].includes(point),
  w: wordPoint,
};
const posix: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[\t ]/,
  digit: /[0-9]/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t\n\v\f\r ]/,
  upper: /[A-Z]/,
  word: /[0-9A-Za-z_]/,
  xdigit: /[0-9A-Fa-f]/,
};
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

function isWordAt(text: readonly string[], at: number): boolean {
  const point = text[at]?.codePointAt(0);
  return point !== undefined && wordPoint(point);
}

/** @throws NotEvaluated for what Go refuses, and for the few forms that are not known here. */
export function parseRegex(pattern: string): { readonly node: Node; readonly names: readonly (string | undefined)[] } {
  return new Parser([...pattern]).whole();
}

class Parser {
  readonly #names: (string | undefined)[] = [];
  readonly #text: readonly string[];
  #at = 0;
  #flags: Flags = { fold: false, lines: false, dotAll: false };
  #depth = 0;

  constructor(text: readonly string[]) {
    this.#text = text;
  }

  whole(): { readonly node: Node; readonly names: readonly (string | undefined)[] } {
    const node = this.#either();
    if (this.#at < this.#text.length) this.#refuse();
    return { node, names: this.#names };
  }

  #refuse(): never {
    throw new NotEvaluated('a pattern');
  }

  get #next(): string | undefined {
    return this.#text[this.#at];
  }

  #take(expected: string): boolean {
    const end = this.#at + expected.length;
    if (this.#text.slice(this.#at, end).join('') !== expected) return false;
    this.#at = end;
    return true;
  }

  #either(): Node {
    if (++this.#depth > deepest) this.#refuse();
    const items: Node[] = [];
    do items.push(this.#sequence());
    while (this.#take('|'));
    this.#depth--;
    return { kind: 'either', items };
  }

  #sequence(): Node {
    const items: Node[] = [];
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') {
      const atom = this.#atom();
      if (atom !== undefined) items.push(this.#repeated(atom));
    }
    return { kind: 'sequence', items };
  }

  #repeated(item: Node): Node {
    const bounds = this.#bounds();
    if (bounds === undefined) return item;
    const lazy = this.#take('?');
    // Go refuses what repeats a repetition.
    if (this.#next !== undefined && '*+?'.includes(this.#next)) this.#refuse();
    return { kind: 'repeat', item, ...bounds, lazy };
  }

  #bounds(): { least: number; most: number | undefined } | undefined {
    if (this.#take('*')) return { least: 0, most: undefined };
    if (this.#take('+')) return { least: 1, most: undefined };
    if (this.#take('?')) return { least: 0, most: 1 };
    const rest = this.#text.slice(this.#at, this.#at + 12).join('');
    const [whole, least, comma, most] = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    this.#at += whole.length;
    const from = Number(least);
    const to = comma === '' ? from : most === '' ? undefined : Number(most);
    if (from > 1000 || (to !== undefined && (to > 1000 || to < from))) this.#refuse();
    return { least: from, most: to };
  }

  #atom(): Node | undefined {
    const character = this.#next ?? this.#refuse();
    this.#at++;
    const { lines, dotAll } = this.#flags;
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'one', accepts: this.#folded(this.#set()) };
      case '.':
        return { kind: 'one', accepts: dotAll ? () => true : (point) => point !== 10 };
      case '^':
        return { kind: 'look', holds: (text, at) => at === 0 || (lines && text[at - 1] === '\n') };
      case '$':
        return { kind: 'look', holds: (text, at) => at === text.length || (lines && text[at] === '\n') };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        return this.#refuse();
      default:
        return { kind: 'one', accepts: this.#literal(character.codePointAt(0) ?? 0) };
    }
  }

  #group(): Node | undefined {
    const before = this.#flags;
    let index: number | undefined;
    if (this.#take('?')) {
      const rest = this.#text.slice(this.#at).join('');
      const [named, name] = /^P?<([A-Za-z_]\w*)>/.exec(rest) ?? [];
      const [flagged, on, off, end] = /^([ims]*)(?:-([ims]+))?([:)])/.exec(rest) ?? [];
      if (named !== undefined) {
        this.#at += named.length;
        if (this.#names.includes(name)) this.#refuse();
        index = this.#names.push(name);
      } else if (flagged !== undefined) {
        this.#at += [...flagged].length;
        const has = (flag: string, now: boolean) =>
          off?.includes(flag) === true ? false : on?.includes(flag) === true ? true : now;
        this.#flags = {
          fold: has('i', before.fold),
          lines: has('m', before.lines),
          dotAll: has('s', before.dotAll),
        };
        // Without a body the flags go on to the end of the group around.
        if (end === ')') return undefined;
      } else this.#refuse();
    } else index = this.#names.push(undefined);
    const item = this.#either();
    if (!this.#take(')')) this.#refuse();
    this.#flags = before;
    return index === undefined ? item : { kind: 'group', index, item };
  }

  #escape(): Node {
    const kind = this.#next ?? this.#refuse();
    switch (kind) {
      case 'A':
        this.#at++;
        return { kind: 'look', holds: (_, at) => at === 0 };
      case 'z':
        this.#at++;
        return { kind: 'look', holds: (text, at) => at === text.length };
      case 'b':
      case 'B':
        this.#at++;
        return {
          kind: 'look',
          holds: (text, at) => (isWordAt(text, at - 1) !== isWordAt(text, at)) === (kind === 'b'),
        };
      default: {
        const found = this.#class() ?? this.#literal(this.#point());
        return { kind: 'one', accepts: found };
      }
    }
  }

  /** `\d`, `\pL` and the like after the backslash; undefined for anything else. */
  #class(): Accepts | undefined {
    const kind = this.#next ?? this.#refuse();
    const known = Object.hasOwn(classes, kind.toLowerCase()) ? classes[kind.toLowerCase()] : undefined;
    if (known !== undefined) {
      this.#at++;
      return kind === kind.toLowerCase() ? known : not(known);
    }
    if (kind !== 'p' && kind !== 'P') return undefined;
    const rest = this.#text.slice(this.#at + 1, this.#at + 24).join('');
    const [whole, braced, letter] = /^(?:\{\^?(\w+)\}|([A-Z]))/.exec(rest) ?? [];
    if (whole === undefined || whole.includes('^')) this.#refuse();
    this.#at += 1 + whole.length;
    const name = braced ?? letter ?? '';
    try {
      const unicode = name.length <= 2 ? new RegExp(`\\p{${name}}`, 'u') : new RegExp(`\\p{Script=${name}}`, 'u');
      const accepts: Accepts = (point) => unicode.test(String.fromCodePoint(point));
      return kind === 'p' ? accepts : not(accepts);
    } catch {
      return this.#refuse();
    }
  }

  /** One character after a backslash. */
  #point(): number {
    const kind = this.#next ?? this.#refuse();
    this.#at++;
    if (Object.hasOwn(controls, kind)) return controls[kind] ?? 0;
    if (kind === 'x') {
      const rest = this.#text.slice(this.#at, this.#at + 10).join('');
      const [whole, braced, two] = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest) ?? [];
      if (whole === undefined) this.#refuse();
      this.#at += whole.length;
      const point = Number.parseInt(braced ?? two ?? '', 16);
      return point > 0x10ffff ? this.#refuse() : point;
    }
    // Letters and digits that mean nothing are refused, so that they may come to mean something.
    if (/[0-9A-Za-z]/.test(kind)) this.#refuse();
    return kind.codePointAt(0) ?? 0;
  }

  #set(): Accepts {
    const inverted = this.#take('^');
    const parts: Accepts[] = [];
    for (let first = true; first || this.#next !== ']'; first = false) {
      if (this.#next === undefined) this.#refuse();
      const [whole, invert, name] = /^\[:(\^?)(\w+):\]/.exec(this.#text.slice(this.#at, this.#at + 12).join('')) ?? [];
      if (whole !== undefined) {
        const form = Object.hasOwn(posix, name ?? '') ? posix[name ?? ''] : undefined;
        if (form === undefined) this.#refuse();
        this.#at += whole.length;
        const accepts: Accepts = (point) => point < 128 && form.test(String.fromCodePoint(point));
        parts.push(invert === '^' ? not(accepts) : accepts);
        continue;
      }
      if (this.#take('\\')) {
        const found = this.#class();
        if (found !== undefined) {
          parts.push(found);
          continue;
        }
        this.#at--;
      }
      const start = this.#setPoint();
      const ranged = this.#next === '-' && this.#text[this.#at + 1] !== ']' && this.#text[this.#at + 1] !== undefined;
      if (!ranged) {
        parts.push(range(start, start));
        continue;
      }
      this.#at++;
      const end = this.#setPoint();
      if (end < start) this.#refuse();
      parts.push(range(start, end));
    }
    this.#at++;
    const any: Accepts = (point) => parts.some((accepts) => accepts(point));
    return inverted ? not(this.#folded(any)) : any;
  }

  #setPoint(): number {
    if (this.#take('\\')) return this.#point();
    const character = this.#next ?? this.#refuse();
    this.#at++;
    return character.codePointAt(0) ?? 0;
  }

  #literal(point: number): Accepts {
    return this.#folded(range(point, point));
  }

  #folded(accepts: Accepts): Accepts {
    if (!this.#flags.fold) return accepts;
    return (point) => {
      const character = String.fromCodePoint(point);
      return [character, character.toLowerCase(), character.toUpperCase()].some((one) =>
        accepts(one.codePointAt(0) ?? 0),
      );
    };
  }
}
