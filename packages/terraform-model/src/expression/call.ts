import type { Value } from '../value.ts';
import { carrying, causesOf, isUnordered, known, referencesOf, unknown, weaken } from '../values.ts';
import type { Call, Expression } from './ast.ts';
import { failure, isFailure } from './failure.ts';
import { structural } from './functions/structural.ts';
import { plainFunctions } from './functions/table.ts';
import { NotEvaluated, type Plain, plainOf, Refused, toValue } from './plain.ts';

/**
 * Computes a function call. Arguments that are unknown only because the provider decides them leave the result unknown for
 * that same cause; a function that is not in the table makes it unknown by `function`.
 */
export function call(expression: Call, evaluate: (expression: Expression) => Value): Value {
  const { name } = expression;
  if (name === 'try' || name === 'can') return attempt(expression, evaluate);
  const args = spread(expression, expression.args.map(evaluate));
  if (args === undefined) return undecided(expression, expression.args.map(evaluate));
  if (name === 'sensitive') return unknown(['sensitive'], expression.text, weaken(args.flatMap(referencesOf)));
  if (name === 'nonsensitive') return args[0] ?? unknown(['function'], expression.text);
  if (!orderless.has(name) && args.some(isUnordered)) return undecided(expression, args);
  const plain = args.map(plainOf);
  const compute = plainFunctions.get(name);
  if (compute !== undefined && plain.every((arg) => arg !== undefined)) {
    const result = guarded(expression, () => asSet(name, toValue(compute(plain as readonly Plain[]))));
    if (result !== undefined && isFailure(result)) return result;
    if (result !== undefined) return carrying(result, weaken(args.flatMap(referencesOf)));
    if (!Object.hasOwn(structural, name)) return undecided(expression, args, true);
  }
  const shaped = Object.hasOwn(structural, name) ? guarded(expression, () => structural[name]?.(args)) : undefined;
  if (shaped !== undefined) return shaped;
  return undecided(expression, args, compute === undefined && !Object.hasOwn(structural, name));
}

/** Functions whose result is the same in whatever order a set is walked. */
const orderless: ReadonlySet<string> = new Set([
  'length',
  'contains',
  'toset',
  'sort',
  'one',
  'setunion',
  'setsubtract',
]);

/** What Terraform gives as a set. */
const setFunctions: ReadonlySet<string> = new Set(['toset', 'setintersection', 'setsubtract', 'setunion']);

function asSet(name: string, value: Value): Value {
  return value.state === 'list' && setFunctions.has(name) ? { ...value, set: true } : value;
}

function undecided(expression: Call, args: readonly Value[], always = false): Value {
  const causes = args.flatMap(causesOf);
  const named = always || causes.length === 0 ? [...causes, 'function' as const] : causes;
  return unknown(named, expression.text, weaken(args.flatMap(referencesOf)));
}

/** `f(list...)`: undefined when the list is not known to its length. */
function spread(expression: Call, args: readonly Value[]): readonly Value[] | undefined {
  const last = args.at(-1);
  if (!expression.expanded || last === undefined) return args;
  return last.state === 'list' && last.complete ? [...args.slice(0, -1), ...last.items] : undefined;
}

/** The first argument that is no error. What is unknown may be one, so nothing after it is excluded. */
function attempt(expression: Call, evaluate: (expression: Expression) => Value): Value {
  for (const arg of expression.args) {
    const value = evaluate(arg);
    if (isFailure(value)) continue;
    if (causesOf(value).includes('function')) return undecided(expression, [value]);
    return expression.name === 'can' ? known(true) : value;
  }
  return expression.name === 'can' ? known(false) : failure(expression.text);
}

function guarded(expression: Call, compute: () => Value | undefined): Value | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof Refused) return failure(expression.text);
    if (error instanceof NotEvaluated) return undefined;
    throw error;
  }
}
