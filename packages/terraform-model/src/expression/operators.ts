import type { Value } from '../value.ts';
import { carrying, causesOf, known, referencesOf, unknown, weaken } from '../values.ts';
import type { BinaryOperator, Expression } from './ast.ts';
import { asBoolean, asNumber, equal, NotEvaluated, type Plain, plainOf } from './plain.ts';

type Binary = Expression & { kind: 'binary' };

const compute: Readonly<Record<BinaryOperator, (left: Plain, right: Plain) => Plain>> = {
  '||': (left, right) => asBoolean(left) || asBoolean(right),
  '&&': (left, right) => asBoolean(left) && asBoolean(right),
  '==': (left, right) => equal(left, right),
  '!=': (left, right) => !equal(left, right),
  '<': (left, right) => asNumber(left) < asNumber(right),
  '>': (left, right) => asNumber(left) > asNumber(right),
  '<=': (left, right) => asNumber(left) <= asNumber(right),
  '>=': (left, right) => asNumber(left) >= asNumber(right),
  '+': (left, right) => asNumber(left) + asNumber(right),
  '-': (left, right) => asNumber(left) - asNumber(right),
  '*': (left, right) => asNumber(left) * asNumber(right),
  '/': (left, right) => divided(asNumber(left), asNumber(right)),
  '%': (left, right) => divided(asNumber(left), asNumber(right)) && asNumber(left) % asNumber(right),
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
  if (decisive !== undefined && (first === decisive || second === decisive))
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

/** Infinity and what is not a number are refused by Terraform. */
function divided(left: number, right: number): number {
  if (right === 0) throw new NotEvaluated('division by zero');
  return left / right;
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
