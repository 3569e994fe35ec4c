import { tooDeep } from '@lukko/formats';
import {
  Composer,
  type Document,
  isAlias,
  isScalar,
  isSeq,
  isMap as isYamlMap,
  LineCounter,
  type Node,
  Parser,
  visit,
} from 'yaml';
import { asText, isFaithful, NotEvaluated, normal, type Plain } from '../plain.ts';

/** No configuration nests anywhere near this deep; the composer recurses. */
const deepest = 40;
const mostNodes = 200_000;

/**
 * YAML as Terraform reads it: version 1.2 with the words of 1.1 (`yes`, `on`), no dates, no merge keys.
 * @throws NotEvaluated for what is refused there, or not worked out here
 */
export function decodeYaml(text: Plain | undefined): Plain {
  const document = parsed(asText(text));
  let nodes = 0;
  visit(document, {
    Node: (_, node) => {
      if (++nodes > mostNodes) throw new NotEvaluated('yamldecode');
      if (node.tag?.startsWith('!') || (node.tag?.startsWith('tag:') && !node.tag.startsWith('tag:yaml.org,2002:')))
        throw new NotEvaluated('a tag');
    },
  });
  return plainOf(document.contents, document, { left: mostNodes }, 0);
}

function parsed(source: string): Document {
  const lineCounter = new LineCounter();
  try {
    const tokens = [...new Parser(lineCounter.addNewLine).parse(source)];
    if (tooDeep(tokens, deepest) !== undefined) throw new NotEvaluated('nesting');
    const options = { lineCounter, schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' } as const;
    const [document, ...more] = [...new Composer(options).compose(tokens, true, source.length)];
    if (document === undefined || more.length > 0 || document.errors.length > 0 || document.warnings.length > 0)
      throw new NotEvaluated('yamldecode');
    return document;
  } catch {
    throw new NotEvaluated('yamldecode');
  }
}

function plainOf(node: unknown, document: Document, budget: { left: number }, depth: number): Plain {
  if (depth > deepest || budget.left-- <= 0) throw new NotEvaluated('nesting');
  if (isAlias(node)) return plainOf(node.resolve(document), document, budget, depth + 1);
  if (isSeq(node)) return node.items.map((item) => plainOf(item, document, budget, depth + 1));
  if (isYamlMap(node)) {
    const entries = new Map<string, Plain>();
    for (const { key, value } of node.items) {
      const name = plainOf(key, document, budget, depth + 1);
      if (typeof name === 'object' || name === '<<') throw new NotEvaluated('a key');
      entries.set(String(name), value === null ? null : plainOf(value, document, budget, depth + 1));
    }
    return entries;
  }
  if (!isScalar(node)) throw new NotEvaluated('yamldecode');
  return scalar(node);
}

function scalar(node: Node & { value: unknown; type?: string; source?: string; tag?: string }): Plain {
  const text = normal(String(node.value ?? ''));
  if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str') throw new NotEvaluated('a tag');
  if (node.type !== 'PLAIN' || node.tag !== undefined) return text;
  if (/^(|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true;
  if (/^(n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false;
  if (/^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return faithful(Number(text));
  if (/^0[xob][0-9A-Fa-f]+$/.test(text)) return faithful(Number(text));
  // Dates, numbers with underscores and what is not finite come out in forms of their own.
  if (/^[-+]?[\d.][\d_.:TtZz +-]*$|^[-+]?\.(inf|nan)$/i.test(text)) throw new NotEvaluated('a scalar of this form');
  return text;
}

function faithful(value: number): number {
  if (Number.isNaN(value) || !isFaithful(value)) throw new NotEvaluated('a number that is rounded here');
  return value;
}
