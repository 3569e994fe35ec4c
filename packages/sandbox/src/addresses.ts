import { formatAddress, parseAddress, parseRange } from './ipv4.ts';
import type { PrimaryIp } from './types.ts';

/** Addresses that are nobody's: RFC 2544 for IPv4, since the ranges for documentation hold too few, RFC 3849 for IPv6. */
const POOL = parseRange('198.18.0.0/15') ?? { first: 0, last: 0, length: 32 };

/** The public address of an object, by its id: as many are apart as the pool holds. */
export function publicAddress(type: PrimaryIp['type'], id: number): string {
  if (type === 'ipv6') return `2001:db8:${Math.floor(id / 65_536).toString(16)}:${(id % 65_536).toString(16)}::`;
  return formatAddress(POOL.first + 1 + (id % (POOL.last - POOL.first - 1)));
}

/** A MAC address of Hetzner's private networks, by the numbers of what it joins. */
export function privateMac(server: number, network: number): string {
  const bytes = [server / 65_536, server / 256, server, network].map((each) => Math.floor(each) % 256);
  return ['86', '00', ...bytes.map((each) => each.toString(16).padStart(2, '0'))].join(':');
}

/** The name an IPv4 address has before anybody gives it one. */
export const defaultPointer = (ip: string): string =>
  `static.${ip.split('.').reverse().join('.')}.clients.your-server.de`;

/** An IPv6 address in one form (RFC 5952 without its shortening), or undefined for what is none. */
export function expandIpv6(text: string): string | undefined {
  const halves = withoutDots(text.toLowerCase()).split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/** An address whose last four bytes are written as IPv4 (RFC 4291 §2.2), with groups in their place. */
function withoutDots(text: string): string {
  const [, before = '', dotted = ''] = /^(.*:)([\d.]+)$/.exec(text) ?? [];
  const number = parseAddress(dotted);
  if (number === undefined) return text;
  return `${before}${Math.floor(number / 65_536).toString(16)}:${(number % 65_536).toString(16)}`;
}

/** An IPv6 address in its canonical form (RFC 5952 §4), or undefined for what is none. */
export function canonicalIpv6(text: string): string | undefined {
  const expanded = expandIpv6(text);
  if (expanded === undefined) return undefined;
  // The longest run of zeros is left out, the first of several; one alone stays.
  const runs = [...expanded.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].sort((a, b) => b[0].length - a[0].length);
  const [run] = runs;
  if (run === undefined) return expanded;
  const [left, right] = [expanded.slice(0, run.index), expanded.slice(run.index + run[0].length)];
  return `${left.replace(/:$/, '')}::${right.replace(/^:/, '')}`;
}

/** `10.0.0.0/8` or `2001:db8::/32` in canonical form, or undefined for what is no CIDR whose host bits are zero. */
export function canonicalRange(text: string): string | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  if (parseAddress(address) !== undefined) {
    const range = parseRange(text);
    return range === undefined ? undefined : `${formatAddress(range.first)}/${range.length}`;
  }
  const expanded = expandIpv6(address);
  if (expanded === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > 128) return undefined;
  const bits = expanded
    .split(':')
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
  return bits.includes('1', Number(length)) ? undefined : `${canonicalIpv6(address)}/${Number(length)}`;
}

/** Whether an address is one of a primary IP's. */
export function ownsAddress(primaryIp: Pick<PrimaryIp, 'type' | 'ip'>, ip: string): boolean {
  if (primaryIp.type === 'ipv4') return ip === primaryIp.ip;
  const [own, asked] = [expandIpv6(primaryIp.ip), expandIpv6(ip)];
  const prefix = (text: string | undefined) => text?.split(':').slice(0, 4).join(':');
  return asked !== undefined && prefix(own) === prefix(asked);
}
