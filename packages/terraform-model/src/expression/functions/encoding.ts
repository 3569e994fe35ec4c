import { createHash } from 'node:crypto';
import { literal } from '../../navigate.ts';
import {
  asText,
  byCodePoint,
  isFaithful,
  isList,
  isMap,
  NotEvaluated,
  normal,
  numberText,
  type Plain,
  plainOf,
} from '../plain.ts';
import type { PlainFunctions } from './table.ts';
import { encodeYaml } from './yaml.ts';
import { decodeYaml } from './yaml-text.ts';

const digest =
  (algorithm: string, encoding: 'hex' | 'base64') =>
  ([text]: readonly Plain[]) =>
    createHash(algorithm).update(asText(text)).digest(encoding);

/** https://developer.hashicorp.com/terraform/language/functions#encoding-functions and the hashes beside them. */
export const encoding: PlainFunctions = {
  base64decode: ([text]) => decode(asText(text)),
  base64encode: ([text]) => Buffer.from(asText(text)).toString('base64'),
  base64sha256: digest('sha256', 'base64'),
  base64sha512: digest('sha512', 'base64'),
  jsondecode: ([text]) => parse(asText(text)),
  jsonencode: ([value]) => encodeJson(value ?? null),
  ephemeralasnull: ([value]) => value ?? null,
  issensitive: () => false,
  md5: digest('md5', 'hex'),
  sha1: digest('sha1', 'hex'),
  sha256: digest('sha256', 'hex'),
  sha512: digest('sha512', 'hex'),
  textdecodebase64: ([text, encoding]) => {
    const bytes = Buffer.from(asText(text), 'base64');
    return normal(new TextDecoder(encodingOf(encoding), { fatal: true, ignoreBOM: true }).decode(bytes));
  },
  textencodebase64: ([text, encoding]) =>
    Buffer.from(asText(text), encodingOf(encoding) === 'utf-8' ? 'utf8' : 'utf16le').toString('base64'),
  urlencode: ([text]) =>
    encodeURIComponent(asText(text))
      .replaceAll('%20', '+')
      .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
  yamldecode: ([text]) => decodeYaml(text),
  yamlencode: ([value]) => encodeYaml(value ?? null),
};

function encodingOf(name: Plain | undefined): 'utf-8' | 'utf-16le' {
  const known = asText(name).toLowerCase();
  if (known !== 'utf-8' && known !== 'utf-16le') throw new NotEvaluated('an encoding');
  return known;
}

function decode(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  const decoded = bytes.toString('utf8');
  if (bytes.toString('base64') !== text || !Buffer.from(decoded).equals(bytes)) throw new NotEvaluated('base64');
  return normal(decoded);
}

function parse(text: string): Plain {
  try {
    // JSON that nests so deep that walking it would overflow is no JSON a configuration holds.
    if ((text.match(/[[{]/g)?.length ?? 0) > 100_000 || nesting(text) > 200) throw new NotEvaluated('nesting');
    return normalised(plainOf(literal(JSON.parse(text))) ?? null);
  } catch {
    throw new NotEvaluated('jsondecode');
  }
}

/** Texts as Terraform keeps them. @throws NotEvaluated for a number that was rounded when it was read. */
function normalised(plain: Plain): Plain {
  if (isList(plain)) return plain.map(normalised);
  if (isMap(plain)) return new Map([...plain].map(([key, item]) => [normal(key), normalised(item)]));
  if (typeof plain === 'number' && !isFaithful(plain)) throw new NotEvaluated('a number that is rounded here');
  return typeof plain === 'string' ? normal(plain) : plain;
}

function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return deepest;
}

/** Go's form: keys sorted, `<`, `>`, `&` and the line separators escaped. */
export function encodeJson(plain: Plain): string {
  if (isList(plain)) return `[${plain.map(encodeJson).join(',')}]`;
  if (isMap(plain)) {
    const keys = [...plain.keys()].sort(byCodePoint);
    return `{${keys.map((key) => `${encodeText(key)}:${encodeJson(plain.get(key) ?? null)}`).join(',')}}`;
  }
  if (typeof plain === 'number') return numberText(plain);
  return typeof plain === 'string' ? encodeText(plain) : String(plain);
}

function encodeText(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
