import { InputError } from '../input-error.ts';
import { ScanError, type Scanned, scan, stringEnd, type Watcher } from './scan.ts';

/** A value inside the bytes of a document: from its first byte to the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** How many keys are written in it, where that was seen already. */
  readonly keys?: number;
}

const quote = 0x22;
const fix = 'write the file again with: terraform show -json <plan file>';

/** What a document is, and then what stands in it, is asked of the same bytes: a large one is gone through once. */
const known = new WeakMap<Uint8Array, ReadonlyMap<string, Span>>();

/**
 * Finds the parts of a large JSON document without parsing all of it: works on bytes, so that a document larger than the
 * longest string of the engine (512 MB) can be read, one part at a time.
 */
export class Splitter {
  readonly bytes: Uint8Array;
  readonly file: string;

  constructor(bytes: Uint8Array, file: string) {
    this.bytes = bytes;
    this.file = file;
  }

  /**
   * Members of the document's own object, found in one pass over its bytes.
   * @throws InputError for a key that stands twice, or a document that is no object.
   */
  sections(): ReadonlyMap<string, Span> {
    const found = known.get(this.bytes) ?? this.#sections();
    known.set(this.bytes, found);
    return found;
  }

  #sections(): ReadonlyMap<string, Span> {
    const { bytes } = this;
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const { members, end } = this.#members(this.#space(marked ? 3 : 0));
    if (this.#space(end) < bytes.length) this.fail(end, 'more text follows the end of the document');
    return members;
  }

  /**
   * Members of an object in order.
   * @throws InputError for a key that stands twice, or anything that is no object.
   */
  members(span: Span): ReadonlyMap<string, Span> {
    return this.#members(span.start).members;
  }

  #members(from: number): { readonly members: ReadonlyMap<string, Span>; readonly end: number } {
    if (this.bytes[from] !== 0x7b) this.fail(from, 'an object was expected');
    const members = new Map<string, Span>();
    let at = this.#space(from + 1);
    if (this.bytes[at] === 0x7d) return { members, end: at + 1 };
    for (;;) {
      if (this.bytes[at] !== quote) this.fail(at, 'a key in double quotes was expected');
      const keyEnd = this.#scanned(() => stringEnd(this.bytes, at));
      const key = String(this.parse({ start: at, end: keyEnd }));
      if (members.has(key)) this.fail(at, `key ${JSON.stringify(key)} stands twice`);
      at = this.#space(keyEnd);
      if (this.bytes[at] !== 0x3a) this.fail(at, '":" was expected after a key');
      const start = this.#space(at + 1);
      const { end, keys } = this.#skip(start);
      members.set(key, { start, end, keys });
      at = this.#space(end);
      if (this.bytes[at] === 0x7d) return { members, end: at + 1 };
      if (this.bytes[at] !== 0x2c) this.fail(at, '"," or "}" was expected');
      at = this.#space(at + 1);
    }
  }

  /** Items of an array, found one after the other as they are asked for; `watcher` is told of the keys in each. */
  *items(span: Span, watcher?: Watcher): Generator<Span> {
    if (this.bytes[span.start] !== 0x5b) this.fail(span.start, 'a list was expected');
    let at = this.#space(span.start + 1);
    if (this.bytes[at] === 0x5d) return;
    for (;;) {
      const { end, keys } = this.#skip(at, watcher);
      yield { start: at, end, keys };
      at = this.#space(end);
      if (this.bytes[at] === 0x5d) return;
      if (this.bytes[at] !== 0x2c) this.fail(at, '"," or "]" was expected');
      at = this.#space(at + 1);
    }
  }

  /** @throws InputError where the part is no valid JSON, or a key stands twice in one of its objects. */
  parse(span: Span): unknown {
    let value: unknown;
    try {
      value = JSON.parse(this.text(span));
    } catch (error) {
      if (error instanceof InputError) throw error;
      return this.fail(span.start, 'not valid JSON');
    }
    // Of a key that stands twice JSON.parse keeps one: then more keys are written than were read.
    if (value !== null && typeof value === 'object' && this.#keys(span) !== keysIn(value)) this.failTwice(span);
    return value;
  }

  /** @throws InputError saying that one object in the part has a key twice */
  failTwice({ start }: Span): never {
    return this.fail(start, 'a key stands twice in one object of the value that starts here');
  }

  #keys({ start, keys }: Span): number {
    return keys ?? this.#skip(start).keys;
  }

  text({ start, end }: Span): string {
    try {
      return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString('utf8');
    } catch {
      return this.fail(start, 'one value alone is longer than 512 MB');
    }
  }

  fail(offset: number, fault: string): never {
    let line = 1;
    for (let at = this.bytes.indexOf(0x0a); at >= 0 && at < offset; at = this.bytes.indexOf(0x0a, at + 1)) line++;
    throw new InputError(this.file, line, `not valid JSON at byte ${offset}: ${fault}`, fix);
  }

  #skip(start: number, watcher?: Watcher): Scanned {
    const { bytes } = this;
    const first = bytes[start];
    if (first === quote) return { end: this.#scanned(() => stringEnd(bytes, start)), keys: 0 };
    if (first !== 0x7b && first !== 0x5b) return { end: this.#word(start), keys: 0 };
    return this.#scanned(() => scan(bytes, start, watcher));
  }

  #scanned<T>(find: () => T): T {
    try {
      return find();
    } catch (error) {
      if (error instanceof ScanError) return this.fail(error.offset, error.message);
      throw error;
    }
  }

  #word(start: number): number {
    let at = start;
    for (let byte = this.bytes[at]; byte !== undefined && isWordByte(byte); byte = this.bytes[++at]);
    if (at === start) this.fail(start, 'a value was expected');
    return at;
  }

  #space(start: number): number {
    let at = start;
    for (
      let byte = this.bytes[at];
      byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
      byte = this.bytes[++at]
    );
    return at;
  }
}

/** What numbers, `true`, `false` and `null` are made of. */
function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x45
  );
}

/** Keys of all objects in a parsed value; its depth is bounded by the scan. */
export function keysIn(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += keysIn(item);
    return keys;
  }
  for (const key in value) keys += 1 + keysIn((value as Record<string, unknown>)[key]);
  return keys;
}
