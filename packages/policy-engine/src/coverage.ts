import type { Facts } from '@lukko/facts';
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
    for (const reason of ruling.because) {
      const element = elementAt(this.#facts.graph, reason.at);
      if (element !== undefined) this.#seen.add(element.id);
    }
  }

  /** Ids of resources that will exist and no rule looked at, and the places of hosts none did; sorted. */
  notLookedAt(): readonly string[] {
    const resources = this.#facts.graph.resources
      .filter((resource) => resource.mode === 'managed' && resource.change !== 'delete' && !this.#seen.has(resource.id))
      .map((resource) => resource.id);
    return [...new Set([...resources, ...this.#openHosts()])].sort();
  }

  #openHosts(): readonly string[] {
    try {
      return this.#facts.hosts.map((use) => use.at).filter((at) => !this.#hosts.has(at) && !this.#seen.has(at));
    } catch {
      // Rules that asked for hosts have said so already, each as an unknown.
      return [];
    }
  }
}
