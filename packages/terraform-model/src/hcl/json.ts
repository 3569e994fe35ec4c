import type { Expression } from '../expression/ast.ts';
import { isFaithful } from '../expression/plain.ts';
import type { Json } from '../json/types.ts';

/** Told where each key or item of a collection starts; without offset it starts with the whole. */
type Note = (container: object, key: string | number, offset?: number) => void;

/**
 * An expression of HCL as JSON syntax has it: constants as they are, lists and objects of them opened up, everything else as
 * `${…}` around the text. Opening up must not change the meaning: keys are plain words, none twice.
 */
export function jsonOf(expression: Expression, text: string, note: Note): Json {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'number' && !isFaithful(expression.value) ? wrapped(text) : expression.value;
    case 'unary': {
      const { operator, operand } = expression;
      const number = operand.kind === 'literal' ? operand.value : undefined;
      return operator === '-' && typeof number === 'number' && isFaithful(number) ? -number : wrapped(text);
    }
    case 'template': {
      const constant = constantText(expression);
      return constant === undefined ? wrapped(text) : escaped(constant);
    }
    case 'tuple': {
      const items: Json[] = [];
      for (const [index, item] of expression.items.entries()) {
        items.push(jsonOf(item, item.text, note));
        note(items, index, expression.starts[index]);
      }
      return items;
    }
    case 'object': {
      const entries = new Map<string, Json>();
      for (const { key, value, at } of expression.entries) {
        const name = key.kind === 'literal' && typeof key.value === 'string' ? key.value : constantText(key);
        if (name === undefined || name === '//' || entries.has(name)) return wrapped(text);
        entries.set(escaped(name), jsonOf(value, value.text, note));
        note(entries, escaped(name), at);
      }
      return entries;
    }
    default:
      return wrapped(text);
  }
}

/** A template of nothing but text. */
function constantText(expression: Expression): string | undefined {
  if (expression.kind !== 'template') return undefined;
  const [text = '', ...more] = expression.template;
  return typeof text === 'string' && more.length === 0 ? text : undefined;
}

/** A text in which no sequence starts, as the JSON syntax writes it. */
function escaped(text: string): string {
  return text.replace(/([$%])\{/g, '$1$1{');
}

/** The end of a heredoc needs a line of its own. */
function wrapped(text: string): string {
  return `\${${text}${text.includes('<<') ? '\n' : ''}}`;
}
