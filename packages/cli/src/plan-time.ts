const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const open = [0x7b, 0x5b];
const close = [0x7d, 0x5d];

/**
 * When a plan was made, as its JSON says at the top (`timestamp`, RFC 3339; https://developer.hashicorp.com/terraform/internals/json-format),
 * in UTC; undefined when it does not say. Walks the bytes once, without building the document: resources may have attributes
 * of the same name, and a plan may be larger than what fits in memory twice.
 */
export function planTime(bytes: Uint8Array): string | undefined {
  const found = topLevelText(bytes, 'timestamp');
  const time = found === undefined ? Number.NaN : Date.parse(found);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

function topLevelText(bytes: Uint8Array, key: string): string | undefined {
  let depth = 0;
  let last: string | undefined;
  let member: string | undefined;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (open.includes(byte)) depth += 1;
    else if (close.includes(byte)) depth -= 1;
    else if (byte === quote) {
      const end = endOfText(bytes, index + 1);
      if (depth === 1 && end < bytes.length) {
        last = end - index > 80 ? undefined : Buffer.from(bytes.subarray(index + 1, end)).toString('utf8');
        if (member === key) return last;
      }
      index = end;
    } else if (depth === 1 && byte === colon) member = last;
    else if (depth === 1 && byte === comma) member = undefined;
  }
  return undefined;
}

/** Index of the closing quote, or the end of the bytes. */
function endOfText(bytes: Uint8Array, from: number): number {
  let index = from;
  while (index < bytes.length && bytes[index] !== quote) index += bytes[index] === backslash ? 2 : 1;
  return index;
}
