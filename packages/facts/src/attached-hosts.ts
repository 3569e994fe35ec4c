import type { Attr, Resource } from '@lukko/terraform-model';
import type { Facts, ServerFacts } from './types.ts';

/** A server that a volume is, or may be, attached to. */
export interface AttachedHost {
  readonly server: ServerFacts;
  readonly certainty: 'certain' | 'possible';
  readonly via: Attr;
}

const known = new WeakMap<Facts, ReadonlyMap<string, readonly AttachedHost[]>>();

/** The servers of a volume in the order of the graph: looked up once for all volumes, since a plan may hold tens of thousands of both. */
export function hostsOf(volume: Resource, facts: Facts): readonly AttachedHost[] {
  const hosts = known.get(facts) ?? byVolume(facts);
  known.set(facts, hosts);
  return hosts.get(volume.id) ?? [];
}

function byVolume(facts: Facts): ReadonlyMap<string, readonly AttachedHost[]> {
  const found = new Map<string, AttachedHost[]>();
  for (const server of facts.servers) {
    for (const { volume, certainty, via } of server.attached) {
      const host = { server, certainty, via };
      const same = found.get(volume.id);
      if (same === undefined) found.set(volume.id, [host]);
      else same.push(host);
    }
  }
  return found;
}
