import { defaultPointer, ownsAddress } from './addresses.ts';
import { invalidField } from './errors.ts';
import type { Pointers, PrimaryIp } from './types.ts';

/** What primary and floating IPs have in common. */
export type Addressed = Pick<PrimaryIp, 'type' | 'ip' | 'pointers'>;

/** The PTR names as the API shows them: an IPv4 address always has one, IPv6 addresses those that were set. */
export const pointersOf = ({ type, ip, pointers }: Addressed): readonly { ip: string; dns_ptr: string }[] =>
  type === 'ipv4'
    ? [{ ip, dns_ptr: pointers[ip] ?? defaultPointer(ip) }]
    : Object.entries(pointers).map(([address, name]) => ({ ip: address, dns_ptr: name }));

/** An IPv6 address is a whole /64. */
export const shownIp = ({ type, ip }: Pick<Addressed, 'type' | 'ip'>): string => (type === 'ipv6' ? `${ip}/64` : ip);

const POINTER = /^(?=.{1,253}$)[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_][a-z0-9_-]{0,62})*\.?$/i;

/** What a PTR record may name: a domain name (RFC 1035 §2.3.1, with underscores). @throws ApiError invalid_input */
export function checkPointer(name: string | null): void {
  if (name !== null && !POINTER.test(name)) throw invalidField('dns_ptr', 'must be a domain name');
}

/** The PTR names with one set or, with null, reset. @throws ApiError invalid_input for an address that is another's */
export function withPointer(of: Addressed, ip: string, name: string | null): Pointers {
  if (!ownsAddress(of, ip)) throw invalidField('ip', `'${ip}' is no address of it`);
  checkPointer(name);
  const { [ip]: _, ...others } = of.pointers;
  return name === null ? others : { ...others, [ip]: name };
}
