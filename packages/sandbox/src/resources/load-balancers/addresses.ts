import { defaultPointer, publicAddress } from '../../addresses.ts';
import { referenced } from '../../collection.ts';
import type { Context } from '../../context.ts';
import { ApiError, invalidField } from '../../errors.ts';
import { checkPointer } from '../../pointers.ts';
import type { Effect, Json, PrimaryIp } from '../../types.ts';
import { changePointer, isAssigned } from '../primary-ips.ts';
import type { LoadBalancer } from './types.ts';

/** Primary IPs by the family they are wanted for. */
export type WantedIps = Readonly<Partial<Record<PrimaryIp['type'], number>>>;

/** One address of the /64 that an IPv6 address of the API is. */
const hostOf = ({ type, ip }: Pick<PrimaryIp, 'type' | 'ip'>): string => (type === 'ipv6' ? `${ip}1` : ip);

/**
 * The addresses of a load balancer that is being made: primary IPs that are there, which it then holds, or addresses of its own.
 * @throws ApiError not_found, primary_ip_version_mismatch, primary_ip_assigned, primary_ip_datacenter_mismatch; for servers
 *   they are documented, that load balancers answer so too is our inference
 */
export function addressesFor(
  context: Context,
  id: number,
  location: string,
  wanted: WantedIps,
): Pick<LoadBalancer, 'ipv4' | 'ipv6' | 'primaryIps'> {
  const take = (type: PrimaryIp['type']): string => {
    const given = wanted[type];
    if (given === undefined) return hostOf({ type, ip: publicAddress(type, id) });
    const primaryIp = referenced(context, 'primary_ip', given);
    if (primaryIp.type !== type)
      throw new ApiError('primary_ip_version_mismatch', `primary IP ${given} is no ${type} address`);
    if (isAssigned(primaryIp)) throw new ApiError('primary_ip_assigned', `primary IP ${given} is already assigned`);
    if (primaryIp.location !== location)
      throw new ApiError(
        'primary_ip_datacenter_mismatch',
        `primary IP ${given} lies in ${primaryIp.location}, the load balancer in ${location}`,
      );
    context.store.update('primary_ip', given, { loadBalancer: id });
    return hostOf(primaryIp);
  };
  return { ipv4: take('ipv4'), ipv6: take('ipv6'), primaryIps: wanted };
}

/** The public side of a load balancer. Of addresses of its own the API names no primary IP; nothing says what it shows there. */
export function renderPublicNet(context: Context, balancer: LoadBalancer): Json {
  const address = (type: PrimaryIp['type'], otherwise: string): Json => {
    const primaryIp = primaryIpOf(context, balancer, type);
    const ip = balancer[type];
    const pointers = primaryIp?.pointers ?? balancer.pointers;
    return { id: primaryIp?.id ?? null, ip, blocked: false, dns_ptr: pointers[ip] ?? otherwise };
  };
  return {
    enabled: balancer.publicly,
    ipv4: address('ipv4', defaultPointer(balancer.ipv4)),
    ipv6: address('ipv6', ''),
  };
}

/** Sets or, with null, resets a PTR name. @throws ApiError invalid_input for an address that is not the load balancer's */
export function changeBalancerPointer(context: Context, balancer: LoadBalancer, ip: string, name: string | null): void {
  const type = (['ipv4', 'ipv6'] as const).find((each) => balancer[each] === ip);
  if (type === undefined) throw invalidField('ip', `'${ip}' is no address of it`);
  const primaryIp = primaryIpOf(context, balancer, type);
  if (primaryIp !== undefined) return changePointer(context, primaryIp, ip, name);
  checkPointer(name);
  const { [ip]: _, ...others } = balancer.pointers;
  const pointers = name === null ? others : { ...others, [ip]: name };
  context.store.update('load_balancer', balancer.id, { pointers });
}

/** What becomes of the primary IPs of a load balancer that goes: free again, or gone with it. */
export const releasedBy = (context: Context, balancer: LoadBalancer): readonly Effect[] =>
  (['ipv4', 'ipv6'] as const).flatMap((type): readonly Effect[] => {
    const primaryIp = primaryIpOf(context, balancer, type);
    if (primaryIp === undefined) return [];
    const { id, autoDelete } = primaryIp;
    return [
      autoDelete ? { kind: 'primary_ip', id, remove: true } : { kind: 'primary_ip', id, set: { loadBalancer: null } },
    ];
  });

function primaryIpOf(context: Context, { primaryIps }: LoadBalancer, type: PrimaryIp['type']): PrimaryIp | undefined {
  const id = primaryIps?.[type];
  return id === undefined ? undefined : context.store.get('primary_ip', id);
}
