import type { YamlPair, YamlTree } from './yaml-tree.ts';

const DEEPEST = 20;
const KEY = /^([A-Za-z_][A-Za-z0-9_./-]{0,200}):(?: (.*))?$/s;
/** A plain scalar (YAML 1.2.2, §7.3.3) of one line that is no other thing, however it is read. */
const PLAIN = /^(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-(?=[^\s-]|-\w))(?:[^\s:#]|:(?=\S)|(?<=\S)#| +(?=[^\s#]))*$/;
const DOUBLE = /^"((?:[^"\\]|\\["\\/nt])*)"$/;
const SINGLE = /^'((?:[^']|'')*)'$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
]);

/** The document is of a style that is left to the YAML package. */
const DECLINED = Symbol('declined');

/**
 * The block style that generators write, ours among them: mappings and sequences by indentation, one-line scalars, literal blocks
 * (`|`, `|-`). Undefined for any other document: comments after the first key, flow style, anchors, tags, folded and multi-line
 * scalars, empty values, and everything that is an error. It is there for speed alone: the first documents a process reads cost
 * the YAML package as much time as all the rest of their payloads. A test compares both on random documents.
 */
export function plainYaml(text: string): YamlTree | undefined {
  if (!text.endsWith('\n') || text.includes('\r')) return undefined;
  try {
    return new BlockReader(text).document();
  } catch (error) {
    if (error === DECLINED) return undefined;
    throw error;
  }
}

class BlockReader {
  private readonly lines: string[];
  private index = 0;
  /** Of the line at `index`: spaces before it, and the rest; undefined at the end. */
  private indent = 0;
  private rest: string | undefined;

  constructor(text: string) {
    this.lines = text.split('\n');
  }

  document(): YamlTree {
    while (this.lines[this.index]?.startsWith('#')) this.index += 1;
    this.settle();
    if (this.rest === undefined || this.indent !== 0) this.decline();
    const tree = this.block(0);
    if (this.rest !== undefined) this.decline();
    return tree;
  }

  private decline(): never {
    throw DECLINED;
  }

  /** Goes on to the next line that is not blank. */
  private settle(): void {
    for (; this.index < this.lines.length; this.index += 1) {
      const line = this.lines[this.index] ?? '';
      const indent = spacesOf(line);
      if (indent === line.length) continue;
      this.indent = indent;
      this.rest = line.slice(indent);
      if (this.rest.startsWith('#') || this.rest.endsWith(' ') || this.rest.includes('\t')) this.decline();
      return;
    }
    this.indent = 0;
    this.rest = undefined;
  }

  private next(): void {
    this.index += 1;
    this.settle();
  }

  private block(depth: number): YamlTree {
    if (depth > DEEPEST) this.decline();
    return this.rest?.startsWith('- ') ? this.sequence(depth) : this.mapping(depth);
  }

  private mapping(depth: number): YamlTree {
    const { indent } = this;
    const line = this.index + 1;
    const items: YamlPair[] = [];
    const keys = new Set<string>();
    while (this.rest !== undefined && this.indent === indent) {
      const found = KEY.exec(this.rest);
      const key = found?.[1];
      if (key === undefined || keys.has(key)) this.decline();
      keys.add(key);
      items.push({ key, value: this.value(found?.[2]?.replace(/^ +/, '') ?? '', indent, depth) });
    }
    if (this.indent > indent) this.decline();
    return { kind: 'map', line, items };
  }

  /** What stands behind `key:`: a scalar, or a block on the lines that follow; a sequence may stand as far left as the key. */
  private value(text: string, indent: number, depth: number): YamlTree {
    if (text !== '') return this.scalar(text, indent);
    this.next();
    const nested = this.indent > indent || (this.indent === indent && this.rest?.startsWith('- ') === true);
    if (this.rest === undefined || !nested) this.decline();
    return this.block(depth + 1);
  }

  private sequence(depth: number): YamlTree {
    const { indent } = this;
    const line = this.index + 1;
    const items: YamlTree[] = [];
    while (this.rest?.startsWith('- ') === true && this.indent === indent) {
      // `- key: value`: the item is a block whose first line begins behind the dash.
      this.lines[this.index] = `${' '.repeat(indent + 1)}${this.rest.slice(1)}`;
      const at = this.index;
      this.settle();
      if (this.index !== at) this.decline();
      const opens = this.rest.startsWith('- ') || KEY.test(this.rest);
      items.push(opens ? this.block(depth + 1) : this.scalar(this.rest, indent));
    }
    if (this.indent > indent) this.decline();
    return { kind: 'seq', line, items };
  }

  private scalar(text: string, indent: number): YamlTree {
    const line = this.index + 1;
    if (text === '|' || text === '|-') return { kind: 'text', line, text: this.literal(indent, text === '|-') };
    const value = oneLine(text);
    if (value === undefined) this.decline();
    this.next();
    if (this.rest !== undefined && this.indent > indent) this.decline();
    return { kind: 'text', line, text: value };
  }

  /** YAML 1.2.2, §8.1.2: the first line that is not blank sets the indentation; blank lines at the end are left off. */
  private literal(indent: number, strip: boolean): string {
    const found: string[] = [];
    let margin = -1;
    let longestBlank = 0;
    let end = 0;
    let lastLong = -1;
    for (this.index += 1; this.index < this.lines.length; this.index += 1) {
      const line = this.lines[this.index] ?? '';
      const spaces = spacesOf(line);
      if (spaces < line.length) {
        if (spaces <= indent) break;
        if (margin < 0) margin = spaces;
        if (spaces < margin || longestBlank > margin || line.trimStart() === '') this.decline();
        found.push(line.slice(margin));
        end = found.length;
      } else {
        if (margin < 0 && spaces > longestBlank) longestBlank = spaces;
        if (spaces > margin) lastLong = found.length;
        found.push(margin < 0 ? '' : line.slice(margin));
      }
    }
    if (end === 0 || lastLong >= end) this.decline();
    this.settle();
    return `${found.slice(0, end).join('\n')}${strip ? '' : '\n'}`;
  }
}

function oneLine(text: string): string | undefined {
  if (text.startsWith('"'))
    return DOUBLE.exec(text)?.[1]?.replace(/\\(.)/g, (_, escaped: string) => ESCAPES.get(escaped) ?? escaped);
  if (text.startsWith("'")) return SINGLE.exec(text)?.[1]?.replaceAll("''", "'");
  return PLAIN.test(text) ? text : undefined;
}

function spacesOf(line: string): number {
  let count = 0;
  while (line.charCodeAt(count) === 32) count += 1;
  return count;
}
