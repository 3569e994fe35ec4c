import { createHash } from 'node:crypto';
import type { Copies } from '../graph.ts';
import type { Span, Splitter } from '../json/split.ts';
import { type CallRecord, type ConfigurationRecord, entriesOf, type ModuleRecord, own } from './format.ts';

/** Of so few nothing is gained by leaving some out. */
const FEWEST = 6;

/** Characters of texts that are kept to compare others with. */
const MOST_KEPT = 1 << 24;

/** Call, and key as JSON writes it inside a text. A key of other characters tells nothing here. */
const INSTANCE = /\{"address":"((?:module\.[\w-]+\.)*module\.[\w-]+)(\[(?:\d+|\\"[\w.-]+\\")\])\.[a-z]/y;
const CHANGE = '"change":';
/**
 * What these are called no rule asks; a name of such words holds neither a host nor a secret: of the forms of secrets that words could have,
 * one begins with xox, and the others are longer than 24 characters.
 */
const NAMED =
  /"type":"hcloud_(?:server|volume|network|firewall|placement_group|primary_ip|floating_ip|load_balancer)",/;
const NAME = /"name":"(?=[a-z0-9-]{1,24}")(?!xox|[a-z0-9-]*-xox)[a-z][a-z0-9]{0,11}(?:-[a-z0-9]{1,12}){0,5}"/g;
const NAME_LABEL = /"labels":\{[^}]*"name":/;
/** In the place of a payload that is no constant a plan shows the digest of its text, which tells nothing. */
const DIGEST = /"user_data":"[A-Za-z0-9+/]{27}="/g;

/** Finds the instances that are alike by the text of their resources, before any is parsed. */
export class CopyFinder {
  readonly #splitter: Splitter;
  readonly #calls: CallsAlike;
  readonly #digests: boolean;
  readonly #shapes = new Map<string, number>();
  #kept = 0;
  readonly #instances = new Map<string, { readonly call: string; readonly shapes: number[] }>();

  /** @param excluded module addresses of what is read besides the changes: an instance of their calls may differ by it */
  constructor(splitter: Splitter, configuration: ConfigurationRecord, excluded: Iterable<string>) {
    this.#splitter = splitter;
    this.#calls = new CallsAlike(configuration, excluded);
    this.#digests = !JSON.stringify(configuration).includes('"user_data":{"constant_value"');
  }

  /** Takes one element of `resource_changes`. @returns the instance it belongs to; undefined where it is to be read in any case */
  take({ start, end }: Span): string | undefined {
    const { bytes } = this.#splitter;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    INSTANCE.lastIndex = 0;
    const found = INSTANCE.exec(text);
    if (found === null) return undefined;
    const [, call = '', key = ''] = found;
    if (!this.#calls.mayBeAlike(call)) return undefined;
    const escaped = call + key;
    const address = escaped.replaceAll('\\', '');
    const known = this.#shapeOf(this.#masked(text).replaceAll(escaped, '\0'));
    const instance = this.#instances.get(address);
    if (instance === undefined) this.#instances.set(address, { call, shapes: [known] });
    else instance.shapes.push(known);
    return address;
  }

  /** What all elements tell together: the instances that need not be read, and what stands for them. */
  found(): { readonly copies: readonly Copies[]; readonly left: ReadonlySet<string> } {
    const alike = new Map<string, string[]>();
    for (const [address, { call, shapes }] of this.#instances) {
      const key = `${call} ${shapes.join()}`;
      const same = alike.get(key);
      if (same === undefined) alike.set(key, [address]);
      else same.push(address);
    }
    const copies: Copies[] = [];
    const left = new Set<string>();
    for (const all of alike.values()) {
      if (all.length < FEWEST) continue;
      // Enough that each has others beside it, before and after it; and those that a message about another one would name.
      const ordered = [...all].sort();
      const some = new Set([...ordered.slice(0, 2), ...all.slice(0, 2), ...ordered.slice(-1)]);
      const kept = ordered.filter((address) => some.has(address));
      copies.push({ kept, count: all.length });
      for (const address of all) if (!kept.includes(address)) left.add(address);
    }
    return { copies, left };
  }

  /** The number of a text; alike only for the same one. */
  #shapeOf(text: string): number {
    const shapes = this.#shapes;
    const known = shapes.get(text);
    if (known !== undefined) return known;
    this.#kept += text.length;
    // Where hardly two are alike, their texts would be the plan once more.
    const key = this.#kept > MOST_KEPT ? createHash('sha256').update(text, 'latin1').digest('base64') : flat(text);
    const number = shapes.get(key) ?? shapes.size;
    shapes.set(key, number);
    return number;
  }

  /** Whether an element that was not taken stands in a call of which instances are left out: then it may be of one of those. */
  isStray(address: string, copies: readonly Copies[]): boolean {
    const calls = new Set(copies.flatMap(({ kept: [first = ''] }) => first.slice(0, first.lastIndexOf('['))));
    return [...calls].some((call) => address.startsWith(`${call}[`));
  }

  #masked(text: string): string {
    const after = text.indexOf(CHANGE);
    if (after < 0 || !NAMED.test(text)) return text;
    let change = text.slice(after);
    if (!NAME_LABEL.test(change) && change.match(NAME)?.length === 1) change = change.replace(NAME, '"name":""');
    if (this.#digests) change = change.replace(DIGEST, '"user_data":""');
    return text.slice(0, after) + change;
  }
}

/** A text that does not keep the larger one it was cut from. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** References that lead to no resource of this plan: what the configuration of a plan tells of a local value is its name. */
const PLAIN = /^(each|count|var|local|path|terraform)\b/;
/** What is another one in each instance. */
const OWN = /^(each|count)\b/;

/**
 * Which calls may have instances that nothing tells apart: nothing else refers to them (it might to one of them), and no argument leads
 * each to a resource of its own.
 */
class CallsAlike {
  readonly #configuration: ConfigurationRecord;
  readonly #excluded: readonly string[];
  readonly #known = new Map<string, boolean>();
  /** Whether the text of some expression is at hand. */
  readonly #texts: boolean;
  /** By module, what refers to its calls. A module may call a thousand others. */
  readonly #referring = new Map<ModuleRecord, { readonly inside: string; readonly outputs: string }>();

  constructor(configuration: ConfigurationRecord, excluded: Iterable<string>) {
    this.#configuration = configuration;
    this.#excluded = [...excluded];
    this.#texts = textOf(configuration).includes('${');
  }

  mayBeAlike(call: string): boolean {
    const before = this.#known.get(call);
    if (before !== undefined) return before;
    const answer = this.#mayBeAlike(call);
    this.#known.set(call, answer);
    return answer;
  }

  #mayBeAlike(call: string): boolean {
    if (this.#excluded.some((module) => module === call || module.startsWith(`${call}[`))) return false;
    const names = call.split('.').filter((_, index) => index % 2 === 1);
    const name = names.pop() as string;
    let parent: ModuleRecord | undefined = this.#configuration.root_module;
    for (const step of names) parent = (own(parent?.module_calls, step) as CallRecord | undefined)?.module;
    const record = own(parent?.module_calls, name) as CallRecord | undefined;
    if (parent === undefined || record?.module === undefined) return false;
    const { inside, outputs } = this.#referringIn(parent);
    if (new RegExp(`\\bmodule\\.${name}(?![\\w-])`).test(inside)) return false;
    // An output of all of them is no list here: nobody can pick from it by position, unless its text is at hand.
    if (outputs.includes(`module.${name}[`) || (outputs.includes(`module.${name}`) && this.#texts)) return false;
    const { expressions, for_each_expression: each, count_expression: count } = record;
    const repeated = [...referencesIn([each, count])];
    // With the text of expressions at hand, an instance's own key decides values inside of it, of which the plan only says that they are unknown.
    if (this.#texts) return !/\b(each|count)\b/.test(textOf([expressions, each, count]));
    const written = entriesOf(expressions).map(([, argument]) => [...referencesIn(argument)]);
    return written.every(
      (these) => !these.some((one) => OWN.test(one)) || [...these, ...repeated].every((one) => PLAIN.test(one)),
    );
  }

  #referringIn(module: ModuleRecord): { readonly inside: string; readonly outputs: string } {
    const before = this.#referring.get(module);
    if (before !== undefined) return before;
    const { outputs, module_calls: calls, ...rest } = module;
    const bare = Object.values(calls ?? {}).map(({ module: _, ...each }) => each);
    const providers = module === this.#configuration.root_module ? this.#configuration.provider_config : undefined;
    const made = { inside: textOf([rest, bare, providers]), outputs: textOf(outputs) };
    this.#referring.set(module, made);
    return made;
  }
}

const textOf = (value: unknown): string => JSON.stringify(value ?? null);

function* referencesIn(value: unknown): Generator<string> {
  const open = [value];
  for (let next = open.pop(); next !== undefined || open.length > 0; next = open.pop()) {
    if (next === null || typeof next !== 'object') continue;
    for (const [key, inner] of Object.entries(next)) {
      if (key === 'references' && Array.isArray(inner)) yield* inner.map(String);
      else open.push(inner);
    }
  }
}
