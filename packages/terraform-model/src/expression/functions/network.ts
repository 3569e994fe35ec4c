import { asText, asWhole, NotEvaluated, type Plain } from '../plain.ts';
import type { PlainFunctions } from './table.ts';

/** https://developer.hashicorp.com/terraform/language/functions#ip-network-functions */
export const network: PlainFunctions = {
  cidrhost: ([prefix, number]) => {
    const { address, length, bits } = parsePrefix(asText(prefix));
    return print(offset(address, length, bits, BigInt(asWhole(number))), bits);
  },
  cidrnetmask: ([prefix]) => {
    const { length, bits } = parsePrefix(asText(prefix));
    if (bits !== 32) throw new NotEvaluated('cidrnetmask is for IPv4 only');
    return print(mask(length, bits), bits);
  },
  cidrsubnet: ([prefix, newBits, number]) => subnet(asText(prefix), asWhole(newBits), BigInt(asWhole(number))),
  cidrsubnets: ([prefix, ...newBits]) => subnets(asText(prefix), newBits),
};

interface Prefix {
  readonly address: bigint;
  readonly length: number;
  readonly bits: 32 | 128;
}

function subnet(prefix: string, newBits: number, number: bigint): string {
  const { address, length, bits } = parsePrefix(prefix);
  const longer = length + newBits;
  if (newBits < 0 || longer > bits || number < 0n || number >= 1n << BigInt(newBits))
    throw new NotEvaluated('cidrsubnet');
  return `${print(address | (number << BigInt(bits - longer)), bits)}/${longer}`;
}

function subnets(prefix: string, newBits: readonly Plain[]): Plain {
  const { address, length, bits } = parsePrefix(prefix);
  let next = address;
  return newBits.map((plain) => {
    const longer = length + asWhole(plain);
    const size = 1n << BigInt(bits - longer);
    next = ((next + size - 1n) / size) * size;
    if (longer > bits || longer <= length || next + size > address + (1n << BigInt(bits - length))) {
      throw new NotEvaluated('cidrsubnets');
    }
    const text = `${print(next, bits)}/${longer}`;
    next += size;
    return text;
  });
}

function offset(address: bigint, length: number, bits: number, number: bigint): bigint {
  const size = 1n << BigInt(bits - length);
  const within = number < 0n ? size + number : number;
  if (within < 0n || within >= size) throw new NotEvaluated('cidrhost');
  return address + within;
}

function mask(length: number, bits: number): bigint {
  return ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
}

function parsePrefix(text: string): Prefix {
  const [host, size, more] = text.split('/');
  if (host === undefined || size === undefined || more !== undefined || !/^\d{1,3}$/.test(size)) {
    throw new NotEvaluated('a prefix is needed');
  }
  const bits = host.includes(':') ? 128 : 32;
  const length = Number(size);
  if (length > bits) throw new NotEvaluated('a prefix is needed');
  const address = bits === 32 ? parse4(host) : parse6(host);
  return { address: address & mask(length, bits), length, bits };
}

function parse4(text: string): bigint {
  const parts = text.split('.');
  if (parts.length !== 4) throw new NotEvaluated('an address is needed');
  return parts.reduce((total, part) => {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) throw new NotEvaluated('an address is needed');
    return (total << 8n) | BigInt(part);
  }, 0n);
}

function parse6(text: string): bigint {
  const halves = text.split('::');
  if (halves.length > 2 || text.includes('.')) throw new NotEvaluated('an address is needed');
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - (left?.length ?? 0) - (right?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) throw new NotEvaluated('an address is needed');
  const groups = [...(left ?? []), ...Array<string>(missing).fill('0'), ...(right ?? [])];
  return groups.reduce((total, group) => {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) throw new NotEvaluated('an address is needed');
    return (total << 16n) | BigInt(`0x${group}`);
  }, 0n);
}

function print(address: bigint, bits: 32 | 128): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(112 - 16 * i)) & 0xffffn));
  return compress(groups);
}

/** RFC 5952: the longest run of at least two zero groups becomes `::`, the first of equals. */
function compress(groups: readonly number[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.length < 2) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}
