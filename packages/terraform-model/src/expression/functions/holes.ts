import type { Unknown, Value } from '../../value.ts';
import { causesOf, list, referencesOf, text, unknown, weaken } from '../../values.ts';
import { asText, NotEvaluated, type Plain, plainOf } from '../plain.ts';
import { encodeJson } from './encoding.ts';
import { encodeYaml } from './yaml.ts';

type Part = string | Unknown;

/** The parts of a text in which something is not known. */
export function partsOf(value: Value | undefined): readonly Part[] | undefined {
  if (value?.state === 'text') return value.parts;
  if (value?.state === 'unknown') return [value];
  if (value?.state !== 'known' || value.value === null) return undefined;
  return [asText(value.value)];
}

/** Private-use characters stand for the holes while a text is built around them. */
const inText = ['\ue000', '\ue001'] as const;
const whole = ['\ue002', '\ue003'] as const;

/** A text made of a value that is partly known: the holes stand in it where their values would. */
function around(value: Value | undefined, encode: (plain: Plain) => string): Value | undefined {
  if (value?.state !== 'list' && value?.state !== 'map' && value?.state !== 'text') return undefined;
  const holes: Unknown[] = [];
  const plain = marked(value, holes);
  if (plain === undefined) return undefined;
  const encoded = encode(plain);
  // What is no text may be anything: its quotes are not known either.
  const parts = encoded.split(/(?:"\ue002|\ue000)(\d+)(?:\ue001|\ue003")/).map((part, index): Part => {
    return index % 2 === 0 ? part : (holes[Number(part)] as Unknown);
  });
  return text(parts, weaken(referencesOf(value)));
}

function marked(value: Value, holes: Unknown[]): Plain | undefined {
  const hole = (part: Unknown, [opening, closing]: readonly [string, string]) =>
    `${opening}${holes.push(part) - 1}${closing}`;
  switch (value.state) {
    case 'known':
      if (typeof value.value === 'string' && /[\ue000-\ue003]/.test(value.value)) throw new NotEvaluated('a character');
      return value.value;
    case 'unset':
      return null;
    case 'unknown':
      return hole(value, whole);
    case 'text':
      return value.parts.map((part) => (typeof part === 'string' ? part : hole(part, inText))).join('');
    case 'list': {
      if (!value.complete) return undefined;
      const items = value.items.map((item) => marked(item, holes));
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case 'map': {
      if (!value.complete) return undefined;
      const entries = [...value.entries].map(([key, item]) => [key, marked(item, holes)] as const);
      return entries.every((entry): entry is [string, Plain] => entry[1] !== undefined) ? new Map(entries) : undefined;
    }
  }
}

/** An encoding of a text with holes: what it encodes is kept, since whoever receives it takes the encoding off again. */
function encoded(value: Value | undefined, name: string): Value | undefined {
  if (value === undefined || partsOf(value) === undefined) return undefined;
  const made = unknown(causesOf(value), `${name}(…)`, weaken(referencesOf(value)));
  const encodes = value.state === 'unknown' ? value.encodes : value;
  return encodes === undefined ? made : { ...made, encodes };
}

/** Literal text is changed, holes stay: only where what a hole holds cannot change what stands beside it. */
function literally(value: Value | undefined, change: (text: string) => string): Value | undefined {
  if (value?.state !== 'text') return undefined;
  return text(value.parts.map((part) => (typeof part === 'string' ? change(part) : part)));
}

/** Functions on texts, and on collections of them, that keep what is known around holes. */
export const holes: Readonly<Record<string, (args: readonly Value[]) => Value | undefined>> = {
  base64encode: ([value]) => (value?.state === 'known' ? undefined : encoded(value, 'base64encode')),
  // Go packs into other bytes than anybody else: only what they unpack to is known.
  base64gzip: ([value]) => encoded(value, 'base64gzip'),
  chomp: ([value]) => {
    if (value?.state !== 'text') return undefined;
    const last = value.parts.length - 1;
    return text(
      value.parts.map((part, index) =>
        typeof part === 'string' && index === last ? part.replace(/[\r\n]+$/, '') : part,
      ),
    );
  },
  indent: ([spaces, value]) => {
    const width = spaces === undefined ? undefined : plainOf(spaces);
    if (typeof width !== 'number' || !Number.isInteger(width) || width < 0 || width > 1000) return undefined;
    return literally(value, (part) => part.replaceAll('\n', `\n${' '.repeat(width)}`));
  },
  jsonencode: ([value]) => around(value, encodeJson),
  replace: ([value, from, to]) => {
    const [search, replacement] = [from, to].map((arg) => (arg === undefined ? undefined : plainOf(arg)));
    // One character cannot stand half in a hole.
    if (typeof search !== 'string' || typeof replacement !== 'string' || [...search].length !== 1) return undefined;
    return literally(value, (part) => part.replaceAll(search, () => replacement));
  },
  reverse: ([from]) =>
    from?.state === 'list' && from.complete && from.set !== true ? list([...from.items].reverse()) : undefined,
  yamlencode: ([value]) => around(value, encodeYaml),
  zipmap: ([keys, values]) => {
    const names = keys === undefined ? undefined : plainOf(keys);
    if (!Array.isArray(names) || values?.state !== 'list' || !values.complete || values.items.length !== names.length)
      return undefined;
    return {
      state: 'map',
      entries: new Map(names.map((name, index) => [asText(name), values.items[index] as Value])),
      complete: true,
    };
  },
};
