import { formatAddress, parseRange } from './ipv4.ts';
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
  const halves = text.toLowerCase().split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/** Whether an address is one of a primary IP's. */
export function ownsAddress(primaryIp: Pick<PrimaryIp, 'type' | 'ip'>, ip: string): boolean {
  if (primaryIp.type === 'ipv4') return ip === primaryIp.ip;
  const [own, asked] = [expandIpv6(primaryIp.ip), expandIpv6(ip)];
  const prefix = (text: string | undefined) => text?.split(':').slice(0, 4).join(':');
  return asked !== undefined && prefix(own) === prefix(asked);
}
