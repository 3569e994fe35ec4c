import type { Evaluator, Scope } from '../expression/evaluate.ts';
import { byCodePoint, plainOf } from '../expression/plain.ts';
import type { Json, JsonObject } from '../json/types.ts';
import type { Value } from '../value.ts';
import { causesOf, known, map, referencesOf, unknown, weaken } from '../values.ts';

/** One instance of a resource or module: what stands in brackets, and what `each` and `count` mean inside. */
export interface Instance {
  readonly index: string | number | undefined;
  readonly bound: ReadonlyMap<string, Value>;
}

/**
 * How often a block exists. `single`: neither `count` nor `for_each`. `unknown`: one instance stands for any number, none
 * included.
 */
export interface Expansion {
  readonly form: 'single' | 'count' | 'each' | 'unknown';
  readonly instances: readonly Instance[];
}

/** Terraform has no such limit; it keeps a small file from asking for all memory. */
const mostInstances = 100_000;

const single: Expansion = { form: 'single', instances: [{ index: undefined, bound: new Map() }] };

export function expansionOf(body: JsonObject, scope: Scope, evaluator: Evaluator): Expansion {
  const count = body.get('count');
  if (count !== undefined && count !== null) return byCount(evaluator.json(count, scope));
  const forEach = body.get('for_each');
  return forEach === undefined || forEach === null ? single : byKey(forEach, scope, evaluator);
}

function byCount(value: Value): Expansion {
  const plain = plainOf(value);
  const count = typeof plain === 'string' && /^\d+$/.test(plain) ? Number(plain) : plain;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > mostInstances) {
    const index = unknown(causesOf(value), 'count.index', weaken(referencesOf(value)));
    return {
      form: 'unknown',
      instances: [{ index: undefined, bound: new Map([['count', map(new Map([['index', index]]))]]) }],
    };
  }
  return { form: 'count', instances: Array.from({ length: count }, (_, index) => counted(index)) };
}

function byKey(json: Json, scope: Scope, evaluator: Evaluator): Expansion {
  const value = evaluator.json(json, scope);
  const entries = entriesOf(value);
  if (entries === undefined || entries.length > mostInstances) {
    const causes = causesOf(value);
    const references = weaken(referencesOf(value));
    const each = { key: unknown(causes, 'each.key', references), value: unknown(causes, 'each.value', references) };
    return { form: 'unknown', instances: [{ index: undefined, bound: eachOf(each.key, each.value) }] };
  }
  return {
    form: 'each',
    instances: entries.map(([key, item]) => ({ index: key, bound: eachOf(known(key), item) })),
  };
}

function eachOf(key: Value, value: Value): ReadonlyMap<string, Value> {
  return new Map([
    [
      'each',
      map(
        new Map([
          ['key', key],
          ['value', value],
        ]),
      ),
    ],
  ]);
}

function entriesOf(value: Value): readonly (readonly [string, Value])[] | undefined {
  if (value.state === 'map') {
    if (!value.complete) return undefined;
    return [...value.entries].sort(([a], [b]) => byCodePoint(a, b));
  }
  if (value.state !== 'list' || !value.complete) return undefined;
  const entries: (readonly [string, Value])[] = [];
  for (const item of value.items) {
    const key = plainOf(item);
    if (typeof key !== 'string') return undefined;
    entries.push([key, item]);
  }
  return [...new Map(entries)].sort(([a], [b]) => byCodePoint(a, b));
}

/**
 * The instances a plan shows, with what `count` and `each` mean in them as far as the expressions tell.
 * @param expressed what the expressions give; only for a `for_each` they know more than the index
 */
export function plannedExpansion(
  indexes: readonly (string | number | undefined)[],
  expressed: () => Expansion,
): Expansion {
  if (indexes.includes(undefined)) return single;
  if (indexes.every((index) => typeof index === 'number')) return { form: 'count', instances: indexes.map(counted) };
  const written = expressed();
  const byIndex = new Map(written.instances.map((instance) => [instance.index, instance]));
  const form = typeof indexes[0] === 'number' ? 'count' : 'each';
  const instances = indexes.map((index): Instance => {
    const same = byIndex.get(index);
    if (same !== undefined) return same;
    if (form === 'count') return counted(index ?? 0);
    const value = written.instances[0]?.bound.get('each');
    const each = value?.state === 'map' ? value.entries.get('value') : undefined;
    const open = written.form === 'unknown' && each !== undefined ? each : unknown(['source'], 'each.value');
    return { index, bound: eachOf(known(String(index)), open) };
  });
  return { form, instances };
}

function counted(index: string | number): Instance {
  return { index, bound: new Map([['count', map(new Map([['index', known(index)]]))]]) };
}
