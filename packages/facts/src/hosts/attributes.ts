import type { Operator } from '@lukko/formats';
import type { Attr, Path, Resource } from '@lukko/terraform-model';
import { encodedIn } from '../encoded.ts';
import { hasHole, mark } from '../payload/marked.ts';
import { hostPart, isAddress, isName, urlsIn } from '../payload/urls.ts';
import type { HostUse } from '../types.ts';
import { hostUse, hostUses } from './place-of.ts';
import { shortSource } from './terraform.ts';

/** Attributes whose value is a host by their name. */
const HOST_NAMES =
  /^(endpoint|endpoints|url|urls|uri|host|hosts|hostname|domain|domains|domain_name|fqdn|server|address|base_url|api_url|webhook|webhook_url|callback_url|redirect_url|target|origin|origins|upstream|upstreams|smtp_host|smtp_server|dns_ptr|nameservers|primary_nameservers|registry)$/;
const MOST_ATTRIBUTES = 5000;
/** A dotted word that is no file below a directory and no address of mail; `//host` and `user@host:` are written for hosts alone. */
const WORD =
  /(?:(?<![\w.@/-])|(?<=\/\/)|(?<=@)(?=[\w.-]+:\S))(?:[a-z0-9_][a-z0-9_-]{0,62}\.)+[a-z][a-z0-9-]{1,61}(?![\w-])/gi;

/**
 * Hosts in attributes of resources: URLs and DSNs wherever they stand, attributes that are hosts by name where the provider is
 * not Hetzner's, and in any other text only names of known operators: a bare dotted word is more often a file than a host. `parsed`: payloads, which are read elsewhere.
 * @param resources those that are not known to be quiet
 */
export function attributeHosts(
  resources: readonly Resource[],
  operators: readonly Operator[],
  parsed: ReadonlySet<string>,
): HostUse[] {
  const suffixes = new Set(
    operators.flatMap((operator) => [...(operator.hosts ?? []), ...(operator.registries ?? [])]),
  );
  return resources.flatMap((resource) => {
    if (resource.change === 'delete' || resource.type === 'terraform_remote_state' || resource.type === 'http')
      return [];
    return [...textsOf(resource, parsed)].flatMap(({ attr, name }) => inAttribute(attr, name, resource, suffixes));
  });
}

interface Text {
  readonly attr: Attr;
  /** The nearest name on its path. */
  readonly name: string;
}

/** Every text among an element's attributes but for those that are `parsed` with a grammar of their own. */
export function* textsOf(element: { attr(...path: Path): Attr }, parsed: ReadonlySet<string>): Generator<Text> {
  const root = element.attr();
  const open: Text[] = [{ attr: root, name: '' }];
  let count = 0;
  for (let next = open.pop(); next !== undefined && count < MOST_ATTRIBUTES; next = open.pop()) {
    count += 1;
    const { attr, name } = next;
    const { value } = attr;
    if (parsed.has(attr.at)) continue;
    if (value.state === 'map') {
      for (const key of value.entries.keys()) open.push({ attr: attr.attr(key), name: key });
    } else if (value.state === 'list') {
      for (const index of value.items.keys()) open.push({ attr: attr.attr(index), name });
    } else if (
      value.state === 'text' ||
      value.state === 'unknown' ||
      (value.state === 'known' && typeof value.value === 'string')
    ) {
      yield next;
    }
  }
}

/** Of another provider than Hetzner's, whose attributes are known, and not one that stands for nothing. */
export function isForeign({ type, provider }: Resource): boolean {
  return type !== 'terraform_data' && type !== 'null_resource' && shortSource(provider) !== 'hetznercloud/hcloud';
}

export function isHostName(name: string): boolean {
  return HOST_NAMES.test(name);
}

function inAttribute(attr: Attr, name: string, resource: Resource, suffixes: ReadonlySet<string>): HostUse[] {
  const spot = { position: 'URL', class: 'data' as const, place: resource.place, owner: resource.id, at: attr.at };
  const text = mark(attr.value);
  const isHost = isForeign(resource) && isHostName(name);
  if (text === undefined)
    return isHost && resource.mode === 'managed' ? hostUses(attr, { ...spot, position: name }) : [];
  const urls = urlsIn(text.marked).flatMap((url) => hostUse(url.text, text.holes, spot) ?? []);
  if (urls.length > 0) return urls;
  const part = hostPart(text.marked);
  if (isHost && part !== undefined && (hasHole(part) || isName(part) || isAddress(part)))
    return one(hostUse(text.marked, text.holes, { ...spot, position: name }));
  const hidden = encodedIn(text.marked).flatMap((inner) =>
    urlsIn(inner.text).flatMap((url) => hostUse(url.text, [], spot) ?? []),
  );
  if (hidden.length > 0) return hidden;
  return knownNames(text.marked, suffixes).flatMap((host) => one(hostUse(host, [], { ...spot, position: 'text' })));
}

const one = (use: HostUse | undefined): HostUse[] => (use === undefined ? [] : [use]);

/** Names of known operators in a free text. */
export function knownNames(text: string, suffixes: ReadonlySet<string>): string[] {
  if (!text.includes('.')) return [];
  const words = text.slice(0, 1 << 20).match(WORD) ?? [];
  return [...new Set(words.map((word) => word.toLowerCase()))].filter(
    (word) => longestSuffix(word, suffixes) !== undefined,
  );
}

/** The longest of the suffixes that covers a name: the name itself, or what follows one of its dots. */
export function longestSuffix(host: string, suffixes: { has(suffix: string): boolean }): string | undefined {
  for (let rest = host; ; ) {
    if (suffixes.has(rest)) return rest;
    const dot = rest.indexOf('.');
    if (dot < 0) return undefined;
    rest = rest.slice(dot + 1);
  }
}
