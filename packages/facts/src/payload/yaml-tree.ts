import { isMap, isScalar, isSeq, type Node as LibraryNode, LineCounter } from 'yaml';
import { plainYaml } from './plain-yaml.ts';
import { parseYaml } from './yaml.ts';

/** A YAML document in which every scalar is the text it is; lines count from 1. */
export type YamlTree =
  | { readonly kind: 'map'; readonly line: number; readonly items: readonly YamlPair[] }
  | { readonly kind: 'seq'; readonly line: number; readonly items: readonly YamlTree[] }
  | { readonly kind: 'text'; readonly line: number; readonly text: string }
  /** Nothing at all (`key:`), or an alias, which is not followed. */
  | { readonly kind: 'nothing' | 'alias'; readonly line: number };

export interface YamlPair {
  readonly key: string;
  readonly value: YamlTree;
}

/** It is not one YAML document, or nested deeper than any payload; the message says what and where. */
export class YamlError extends Error {}

/**
 * The tree of one YAML document (failsafe schema: `yes`, `0644` and `1_000` stay texts); undefined for an empty one. What the block
 * style of generators needs is read directly, everything else by the YAML package, with the same result.
 * @throws YamlError
 */
export function readYaml(text: string): YamlTree | undefined {
  return plainYaml(text) ?? yamlOfAnyStyle(text);
}

/** The same by the YAML package alone. @throws YamlError */
export function yamlOfAnyStyle(text: string): YamlTree | undefined {
  const lines = new LineCounter();
  const document = parsed(text, lines);
  const [error] = document?.errors ?? [];
  if (error !== undefined)
    throw new YamlError(`${error.code.toLowerCase().replaceAll('_', ' ')} in line ${lines.linePos(error.pos[0]).line}`);
  const contents = document?.contents;
  return contents === null || contents === undefined ? undefined : treeOf(contents as LibraryNode, lines);
}

function parsed(text: string, lineCounter: LineCounter): ReturnType<typeof parseYaml> {
  try {
    return parseYaml(text, { lineCounter, schema: 'failsafe', uniqueKeys: true });
  } catch (error) {
    throw new YamlError(error instanceof Error ? error.message : String(error));
  }
}

/** Recursion is bounded: parseYaml refuses what is nested deeper than forty levels. */
function treeOf(node: LibraryNode | null, lines: LineCounter): YamlTree {
  const line = node?.range ? lines.linePos(node.range[0]).line : 1;
  if (isMap(node)) {
    const items = node.items.map(({ key, value }) => ({
      key: String(isScalar(key) ? key.value : key),
      value: treeOf(value as LibraryNode | null, lines),
    }));
    return { kind: 'map', line, items };
  }
  if (isSeq(node)) return { kind: 'seq', line, items: node.items.map((item) => treeOf(item as LibraryNode, lines)) };
  if (!isScalar(node)) return { kind: node === null ? 'nothing' : 'alias', line };
  if (node.value === null) return { kind: 'nothing', line };
  return {
    kind: 'text',
    line,
    text: typeof node.value === 'string' ? node.value : (node.source ?? String(node.value)),
  };
}

/** The value of a key in a mapping; undefined when there is none, or the tree is no mapping. */
export function at(tree: YamlTree | undefined, key: string): YamlTree | undefined {
  return tree?.kind === 'map' ? tree.items.find((item) => item.key === key)?.value : undefined;
}

/** The text of a scalar; undefined for anything else. */
export function textOf(tree: YamlTree | undefined): string | undefined {
  return tree?.kind === 'text' ? tree.text : undefined;
}

/** The items of a sequence; none for anything else. */
export function itemsOf(tree: YamlTree | undefined): readonly YamlTree[] {
  return tree?.kind === 'seq' ? tree.items : [];
}
