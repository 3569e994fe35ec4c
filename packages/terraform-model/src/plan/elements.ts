import type { Copies } from '../graph.ts';
import type { Watcher } from '../json/scan.ts';
import { keysIn, type Span, type Splitter } from '../json/split.ts';
import type { CopyFinder } from './copies.ts';
import { own, type ResourceChange } from './format.ts';
import { faultOf } from './shape.ts';
import { rememberMarks } from './shown.ts';

/** Longer ones are not kept: what is so long hardly comes twice. */
const LONGEST_KEPT = 1 << 14;
const MOST_KEPT = 1 << 12;

/**
 * The elements of `resource_changes`, one after the other. What says which of their values are not known, or sensitive, is half of their
 * text and the same for all instances of a resource: it is cut out, read once per text, and shared.
 * @throws InputError for what is no JSON, or not of the form terraform writes
 */
export function* changesIn(splitter: Splitter, span: Span): Generator<ResourceChange> {
  const marks = new Marks(splitter);
  for (const element of elementsIn(splitter, span)) yield parsed(splitter, element, marks);
}

/** The same without those of instances that others stand for, which is known once all were looked at. */
export function changesOnce(
  splitter: Splitter,
  span: Span,
  finder: CopyFinder,
): { readonly changes: ResourceChange[]; readonly copies: readonly Copies[] } {
  const all = Array.from(elementsIn(splitter, span), (element) => ({ ...element, copy: finder.take(element.item) }));
  const { copies, left } = finder.found();
  const marks = new Marks(splitter);
  const read = all.flatMap(({ copy, ...element }) =>
    copy !== undefined && left.has(copy) ? [] : [{ copy, change: parsed(splitter, element, marks) }],
  );
  // Keys in another order than terraform's, spaces, escapes: the text of such an element told nothing, what it says does.
  if (read.some(({ copy, change }) => copy === undefined && finder.isStray(change.address, copies)))
    return { changes: all.map((element) => parsed(splitter, element, marks)), copies: [] };
  const changes = read.map(({ change }) => change);
  return { changes, copies };
}

interface Element {
  readonly item: Span;
  /** Where its marks stand. */
  readonly where: Span | undefined;
}

function* elementsIn(splitter: Splitter, span: Span): Generator<Element> {
  const cut = new MarksCut(splitter.bytes);
  for (const item of splitter.items(span, cut)) yield { item, where: cut.take() };
}

function parsed(splitter: Splitter, { item, where }: Element, marks: Marks): ResourceChange {
  const change = where === undefined ? splitter.parse(item) : marks.parse(item, where);
  const fault = faultOf(change);
  if (fault !== undefined) splitter.fail(item.start, `an element of resource_changes ${fault}`);
  return change as ResourceChange;
}

const quoted = (key: string): Uint8Array => Buffer.from(JSON.stringify(key));
const CHANGE = quoted('change');
const MARKS = ['after_unknown', 'before_sensitive', 'after_sensitive'].map(quoted);

/** Finds the marks in an element: members of its `change` that follow on each other. */
class MarksCut implements Watcher {
  readonly #bytes: Uint8Array;
  #inChange = false;
  #state: 'before' | 'within' | 'after' = 'before';
  #start = 0;
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  open(depth: number, keyStart: number, keyEnd: number): void {
    if (depth === 1) {
      this.#inChange = this.#is(CHANGE, keyStart, keyEnd);
      if (this.#state === 'within') this.#state = 'after';
    }
    if (depth !== 2 || !this.#inChange || this.#state === 'after') return;
    if (!MARKS.some((key) => this.#is(key, keyStart, keyEnd))) {
      if (this.#state === 'within') this.#state = 'after';
    } else if (this.#state === 'before') {
      this.#state = 'within';
      this.#start = keyStart;
    }
  }

  close(depth: number, at: number): void {
    if (depth === 2 && this.#state === 'within') this.#end = at;
  }

  /** Where they stand in the element that was passed last; undefined where it has none. */
  take(): Span | undefined {
    const found = this.#state === 'before' ? undefined : { start: this.#start, end: this.#end };
    this.#state = 'before';
    this.#inChange = false;
    return found;
  }

  #is(key: Uint8Array, start: number, end: number): boolean {
    if (end - start !== key.length) return false;
    for (let at = 0; at < key.length; at++) if (this.#bytes[start + at] !== key[at]) return false;
    return true;
  }
}

interface Mark {
  readonly values: object;
  readonly keys: number;
}

class Marks {
  readonly #splitter: Splitter;
  readonly #known = new Map<string, Mark>();

  constructor(splitter: Splitter) {
    this.#splitter = splitter;
  }

  /** As `Splitter.parse` does, of an element whose marks stand at `where`. */
  parse(element: Span, where: Span): unknown {
    const before = this.#splitter.text({ start: element.start, end: where.start });
    const after = this.#splitter.text({ start: where.end, end: element.end });
    const text = this.#splitter.text(where);
    // Their first key keeps the place, so that the commas around it stay right.
    const rest = this.#json(`${before}${text.slice(0, text.indexOf('"', 1) + 1)}:null${after}`, element);
    const { values, keys } = this.#read(text, element);
    if (element.keys !== keysIn(rest) - 1 + keys) this.#splitter.failTwice(element);
    const whole = rest as { change: unknown };
    const change = whole.change;
    const marked = (name: string): unknown => own(Object.hasOwn(values, name) ? values : change, name);
    whole.change = {
      actions: own(change, 'actions'),
      before: own(change, 'before'),
      after: own(change, 'after'),
      after_unknown: marked('after_unknown'),
      before_sensitive: marked('before_sensitive'),
      after_sensitive: marked('after_sensitive'),
    };
    return whole;
  }

  #read(text: string, element: Span): Mark {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const values = this.#json(`{${text}}`, element) as object;
    const mark = { values, keys: keysIn(values) };
    if (text.length <= LONGEST_KEPT && this.#known.size < MOST_KEPT) {
      for (const each of Object.values(values)) rememberMarks(each);
      this.#known.set(text, mark);
    }
    return mark;
  }

  #json(text: string, { start }: Span): unknown {
    try {
      return JSON.parse(text);
    } catch {
      return this.#splitter.fail(start, 'not valid JSON');
    }
  }
}
