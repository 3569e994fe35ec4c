import type { Value } from '../value.ts';
import { carrying, causesOf, known, referencesOf, unknown, weaken } from '../values.ts';
import type { BinaryOperator, Expression } from './ast.ts';
import { asBoolean, asNumber, equal, exactly, isFaithful, NotEvaluated, type Plain, plainOf } from './plain.ts';

type Binary = Expression & { kind: 'binary' };

const compute: Readonly<Record<BinaryOperator, (left: Plain, right: Plain) => Plain>> = {
  '||': (left, right) => asBoolean(left) || asBoolean(right),
  '&&': (left, right) => asBoolean(left) && asBoolean(right),
  '==': (left, right) => same(left, right),
  '!=': (left, right) => !same(left, right),
  '<': (left, right) => faithful(left) < faithful(right),
  '>': (left, right) => faithful(left) > faithful(right),
  '<=': (left, right) => faithful(left) <= faithful(right),
  '>=': (left, right) => faithful(left) >= faithful(right),
  '+': (left, right) => exactly(asNumber(left) + asNumber(right), asNumber(left), asNumber(right)),
  '-': (left, right) => exactly(asNumber(left) - asNumber(right), asNumber(left), asNumber(right)),
  '*': (left, right) => exactly(asNumber(left) * asNumber(right), asNumber(left), asNumber(right)),
  '/': (left, right) => divided(asNumber(left), asNumber(right)),
  '%': (left, right) => {
    if (asNumber(right) === 0) throw new NotEvaluated('division by zero');
    return exactly(asNumber(left) % asNumber(right), asNumber(left), asNumber(right));
  },
};

/** Both sides known: computed. One side alone decides only `false && …` and `true || …`. */
export function binary(expression: Binary, evaluate: (expression: Expression) => Value): Value {
  const left = evaluate(expression.left);
  const right = evaluate(expression.right);
  const references = weaken([...referencesOf(left), ...referencesOf(right)]);
  const [first, second] = [plainOf(left), plainOf(right)];
  if (first !== undefined && second !== undefined) {
    const result = attempt(() => compute[expression.operator](first, second));
    return result === undefined
      ? unknown(['function'], expression.text, references)
      : carrying(known(result), references);
  }
  const decisive = expression.operator === '&&' ? false : expression.operator === '||' ? true : undefined;
  // Terraform looks at both sides: an error on the other is an error still.
  const sound = ![left, right].some((side) => causesOf(side).includes('function'));
  if (sound && decisive !== undefined && (first === decisive || second === decisive))
    return carrying(known(decisive), references);
  return unknown([...causesOf(left), ...causesOf(right)], expression.text, references);
}

export function negate(expression: Expression & { kind: 'unary' }, operand: Value): Value {
  const plain = plainOf(operand);
  const references = weaken(referencesOf(operand));
  if (plain === undefined) return unknown(causesOf(operand), expression.text, references);
  const result = attempt(() => (expression.operator === '!' ? !asBoolean(plain) : -asNumber(plain)));
  return result === undefined
    ? unknown(['function'], expression.text, references)
    : carrying(known(result), references);
}

/** Lists, sets and maps are of types that are not all told apart here, and only equal when those are. */
function same(left: Plain, right: Plain): boolean {
  if (left !== null && right !== null && typeof (typeof left === 'object' ? left : right) === 'object')
    throw new NotEvaluated('collections are compared with their types');
  for (const side of [left, right]) if (typeof side === 'number') faithful(side);
  return equal(left, right);
}

function faithful(plain: Plain): number {
  const number = asNumber(plain);
  if (!isFaithful(number)) throw new NotEvaluated('a number that is rounded here');
  return number;
}

/** Infinity and what is not a number are refused by Terraform. */
function divided(left: number, right: number): number {
  if (right === 0) throw new NotEvaluated('division by zero');
  return exactly(left / right, left, right);
}

function attempt(work: () => Plain): boolean | number | string | null | undefined {
  try {
    const result = work();
    return typeof result === 'object' && result !== null ? undefined : result;
  } catch (error) {
    if (error instanceof NotEvaluated) return undefined;
    throw error;
  }
}
