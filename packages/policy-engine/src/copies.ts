import type { Copies } from '@lukko/terraform-model';
import type { Ruling } from './judge.ts';
import { shownReasons } from './reasons.ts';
import { causeOf } from './reports/groups.ts';
import type { Located } from './subjects.ts';

/** An id up to the first instance of a module in it, as far as `CopyFinder` looks. */
const INSTANCE = /module\.[\w-]+\[(?:\d+|"[\w.-]+")\]/;

/**
 * For how many each ruling stands where a graph has a few of many instances of a module, and whether it may: a rule that says something
 * else of one kept instance than of another sees more in them than their resources.
 */
export class Standing {
  readonly #weights: ReadonlyMap<string, number>;
  /** By kept instance, what was said of it, in order. */
  readonly #said: readonly (readonly [string, string[]][])[];
  readonly #saidOf: ReadonlyMap<string, string[]>;
  #alike = true;

  constructor(copies: readonly Copies[]) {
    const weights = new Map<string, number>();
    for (const { kept, count } of copies)
      for (const [index, instance] of kept.entries()) weights.set(instance, index === 0 ? count - kept.length + 1 : 1);
    this.#weights = weights;
    this.#said = copies.map(({ kept }) => kept.map((instance): [string, string[]] => [instance, []]));
    this.#saidOf = new Map(this.#said.flat());
  }

  /** How many elements of the input the one with this id stands for. */
  weight(id: string): number {
    return this.#weights.size === 0 ? 1 : (this.#weights.get(this.#instance(id)) ?? 1);
  }

  /** How many rulings this one stands for. @param alike the subjects of which it holds, where that is more than one */
  count(ruling: Ruling, alike: readonly Located[] | undefined): number {
    if (this.#weights.size === 0) return alike?.length ?? 1;
    if (alike === undefined) {
      this.#note(ruling, ruling.address, ruling.at);
      return this.weight(ruling.address);
    }
    let sum = 0;
    for (const { address } of alike) {
      this.#note(ruling, address, undefined);
      sum += this.weight(address);
    }
    return sum;
  }

  /** Whether the same was said of each kept instance, and of nothing else because of one of them. */
  get holds(): boolean {
    return this.#alike && this.#said.every((copies) => new Set(copies.map(([, said]) => said.join('\n'))).size === 1);
  }

  #note(ruling: Ruling, address: string, at: string | undefined): void {
    const { rule, verdict, severity, because, exception } = ruling;
    const instance = this.#instance(address);
    const said = this.#saidOf.get(instance);
    if (said === undefined) {
      const places = verdict === 'pass' || verdict === 'not-applicable' ? [] : because.map((reason) => reason.at);
      if ([at ?? '', ...places].some((place) => this.#weights.has(this.#instance(place)))) this.#alike = false;
      return;
    }
    if (exception !== undefined) this.#alike = false;
    const where = `${address} ${at ?? ''}`.replaceAll(instance, '');
    const cause = verdict === 'unknown' ? causeOf(shownReasons(because)) : '';
    said.push(`${rule.id} ${verdict} ${severity} ${where} ${cause} ${because.length}`);
  }

  #instance(id: string): string {
    const found = INSTANCE.exec(id);
    return found === null ? '' : id.slice(0, found.index + found[0].length);
  }
}
