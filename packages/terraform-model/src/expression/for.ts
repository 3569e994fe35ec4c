import type { Value } from '../value.ts';
import { causesOf, isUnordered, known, list, map, referencesOf, unknown, weaken } from '../values.ts';
import type { For } from './ast.ts';
import { bind, type Evaluator, type Scope, truthOf } from './evaluate.ts';
import { failure } from './failure.ts';
import { byCodePoint, plainOf } from './plain.ts';

/** Key and value of every round, in Terraform's order; undefined when the rounds are not all known. */
export function loopValues(collection: Value): readonly (readonly [Value, Value])[] | undefined {
  if (collection.state === 'list' && collection.complete) {
    return collection.items.map((item, index) => [collection.set === true ? item : known(index), item]);
  }
  if (collection.state !== 'map' || !collection.complete) return undefined;
  return [...collection.entries].sort(([a], [b]) => byCodePoint(a, b)).map(([key, value]) => [known(key), value]);
}

/** `[for …]` and `{for …}`: computed when the rounds are known; rounds whose condition is not make it incomplete. */
export function evaluateFor(expression: For, scope: Scope, evaluator: Evaluator): Value {
  const collection = evaluator.evaluate(expression.collection, scope);
  const rounds = loopValues(collection);
  if (rounds === undefined) {
    const causes = causesOf(collection);
    return unknown(causes.length === 0 ? ['function'] : causes, expression.text, weaken(referencesOf(collection)));
  }
  const items: (readonly [Value | undefined, Value])[] = [];
  let complete = true;
  for (const round of rounds) {
    const inner = bind(scope, expression, round);
    const wanted = expression.condition === undefined ? true : truthOf(evaluator.evaluate(expression.condition, inner));
    if (wanted === false) continue;
    if (wanted === undefined) complete = false;
    const key = expression.key === undefined ? undefined : evaluator.evaluate(expression.key, inner);
    items.push([key, evaluator.evaluate(expression.value, inner)]);
  }
  if (expression.key === undefined && isUnordered(collection))
    return unknown(causesOf(collection), expression.text, weaken(items.flatMap(([, value]) => referencesOf(value))));
  if (expression.key === undefined)
    return list(
      items.map(([, value]) => value),
      complete,
    );
  return collectMap(expression, items, complete);
}

function collectMap(
  expression: For,
  items: readonly (readonly [Value | undefined, Value])[],
  complete: boolean,
): Value {
  const entries = new Map<string, Value>();
  let whole = complete;
  for (const [key, value] of items) {
    const name = key === undefined ? undefined : plainOf(key);
    if (typeof name !== 'string' && typeof name !== 'number') {
      whole = false;
      continue;
    }
    const before = entries.get(String(name));
    if (!expression.grouped && before !== undefined)
      return complete ? failure(expression.text) : unknown(['function'], expression.text);
    if (!expression.grouped) entries.set(String(name), value);
    else entries.set(String(name), list([...(before?.state === 'list' ? before.items : []), value], complete));
  }
  return map(entries, whole);
}
