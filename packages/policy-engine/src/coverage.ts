import type { Facts } from '@lukko/facts';
import type { Report } from '@lukko/formats';
import type { Ruling } from './judge.ts';
import { elementAt } from './origins.ts';

/**
 * Notes what rules looked at, by subject and by the reasons they gave. *Not applicable* is no look at a resource; of a host it
 * is one, since its position was judged. What remains is named in the report: nothing looked at is not a pass.
 */
export class Coverage {
  readonly #facts: Facts;
  readonly #seen = new Set<string>();
  readonly #hosts = new Set<string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  note(ruling: Ruling): void {
    if (ruling.at !== undefined) this.#hosts.add(ruling.at);
    if (ruling.verdict === 'not-applicable') return;
    this.#seen.add(ruling.address);
    for (const { at } of ruling.because) {
      if (isWithin(at, ruling.address)) continue;
      const element = elementAt(this.#facts.graph, at);
      if (element !== undefined) this.#seen.add(element.id);
    }
  }

  /**
   * Ids of resources that will exist and no rule looked at, the places of hosts none did, and both as shares. Hosts that cannot
   * be read count as none: rules that asked for them have said so, each as an unknown.
   */
  summary(): Pick<Report['summary'], 'notLookedAt' | 'coverage'> {
    const resources = this.#facts.graph.resources.filter(
      ({ mode, change }) => mode === 'managed' && change !== 'delete',
    );
    const open = resources.filter(({ id }) => !this.#seen.has(id));
    const hosts = this.#hostPlaces();
    const openHosts = hosts.filter((at) => !this.#hosts.has(at) && !this.#seen.has(at));
    const seenTypes = new Set(resources.filter(({ id }) => this.#seen.has(id)).map(({ type }) => type));
    const of = resources.length + hosts.length;
    const lookedAt = of - open.length - openHosts.length;
    return {
      notLookedAt: [...new Set([...open.map(({ id }) => id), ...openHosts])].sort(),
      coverage: {
        // Rounded down: 99.9 % is not all.
        percent: of === 0 ? 0 : Math.floor((100 * lookedAt) / of),
        resources: { lookedAt: resources.length - open.length, of: resources.length },
        hosts: { lookedAt: hosts.length - openHosts.length, of: hosts.length },
        typesNotLookedAt: [...new Set(open.map(({ type }) => type).filter((type) => !seenTypes.has(type)))].sort(),
      },
    };
  }

  #hostPlaces(): readonly string[] {
    try {
      return [...new Set(this.#facts.hosts.map((use) => use.at))];
    } catch {
      return [];
    }
  }
}

/** Most reasons stand at the subject itself, or at one of its attributes: those need no search. */
function isWithin(at: string, address: string): boolean {
  if (!at.startsWith(address)) return false;
  const next = at[address.length];
  return next === undefined || next === '.' || next === ':';
}
