import type { Facts } from '@lukko/facts';
import type { Report } from '@lukko/formats';
import type { Resource } from '@lukko/terraform-model';
import type { Standing } from './copies.ts';
import type { Ruling } from './judge.ts';
import { elementAt } from './origins.ts';
import type { Located } from './subjects.ts';

/**
 * Notes what rules looked at, by subject and by the reasons they gave. *Not applicable* is no look at a resource; of a host it
 * is one, since its position was judged. What remains is named in the report: nothing looked at is not a pass.
 *
 * What nobody looked at yet is kept, not what somebody did: after the first rules that is little, and there are rulings by the million.
 */
export class Coverage {
  readonly #facts: Facts;
  readonly #standing: Standing;
  readonly #resources: readonly Resource[];
  readonly #unseen: Set<string>;
  readonly #hosts: readonly string[];
  readonly #unseenHosts: Set<string>;
  /** Many rules rule on the same. */
  readonly #noted = new WeakSet<readonly Located[]>();

  /** @param standing tells for how many copies of a module one resource stands */
  constructor(facts: Facts, standing: Standing) {
    this.#facts = facts;
    this.#standing = standing;
    this.#resources = facts.graph.resources.filter(({ mode, change }) => mode === 'managed' && change !== 'delete');
    this.#unseen = new Set(this.#resources.map(({ id }) => id));
    this.#hosts = hostPlaces(facts);
    this.#unseenHosts = new Set(this.#hosts);
  }

  /** @param alike what the ruling holds of, where that is more than one: all its reasons stand at each of them */
  note(ruling: Ruling, alike?: readonly Located[]): void {
    const { at, address, because } = ruling;
    if (at !== undefined && this.#unseenHosts.size > 0) this.#unseenHosts.delete(at);
    if (ruling.verdict === 'not-applicable') return;
    if (alike !== undefined && !this.#noted.has(alike)) {
      this.#noted.add(alike);
      for (const each of alike) this.#see(each.address);
    }
    this.#see(address);
    for (const reason of because) {
      if (isWithin(reason.at, address)) continue;
      const element = elementAt(this.#facts.graph, reason.at);
      if (element !== undefined) this.#see(element.id);
    }
  }

  #see(id: string): void {
    this.#unseen.delete(id);
    if (this.#unseenHosts.size > 0) this.#unseenHosts.delete(id);
  }

  /**
   * Ids of resources that will exist and no rule looked at, the places of hosts none did, and both as shares. Hosts that cannot
   * be read count as none: rules that asked for them have said so, each as an unknown.
   */
  summary(): Pick<Report['summary'], 'notLookedAt' | 'coverage'> {
    const resources = this.#resources;
    const open = resources.filter(({ id }) => this.#unseen.has(id));
    const hosts = this.#hosts;
    const openHosts = [...this.#unseenHosts];
    const seenTypes = new Set(resources.filter(({ id }) => !this.#unseen.has(id)).map(({ type }) => type));
    const weight = (ids: readonly string[]): number => ids.reduce((sum, id) => sum + this.#standing.weight(id), 0);
    const all = { resources: weight(resources.map(({ id }) => id)), hosts: weight(hosts) };
    const unseen = { resources: weight(open.map(({ id }) => id)), hosts: weight(openHosts) };
    const of = all.resources + all.hosts;
    const lookedAt = of - unseen.resources - unseen.hosts;
    return {
      notLookedAt: [...new Set([...open.map(({ id }) => id), ...openHosts])].sort(),
      coverage: {
        // Rounded down: 99.9 % is not all.
        percent: of === 0 ? 0 : Math.floor((100 * lookedAt) / of),
        resources: { lookedAt: all.resources - unseen.resources, of: all.resources },
        hosts: { lookedAt: all.hosts - unseen.hosts, of: all.hosts },
        typesNotLookedAt: [...new Set(open.map(({ type }) => type).filter((type) => !seenTypes.has(type)))].sort(),
      },
    };
  }
}

function hostPlaces(facts: Facts): readonly string[] {
  try {
    return [...new Set(facts.hosts.map((use) => use.at))];
  } catch {
    return [];
  }
}

/** Most reasons stand at the subject itself, or at one of its attributes: those need no search. */
function isWithin(at: string, address: string): boolean {
  if (!at.startsWith(address)) return false;
  const next = at[address.length];
  return next === undefined || next === '.' || next === ':';
}
