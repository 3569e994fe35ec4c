import { bind, type Evaluator, type Scope } from '../expression/evaluate.ts';
import { loopValues } from '../expression/for.ts';
import { Unwritten } from '../expression/unwritten.ts';
import type { AttributeSource } from '../graph/resource.ts';
import { isObject, type Json, type JsonObject } from '../json/types.ts';
import { itemsOf } from '../navigate.ts';
import type { Value } from '../value.ts';
import { carrying, causesOf, list, map, ownReferences, referencesOf, unknown, unset, weaken } from '../values.ts';
import { listOf, wordOf } from './blocks.ts';

/** Arguments Terraform itself reads; everything else in a body belongs to the provider. */
export const resourceMeta: ReadonlySet<string> = new Set([
  '//',
  'count',
  'for_each',
  'provider',
  'depends_on',
  'lifecycle',
  'provisioner',
  'connection',
  'dynamic',
]);

/** The body of a block as attributes, computed in the scope it stands in. */
export function bodySource(
  body: JsonObject,
  scope: Scope,
  evaluator: Evaluator,
  meta: ReadonlySet<string>,
): AttributeSource {
  return {
    names: () => namesIn(body, meta),
    value: (name) => attributeValue(body, name, scope, evaluator, meta),
  };
}

/** A body is read once for all instances it declares. */
const named = new WeakMap<JsonObject, { readonly meta: ReadonlySet<string>; readonly names: readonly string[] }>();

export function namesIn(body: JsonObject, meta: ReadonlySet<string>): readonly string[] {
  const known = named.get(body);
  if (known?.meta === meta) return known.names;
  const names = [...new Set([...[...body.keys()].filter((name) => !meta.has(name)), ...dynamicLabels(body)])];
  named.set(body, { meta, names });
  return names;
}

/**
 * How an argument is written: not at all, without any expression, as the bare references of a plan's own record, or as an expression
 * that must be evaluated.
 */
export type Form = 'absent' | 'constant' | 'bare' | 'expression';

export function formOf(body: JsonObject, name: string, meta: ReadonlySet<string>): Form {
  if (body.has('dynamic')) return 'expression';
  const json = meta.has(name) ? undefined : body.get(name);
  if (json === undefined || json === null) return 'absent';
  if (json instanceof Unwritten) return 'bare';
  return isConstant(json) ? 'constant' : 'expression';
}

function isConstant(json: Json): boolean {
  if (typeof json === 'string') return !json.includes('${') && !json.includes('%{');
  if (Array.isArray(json)) return json.every(isConstant);
  if (!isObject(json)) return true;
  if (json instanceof Unwritten || json.has('dynamic')) return false;
  for (const [key, item] of json) if (!isConstant(key) || !isConstant(item)) return false;
  return true;
}

function attributeValue(
  body: JsonObject,
  name: string,
  scope: Scope,
  evaluator: Evaluator,
  meta: ReadonlySet<string>,
): Value {
  const json = meta.has(name) ? undefined : body.get(name);
  const written = json === undefined || json === null ? unset : expand(json, scope, evaluator);
  const generated = body.has('dynamic') ? dynamicsOf(body, name) : [];
  if (generated.length === 0)
    return written.state === 'known' && written.value === null ? carryingUnset(written) : written;
  const lists = generated.map((block) => dynamicItems(block, name, scope, evaluator));
  const complete = lists.every((part) => part.state === 'list' && part.complete) && written.state !== 'unknown';
  return carrying(list([...itemsOf(written), ...lists.flatMap(itemsOf)], complete), lists.flatMap(ownReferences));
}

/** An expression that comes out as null is as good as nothing written. */
function carryingUnset(value: Value): Value {
  return carrying({ state: 'unset' }, ownReferences(value));
}

/** Nested blocks may hold `dynamic` blocks of their own; those must not be taken for attributes. */
function expand(json: Json, scope: Scope, evaluator: Evaluator): Value {
  if (Array.isArray(json) && json.some((item) => isObject(item) && item.has('dynamic'))) {
    return list(json.map((item: Json) => expand(item, scope, evaluator)));
  }
  if (!isObject(json) || !json.has('dynamic')) return evaluator.json(json, scope);
  const inner = bodySource(json, scope, evaluator, new Set(['//', 'dynamic']));
  return map(new Map(inner.names().map((name) => [name, inner.value(name)])));
}

function dynamicLabels(body: JsonObject): readonly string[] {
  return listOf(body.get('dynamic')).flatMap((item) =>
    isObject(item) ? [...item.keys()].filter((key) => key !== '//') : [],
  );
}

function dynamicsOf(body: JsonObject, label: string): readonly JsonObject[] {
  return listOf(body.get('dynamic'))
    .flatMap((item) => (isObject(item) ? listOf(item.get(label)) : []))
    .filter(isObject);
}

/** https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks */
function dynamicItems(block: JsonObject, label: string, scope: Scope, evaluator: Evaluator): Value {
  const collection = evaluator.json(block.get('for_each') ?? null, scope);
  const rounds = loopValues(collection);
  const iterator = wordOf(block.get('iterator')) ?? label;
  const contents = listOf(block.get('content')).filter(isObject);
  const body = contents[0] ?? new Map<string, Json>();
  const item = (key: Value, value: Value): Value => {
    const bound = map(
      new Map([
        ['key', key],
        ['value', value],
      ]),
    );
    return expand(body, bind(scope, { keyName: undefined, valueName: iterator }, [key, bound]), evaluator);
  };
  if (rounds !== undefined) return list(rounds.map(([key, value]) => item(key, value)));
  // One item stands for however many there will be, so that what all of them have in common is seen.
  const causes = causesOf(collection);
  const each = unknown(causes, `${iterator}.value`, weaken(referencesOf(collection)));
  return carrying(list([item(unknown(causes, `${iterator}.key`), each)], false), weaken(referencesOf(collection)));
}

export const nothing: AttributeSource = { names: () => [], value: () => unset };
