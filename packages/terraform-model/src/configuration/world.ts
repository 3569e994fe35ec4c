import { Evaluator } from '../expression/evaluate.ts';
import { standingAt } from '../expression/failure.ts';
import type { GraphResource } from '../graph/resource.ts';
import { navigateAll } from '../navigate.ts';
import type { Cause, Reference, Value } from '../value.ts';
import { carrying, pointer, possibly, unset } from '../values.ts';

/** What all roots of one input share: every resource by its id, and the evaluator that follows references among them. */
export class World {
  readonly evaluator = new Evaluator();
  readonly #resources = new Map<string, GraphResource>();
  readonly #open = new Set<string>();

  add(resource: GraphResource): void {
    this.#resources.set(resource.id, resource);
  }

  get(id: string): GraphResource | undefined {
    return this.#resources.get(id);
  }

  get resources(): readonly GraphResource[] {
    return [...this.#resources.values()];
  }

  /**
   * What an attribute of a resource is set to. undefined when nothing sets it (the provider will) or when the question leads
   * back to itself.
   */
  readonly deepen = (reference: Reference): Value | undefined => {
    const resource = reference.target === undefined ? undefined : this.#resources.get(reference.target);
    if (resource === undefined) return undefined;
    const key = `${reference.target}\n${reference.attribute[0]}`;
    if (this.#open.has(key)) return undefined;
    this.#open.add(key);
    try {
      const value = this.#attribute(resource, reference);
      if (value.state === 'unset' || (value.state === 'known' && value.value === null)) return undefined;
      if (reference.certainty === 'possible' && value.state === 'unknown') {
        // Which instance is meant, or whether there is one, is not known either.
        const weak = possibly(value);
        return carrying(weak.state === 'unknown' ? { ...weak, causes: causesWith(weak.causes, 'possible') } : weak, [
          reference,
        ]);
      }
      return standingAt(
        carrying(value, [reference]),
        pointer(resource.mode === 'data' ? 'data' : 'computed', reference),
      );
    } finally {
      this.#open.delete(key);
    }
  };

  #attribute(resource: GraphResource, { attribute }: Reference): Value {
    if (resource.type === 'terraform_data' && attribute[0] === 'output') {
      const own = resource.valueAt(attribute);
      return own.state === 'known' ? own : navigateAll(resource.value('input'), attribute.slice(1), this.deepen);
    }
    // The provider keeps a hash of it: that is what another resource would be given.
    if (resource.type === 'hcloud_server' && attribute[0] === 'user_data') return unset;
    return resource.valueAt(attribute);
  }
}

function causesWith(causes: readonly Cause[], more: Cause): readonly Cause[] {
  return [...new Set([...causes, more])].sort();
}
