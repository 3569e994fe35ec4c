import type { Cause, Resource } from '@lukko/terraform-model';
import { mayHoldMore } from './applied-firewalls.ts';
import { perObject } from './memo.ts';
import { sshPorts } from './settings/ssh-ports.ts';
import type { Facts, ServerFacts } from './types.ts';

/** Another port than 22 on which a server behind a firewall takes SSH. */
export interface MovedSsh {
  readonly server: Resource;
  /** undefined where it is not known. */
  readonly port: number | undefined;
  /** Whether the firewall certainly applies to the server. */
  readonly certain: boolean;
  /** Set where nothing says that it was moved, and nothing that it was not: the payload is not shown. */
  readonly hidden?: readonly Cause[];
  /** What says so. */
  readonly at: string;
}

interface Moves {
  readonly behind: ReadonlyMap<string, readonly MovedSsh[]>;
  /** Of servers that may stand behind any firewall, since which ones apply to them is not all known. */
  readonly anywhere: readonly MovedSsh[];
}

/** To where SSH was moved on the servers a firewall guards, or may guard. */
export function movedSshBehind(firewall: Resource, facts: Facts): readonly MovedSsh[] {
  const { behind, anywhere } = movesOf(facts);
  const own = behind.get(firewall.id) ?? [];
  return anywhere.length === 0 ? own : [...own, ...anywhere];
}

const movesOf = perObject((facts: Facts): Moves => {
  const behind = new Map<string, MovedSsh[]>();
  const anywhere: MovedSsh[] = [];
  for (const server of facts.servers) {
    const moved = movesIn(server);
    if (moved.length === 0) continue;
    const { resource, exposure } = server;
    for (const { firewall, certainty } of exposure.firewalls) {
      const same = behind.get(firewall.id) ?? [];
      behind.set(firewall.id, same);
      // Of many servers nothing is known of, one is as good as all.
      if (moved[0]?.hidden !== undefined && same.some(({ hidden }) => hidden !== undefined)) continue;
      for (const one of moved) same.push({ ...one, certain: certainty === 'certain' });
    }
    if (mayHoldMore(resource.attr('firewall_ids'))) anywhere.push(...moved);
  }
  return { behind, anywhere };
});

function movesIn({ resource, payload }: ServerFacts): readonly MovedSsh[] {
  const base = { server: resource, certain: false };
  if (payload.state === 'unknown') return [{ ...base, port: undefined, hidden: payload.causes, at: payload.attr.at }];
  return sshPorts(payload)
    .filter(({ value }) => value !== '22')
    .map(({ value, at, line }) => ({
      ...base,
      port: /^\d+$/.test(value) ? Number(value) : undefined,
      at: `${at}:${line}`,
    }));
}
