/** A range of IPv4 addresses as whole numbers; `last` belongs to it. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly length: number;
}

/** Address as a whole number, or undefined for what is no dotted quad. */
export function parseAddress(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  let number = 0;
  for (const part of text.split('.')) {
    if (Number(part) > 255) return undefined;
    number = number * 256 + Number(part);
  }
  return number;
}

export function formatAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** `10.0.0.0/16` as a range, or undefined for what is no CIDR whose host bits are zero. */
export function parseRange(text: string): Range | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const first = parseAddress(address);
  if (first === undefined || rest.length > 0 || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  return first % size === 0 ? { first, last: first + size - 1, length: Number(length) } : undefined;
}

export const contains = (outer: Range, inner: Range): boolean => outer.first <= inner.first && inner.last <= outer.last;

export const overlaps = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last;

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((text) => parseRange(text) as Range);

/** RFC 1918, which is what a network may use. */
export const isPrivate = (range: Range): boolean => PRIVATE.some((outer) => contains(outer, range));
