import {
  asBoolean,
  asList,
  asMap,
  asNumber,
  asText,
  asWhole,
  byCodePoint,
  characters,
  equal,
  isList,
  isMap,
  NotEvaluated,
  type Plain,
  Refused,
  setItems,
  unified,
} from '../plain.ts';
import type { PlainFunctions } from './table.ts';

/** https://developer.hashicorp.com/terraform/language/functions#collection-functions, those that need every part known. */
export const collections: PlainFunctions = {
  chunklist: ([list, size]) => chunk(asList(list), asWhole(size)),
  coalescelist: (lists) => {
    const found = lists.find((list) => asList(list).length > 0);
    if (found === undefined) throw new Refused('coalescelist');
    return found;
  },
  compact: ([list]) => asList(list).flatMap((item) => (item === null || item === '' ? [] : [asText(item)])),
  contains: ([list, item]) => asList(list).some((candidate) => equal(candidate, item ?? null)),
  distinct: ([list]) => unique(unified(asList(list))),
  index: ([list, item]) => {
    const position = asList(list).findIndex((candidate) => equal(candidate, item ?? null));
    if (position < 0) throw new NotEvaluated('index');
    return position;
  },
  keys: ([map]) => sortedKeys(asMap(map)),
  length: ([value]) => {
    if (isList(value)) return value.length;
    return isMap(value) ? value.size : characters(asText(value)).length;
  },
  matchkeys: ([values, keys, search]) =>
    asList(values).filter((_, i) => asList(search).some((wanted) => equal(wanted, asList(keys)[i] ?? null))),
  reverse: ([list]) => [...asList(list)].reverse(),
  setintersection: ([first, ...others]) =>
    setItems(asList(first)).filter((item) =>
      others.every((other) => asList(other).some((known) => equal(known, item))),
    ),
  setproduct: (lists) => product(lists.map(asList)),
  setunion: (lists) => setItems(lists.flatMap((list) => [...asList(list)])),
  setsubtract: ([left, right]) =>
    setItems(asList(left)).filter((item) => !setItems(asList(right)).some((known) => equal(known, item))),
  slice: ([list, start, end]) => {
    const [items, first, last] = [asList(list), asWhole(start), asWhole(end)];
    if (first < 0 || last < first || last > items.length) throw new NotEvaluated('slice');
    return items.slice(first, last);
  },
  tobool: ([value]) => (value === null ? null : asBoolean(value)),
  tolist: ([value]) => unified(asList(value)),
  tomap: ([value]) => {
    const keys = [...asMap(value).keys()];
    return new Map(unified([...asMap(value).values()]).map((item, i) => [keys[i] ?? '', item]));
  },
  tonumber: ([value]) => (value === null ? null : asNumber(value)),
  toset: ([value]) => setItems(asList(value)),
  tostring: ([value]) => (value === null ? null : asText(value)),
  transpose: ([map]) => transpose(asMap(map)),
  zipmap: ([keys, values]) => {
    if (asList(keys).length !== asList(values).length) throw new NotEvaluated('zipmap');
    return new Map(asList(keys).map((key, i) => [asText(key), asList(values)[i] ?? null]));
  },
};

export function sortedKeys(map: ReadonlyMap<string, unknown>): readonly string[] {
  return [...map.keys()].sort(byCodePoint);
}

export function unique(items: readonly Plain[]): readonly Plain[] {
  const kept: Plain[] = [];
  const scalars = new Set<Plain>();
  for (const item of items) {
    const simple = !isList(item) && !isMap(item);
    if (simple ? scalars.has(item) : kept.some((known) => equal(known, item))) continue;
    if (simple) scalars.add(item);
    kept.push(item);
  }
  return kept;
}

function chunk(list: readonly Plain[], size: number): Plain {
  if (size < 1) throw new NotEvaluated('chunklist');
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

function product(lists: readonly (readonly Plain[])[]): Plain {
  let rows: readonly (readonly Plain[])[] = [[]];
  for (const list of lists) {
    if (rows.length * list.length > 10_000) throw new NotEvaluated('setproduct');
    rows = rows.flatMap((row) => list.map((item) => [...row, item]));
  }
  return rows;
}

function transpose(map: ReadonlyMap<string, Plain>): Plain {
  const turned = new Map<string, string[]>();
  for (const [key, values] of map) {
    for (const value of asList(values).map(asText)) turned.set(value, [...(turned.get(value) ?? []), key]);
  }
  return new Map([...turned].sort(([a], [b]) => byCodePoint(a, b)));
}
