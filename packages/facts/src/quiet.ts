import type { Operator } from '@lukko/formats';
import { everyAttribute, type Graph, type Resource, type Value } from '@lukko/terraform-model';
import { encodedIn } from './encoded.ts';
import { isForeign, isHostName, knownNames } from './hosts/attributes.ts';
import { urlsIn } from './payload/urls.ts';
import { isSecretName, secretsByForm, secretsByName } from './secret-patterns.ts';

/** Texts whose answer is kept, and the longest of them: names, types and locations come again and again. */
const MOST_KEPT = 1 << 16;
const LONGEST_KEPT = 256;

/**
 * Tells of most resources, at little cost, that no attribute of theirs can name a host or hold a secret: those need not be searched. Of
 * the others it tells nothing.
 */
export class Quiet {
  readonly #parsed: ReadonlySet<string>;
  readonly #suffixes: ReadonlySet<string>;
  readonly #texts = new Map<string, boolean>();
  readonly #names = new Map<string, boolean>();

  /** @param parsed attributes that are read with a grammar of their own, and not searched */
  constructor(operators: readonly Operator[], parsed: ReadonlySet<string>) {
    this.#parsed = parsed;
    this.#suffixes = new Set(
      operators.flatMap((operator) => [...(operator.hosts ?? []), ...(operator.registries ?? [])]),
    );
  }

  /** Resources that must be searched. */
  loud(graph: Graph): readonly Resource[] {
    return graph.resources.filter((resource) => resource.change !== 'delete' && !this.#isQuiet(resource));
  }

  #isQuiet(resource: Resource): boolean {
    const foreign = isForeign(resource);
    const isParsed = (name: string) => name === 'user_data' && this.#parsed.has(`${resource.id}.user_data`);
    return everyAttribute(resource, {
      json: (name, json) => isParsed(name) || this.#saysNothingIn(json, name, foreign),
      value: (name, value) => isParsed(name) || this.#holdsNothing(value(), name, foreign),
    });
  }

  /** `holdsNothing` of what is no value yet. */
  #saysNothingIn(json: unknown, name: string, foreign: boolean): boolean {
    if (typeof json === 'string') return this.#isPlain(json, name, foreign);
    if (json === null || typeof json !== 'object') return true;
    if (Array.isArray(json)) return json.every((item) => this.#saysNothingIn(item, name, foreign));
    return Object.entries(json).every(([key, item]) => this.#saysNothingIn(item, key, foreign));
  }

  /** @param name the nearest name on its path. Nesting is bounded by the readers. */
  #holdsNothing(value: Value, name: string, foreign: boolean): boolean {
    switch (value.state) {
      case 'unset':
        return true;
      case 'unknown':
        return !foreign || !isHostName(name);
      case 'known':
        return typeof value.value !== 'string' || this.#isPlain(value.value, name, foreign);
      case 'list':
        return value.complete && value.items.every((item) => this.#holdsNothing(item, name, foreign));
      case 'map':
        for (const [key, entry] of value.entries) if (!this.#holdsNothing(entry, key, foreign)) return false;
        return true;
      default:
        return false;
    }
  }

  #isPlain(text: string, name: string, foreign: boolean): boolean {
    return this.#saysNothing(name, foreign) && this.#isSilent(text);
  }

  /** A name by which its value is neither a host nor a secret. */
  #saysNothing(name: string, foreign: boolean): boolean {
    if (foreign && isHostName(name)) return false;
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const plain = !/token/i.test(name) && !isSecretName(name);
    if (this.#names.size < MOST_KEPT) this.#names.set(name, plain);
    return plain;
  }

  #isSilent(text: string): boolean {
    if (text.length > LONGEST_KEPT) return this.#search(text);
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const silent = this.#search(text);
    if (this.#texts.size >= MOST_KEPT) this.#texts.clear();
    this.#texts.set(text, silent);
    return silent;
  }

  #search(text: string): boolean {
    return (
      !/[\uE000-\uE01F]/.test(text) &&
      urlsIn(text).length === 0 &&
      knownNames(text, this.#suffixes).length === 0 &&
      secretsByForm(text).length === 0 &&
      secretsByName(text).length === 0 &&
      encodedIn(text).length === 0
    );
  }
}
