import type { Facts, HostUse, Resolution } from '@lukko/facts';

/** Hosts that one element reaches in one position: a provider's endpoints, a backend's. */
export function reachedBy(owner: string, position: string, facts: Facts): readonly HostUse[] {
  return facts.hosts.filter((use) => use.owner === owner && use.position === position);
}

/** Who operates the host of a use; undefined when the position holds a host that is not known. */
export function resolved(use: HostUse, facts: Facts): Resolution | undefined {
  return use.host === undefined ? undefined : facts.resolve(use.host);
}
