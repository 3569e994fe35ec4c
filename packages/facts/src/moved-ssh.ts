import type { Resource } from '@lukko/terraform-model';
import { perObject } from './memo.ts';
import { sshPorts } from './settings/ssh-ports.ts';
import type { Facts } from './types.ts';

/** Another port than 22 on which a server behind a firewall takes SSH. */
export interface MovedSsh {
  readonly server: Resource;
  /** undefined where it is not known. */
  readonly port: number | undefined;
  /** Whether the firewall certainly applies to the server. */
  readonly certain: boolean;
  /** File and line that say so. */
  readonly at: string;
}

/** By the id of a firewall: to where SSH was moved on the servers it guards, or may guard. */
export const movedSshBehind = perObject((facts: Facts): ReadonlyMap<string, readonly MovedSsh[]> => {
  const found = new Map<string, MovedSsh[]>();
  for (const { resource: server, payload, exposure } of facts.servers) {
    const moved = sshPorts(payload).filter(({ value }) => value !== '22');
    if (moved.length === 0) continue;
    for (const { firewall, certainty } of exposure.firewalls) {
      const same = found.get(firewall.id) ?? [];
      found.set(firewall.id, same);
      for (const { value, at, line } of moved) {
        const port = /^\d+$/.test(value) ? Number(value) : undefined;
        same.push({ server, port, certain: certainty === 'certain', at: `${at}:${line}` });
      }
    }
  }
  return found;
});
