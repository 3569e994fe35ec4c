import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { type Path, printPath } from './path.ts';
import { printable } from './problem.ts';

/** A problem that stands at an offset of the text. */
export interface Fault {
  readonly offset: number;
  readonly field: string;
  readonly message: string;
  readonly next: string;
}

/** What a document may hold once its aliases are followed: a few lines of aliases can stand for millions of values. */
const limits = { depth: 40, nodes: 100_000 };

/** A document as plain values, with every field that stands twice, and where each path is written. */
export interface Values {
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /** False when aliases are broken or blow up: then that is the only fault, and the value is not to be relied on. */
  readonly usable: boolean;
  /** Offset of the last step of the path that is written; a field stands where its name stands. */
  offsetOf(path: Path): number;
}

/** Own properties whatever their name (`__proto__` too), aliases followed. */
export function toValue(document: Document): Values {
  const offsets = new Map<string, number>();
  const faults: Fault[] = [];
  let left = limits.nodes;
  let failure: string | undefined;

  const group = (
    items: readonly { readonly key: unknown; readonly value: unknown }[],
    path: Path,
    depth: number,
  ): object => {
    const record = {};
    for (const { key, value } of items) {
      const name = keyOf(key);
      const inner = [...path, name];
      if (Object.hasOwn(record, name)) faults.push(repeated(name, inner, key));
      offsets.set(printPath(inner), offsetIn(key) ?? 0);
      const property = { value: visit(value, inner, depth + 1), enumerable: true, writable: true, configurable: true };
      Object.defineProperty(record, name, property);
    }
    return record;
  };
  const list = (items: readonly unknown[], path: Path, depth: number): unknown[] =>
    items.map((item, index) => {
      const inner = [...path, index];
      offsets.set(printPath(inner), offsetIn(item) ?? 0);
      return visit(item, inner, depth + 1);
    });
  // The depth of what is written is bounded before (depth.ts), that of what aliases add here.
  const visit = (node: unknown, path: Path, depth: number): unknown => {
    left -= 1;
    if (left < 0) failure ??= `expected at most ${limits.nodes} values, found more once aliases are followed`;
    if (depth > limits.depth)
      failure ??= `expected at most ${limits.depth} levels, found more once aliases are followed`;
    if (failure !== undefined) return null;
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined)
        failure = `expected an anchor named ${printable(node.source)} above its alias, found none`;
      return visit(target, path, depth + 1);
    }
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return list(node.items, path, depth);
    return isMap(node) ? group(node.items, path, depth) : null;
  };

  const value = visit(document.contents, [], 0);
  const offsetOf = (path: Path): number => {
    for (let length = path.length; length > 0; length--) {
      const offset = offsets.get(printPath(path.slice(0, length)));
      if (offset !== undefined) return offset;
    }
    return 0;
  };
  if (failure === undefined) return { value, faults, usable: true, offsetOf };
  const broken = { offset: 0, field: '', message: failure, next: 'write the values out' };
  return { value, faults: [broken], usable: false, offsetOf };
}

function repeated(name: string, path: Path, key: unknown): Fault {
  const message = `expected each field once, found ${printable(name)} a second time`;
  return { offset: offsetIn(key) ?? 0, field: printPath(path), message, next: 'remove one of the two' };
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function offsetIn(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
