import type { BinaryOperator, Expression, ObjectEntry, Step, Template } from './ast.ts';
import { Cursor } from './cursor.ts';
import { isFaithful } from './plain.ts';
import { parseTemplateParts } from './template.ts';

/** A chain `a + b + c …` becomes a tree as deep as it is long. */
const longestChain = 200;

/** `<<EOT`, `<<-EOT`: to the end of the line, as HCL wants it. */
const heredoc = /<<(-?)([\p{L}_][\p{L}\p{N}_-]*)\r?\n/uy;

const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/**
 * Parses a Terraform string as it stands in JSON: literal text with `${…}`, `%{…}` and their escapes.
 * @throws ExpressionError, and nothing else.
 */
export function parseTemplate(text: string): Template {
  const cursor = new Cursor(text);
  return parseTemplateParts(cursor, 'text', parseAt);
}

/**
 * Parses one bare expression (`hcloud_volume.data.id`), as `depends_on` and `references` name them.
 * @throws ExpressionError, and nothing else.
 */
export function parseExpression(text: string): Expression {
  const cursor = new Cursor(text);
  const expression = parseAt(cursor);
  cursor.space();
  if (!cursor.ended) cursor.fail('expected the end of the expression');
  return expression;
}

export function parseAt(cursor: Cursor): Expression {
  return cursor.nested(() => {
    cursor.space();
    const start = cursor.at;
    const condition = parseLevel(cursor, 0);
    if (!cursor.take('?')) return condition;
    const whenTrue = parseAt(cursor);
    cursor.expect(':');
    const whenFalse = parseAt(cursor);
    return { kind: 'conditional', condition, whenTrue, whenFalse, text: since(cursor, start) };
  });
}

function parseLevel(cursor: Cursor, level: number): Expression {
  const operators = levels[level];
  if (operators === undefined) return parseUnary(cursor);
  cursor.space();
  const start = cursor.at;
  let left = parseLevel(cursor, level + 1);
  for (let length = 0; ; length++) {
    const operator = operators.find((candidate) => takeOperator(cursor, candidate));
    if (operator === undefined) return left;
    if (length >= longestChain) cursor.fail(`more than ${longestChain} operators in a row`);
    const right = parseLevel(cursor, level + 1);
    left = { kind: 'binary', operator, left, right, text: since(cursor, start) };
  }
}

/** `a ? …` and `~}` must not be taken for operators, nor `=>` or `==` for their first character. */
function takeOperator(cursor: Cursor, operator: BinaryOperator): boolean {
  const start = cursor.at;
  if (!cursor.take(operator)) return false;
  if ((operator === '<' || operator === '>') && cursor.looksAt('=')) {
    cursor.at = start;
    return false;
  }
  return true;
}

function parseUnary(cursor: Cursor): Expression {
  cursor.space();
  const start = cursor.at;
  const operator = cursor.character;
  if ((operator === '!' && !cursor.looksAt('!=')) || operator === '-') {
    cursor.at++;
    const operand = cursor.nested(() => parseUnary(cursor));
    return { kind: 'unary', operator, operand, text: since(cursor, start) };
  }
  return parsePostfix(cursor);
}

function parsePostfix(cursor: Cursor): Expression {
  cursor.space();
  const start = cursor.at;
  const from = parsePrimary(cursor);
  const steps: Step[] = [];
  for (;;) {
    const before = cursor.at;
    const step = parseStep(cursor);
    if (step === undefined) {
      cursor.at = before;
      break;
    }
    steps.push(step);
  }
  return steps.length === 0 ? from : { kind: 'traversal', from, steps, text: since(cursor, start) };
}

function parseStep(cursor: Cursor): Step | undefined {
  cursor.space();
  if (cursor.looksAt('...')) return undefined;
  if (cursor.take('.')) {
    if (cursor.take('*')) return { kind: 'splat', full: false };
    const position = cursor.digits();
    if (position !== undefined) {
      return { kind: 'index', key: { kind: 'literal', value: position, text: String(position) } };
    }
    const name = cursor.identifier();
    return name === undefined ? cursor.fail('expected an attribute name after "."') : { kind: 'attribute', name };
  }
  if (!cursor.take('[')) return undefined;
  return cursor.bound(false, (): Step => {
    if (cursor.take('*')) {
      cursor.expect(']');
      return { kind: 'splat', full: true };
    }
    const key = parseAt(cursor);
    cursor.expect(']');
    return { kind: 'index', key };
  });
}

function parsePrimary(cursor: Cursor): Expression {
  const start = cursor.at;
  switch (cursor.character) {
    case '(':
      cursor.at++;
      return cursor.bound(false, () => {
        const inner = parseAt(cursor);
        cursor.expect(')');
        return inner;
      });
    case '[':
      cursor.at++;
      return cursor.bound(false, () =>
        cursor.looksAtWord('for') ? parseFor(cursor, start, ']') : parseTuple(cursor, start),
      );
    case '{':
      cursor.at++;
      if (cursor.bound(false, () => cursor.looksAtWord('for'))) {
        return cursor.bound(false, () => parseFor(cursor, start, '}'));
      }
      return parseObject(cursor, start);
    case '<': {
      const [, dash, marker] = cursor.takeForm(heredoc) ?? [];
      if (marker === undefined) break;
      const form = { marker, flush: dash === '-' };
      const template = cursor.nested(() => parseTemplateParts(cursor, form, parseAt));
      return { kind: 'template', template, text: since(cursor, start) };
    }
    case '"': {
      cursor.at++;
      const template = cursor.nested(() => parseTemplateParts(cursor, 'quoted', parseAt));
      return { kind: 'template', template, text: since(cursor, start) };
    }
    default:
  }
  const number = cursor.number();
  if (number !== undefined && !isFaithful(number) && !cursor.anyNumber)
    cursor.fail('a number with more digits than are kept here');
  if (number !== undefined) return { kind: 'literal', value: number, text: since(cursor, start) };
  const name = cursor.identifier();
  if (name === undefined) return cursor.fail('expected an expression');
  return parseNamed(cursor, name, start);
}

function parseNamed(cursor: Cursor, name: string, start: number): Expression {
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', text: name };
  if (name === 'null') return { kind: 'literal', value: null, text: name };
  let full = name;
  while (cursor.looksAt('::')) {
    cursor.at += 2;
    full += `::${cursor.identifier() ?? cursor.fail('expected a function name after "::"')}`;
  }
  if (!cursor.looksAt('(')) {
    if (full !== name) cursor.fail('expected "(" after the name of a provider function');
    return { kind: 'name', name, text: name };
  }
  cursor.at++;
  const args: Expression[] = [];
  let expanded = false;
  cursor.bound(false, () => {
    while (!cursor.take(')')) {
      args.push(parseAt(cursor));
      expanded = cursor.take('...');
      if (!cursor.take(',')) {
        cursor.expect(')');
        break;
      }
    }
  });
  return { kind: 'call', name: full, args, expanded, text: since(cursor, start) };
}

function parseTuple(cursor: Cursor, start: number): Expression {
  const items: Expression[] = [];
  const starts: number[] = [];
  while (!cursor.take(']')) {
    starts.push(cursor.at);
    items.push(parseAt(cursor));
    if (!cursor.take(',')) {
      cursor.expect(']');
      break;
    }
  }
  return { kind: 'tuple', items, starts, text: since(cursor, start) };
}

function parseObject(cursor: Cursor, start: number): Expression {
  const entries: ObjectEntry[] = [];
  const passLines = () => cursor.bound(false, () => cursor.space());
  cursor.bound(true, () => {
    for (passLines(); !cursor.take('}'); passLines()) {
      const key = parseKey(cursor);
      if (!cursor.take('=') && !cursor.take(':')) cursor.fail('expected "=" or ":" after a key');
      // The value may stand on the line below.
      passLines();
      const { at } = cursor;
      entries.push({ key, value: parseAt(cursor), at });
      // A new line separates entries as well as a comma does.
      if (cursor.take(',') || cursor.takeNewline()) continue;
      cursor.expect('}');
      break;
    }
  });
  return { kind: 'object', entries, text: since(cursor, start) };
}

/** A bare word is the key itself, anything else an expression. */
function parseKey(cursor: Cursor): Expression {
  cursor.space();
  const start = cursor.at;
  const name = cursor.identifier();
  cursor.space();
  if (name !== undefined && (cursor.looksAt('=') || cursor.looksAt(':'))) {
    return { kind: 'literal', value: name, text: name };
  }
  cursor.at = start;
  return parseAt(cursor);
}

function parseFor(cursor: Cursor, start: number, closing: ']' | '}'): Expression {
  cursor.identifier();
  const first = cursor.identifier() ?? cursor.fail('expected a name after "for"');
  const second = cursor.take(',') ? (cursor.identifier() ?? cursor.fail('expected a name after ","')) : undefined;
  if (cursor.identifier() !== 'in') cursor.fail('expected "in"');
  const collection = parseAt(cursor);
  cursor.expect(':');
  let value = parseAt(cursor);
  let key: Expression | undefined;
  if (closing === '}') {
    cursor.expect('=>');
    key = value;
    value = parseAt(cursor);
  }
  const grouped = cursor.take('...');
  if (grouped && closing === ']') cursor.fail('"..." belongs to an object');
  let condition: Expression | undefined;
  if (cursor.looksAtWord('if')) {
    cursor.identifier();
    condition = parseAt(cursor);
  }
  cursor.expect(closing);
  return {
    kind: 'for',
    keyName: second === undefined ? undefined : first,
    valueName: second ?? first,
    collection,
    key,
    value,
    grouped,
    condition,
    text: since(cursor, start),
  };
}

function since(cursor: Cursor, start: number): string {
  return cursor.text.slice(start, cursor.end).trim();
}
