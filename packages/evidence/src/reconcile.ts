import type { EvidenceTier, Observation, Reconciled } from '@lukko/formats';
import type { Attr, Graph, Resource } from '@lukko/terraform-model';
import type { Observed } from './observe/current.ts';
import { resourceKinds } from './observe/hetzner.ts';

/**
 * What is compared, per type: attributes that both Terraform and the API write in the same words. Types that stand nowhere in
 * here are not compared, and are not said to agree.
 */
const compared: Readonly<Record<string, readonly string[]>> = {
  hcloud_firewall: ['rules'],
  hcloud_network: ['ip_range', 'delete_protection'],
  hcloud_placement_group: ['type'],
  hcloud_primary_ip: ['type', 'delete_protection'],
  hcloud_server: ['server_type', 'location'],
  hcloud_ssh_key: [],
  hcloud_volume: ['size', 'location', 'delete_protection'],
  hcloud_zone: ['mode'],
};

/** A resource in one tier, reduced to what is compared; `undefined` where the value is not known. */
export interface TierResource {
  readonly tier: EvidenceTier;
  readonly type: string;
  readonly address: string;
  readonly name: string | undefined;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/** The compared resources of a graph. What is about to be deleted is not declared. */
export function tierResources(graph: Graph, tier: EvidenceTier): readonly TierResource[] {
  return graph.resources
    .filter(({ type, mode, change }) => mode === 'managed' && change !== 'delete' && Object.hasOwn(compared, type))
    .map((resource) => ({
      tier,
      type: resource.type,
      address: resource.id,
      name: textOf(resource.attr('name')),
      attributes: Object.fromEntries(
        (compared[resource.type] ?? []).map((name) => [
          name,
          name === 'rules' ? rulesOf(resource) : textOf(resource.attr(name), name),
        ]),
      ),
    }));
}

/** Unset flags are what the provider makes of them: false. Anything else that is not written is not known here. */
function textOf(attr: Attr, name = ''): string | undefined {
  if (attr.value.state === 'unset') return name === 'delete_protection' ? 'false' : undefined;
  return attr.text;
}

/** Rules as the API lists them, in one text; undefined as soon as one part is not known. */
function rulesOf(resource: Resource): string | undefined {
  const rules = resource.attr('rule');
  if (rules.value.state === 'unset') return '';
  if (rules.value.state !== 'list' || !rules.value.complete) return undefined;
  const texts = rules.items().map((rule) => {
    const ips = ['source_ips', 'destination_ips'].flatMap((field) => {
      const list = rule.attr(field);
      return list.value.state === 'unset' ? [] : list.items().map((one) => one.text);
    });
    const parts = [rule.attr('direction').text, rule.attr('protocol').text];
    const port = rule.attr('port');
    if (port.value.state !== 'unset' && port.text === undefined && port.value.state !== 'known') return undefined;
    if ([...parts, ...ips].includes(undefined)) return undefined;
    return `${parts.join(' ')} ${port.text ?? '-'} ${[...ips].sort().join(',')}`;
  });
  return texts.includes(undefined) ? undefined : [...texts].sort().join('; ');
}

/**
 * Declared, planned and observed side by side, by type and name (Hetzner's names are unique within a type and project). Observed
 * resources stand here whatever they are worth; whether they count is said elsewhere.
 */
export function reconcile(resources: readonly TierResource[], observed: Observed | undefined): Reconciled[] {
  const seen = new Map<string, Observation>();
  for (const { observation, newest } of observed?.judged ?? [])
    if (newest && observation.collector === 'hetzner' && typeof observation.facts.resource === 'string')
      seen.set(`${observation.facts.resource}\0${observation.subject.name ?? ''}`, observation);
  const looked = new Set([...seen.values()].map(({ facts }) => facts.resource));
  // A kind of which a project has none left was looked at all the same.
  for (const { observation: one, newest } of observed?.judged ?? [])
    if (newest && one.collector === 'hetzner' && one.subject.kind === 'project') {
      const blind = one.facts['not-looked-at'];
      for (const { path, type } of resourceKinds) if (!Array.isArray(blind) || !blind.includes(path)) looked.add(type);
    }
  const groups = new Map<string, TierResource[]>();
  for (const one of resources) {
    const key = one.name === undefined ? `${one.type}\0\0${one.address}` : `${one.type}\0${one.name}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups].map(([key, tiers]) => {
    const [first] = tiers as [TierResource];
    const match = seen.get(key);
    seen.delete(key);
    return rowOf(first.type, first.name ?? first.address, tiers, match, looked.has(first.type));
  });
  for (const [, one] of seen)
    if (Object.hasOwn(compared, String(one.facts.resource)))
      rows.push(rowOf(String(one.facts.resource), one.subject.name ?? one.subject.id, [], one, true));
  return rows.sort((a, b) => (`${a.type}\0${a.name}` < `${b.type}\0${b.name}` ? -1 : 1));
}

function rowOf(
  type: string,
  name: string,
  tiers: readonly TierResource[],
  observation: Observation | undefined,
  looked: boolean,
): Reconciled {
  const of = (tier: EvidenceTier) => tiers.find((one) => one.tier === tier);
  const declared = of('declared');
  const planned = of('planned');
  const attributes = (compared[type] ?? []).map((attribute) => {
    const values = {
      ...optional('declared', declared?.attributes[attribute]),
      ...optional('planned', planned?.attributes[attribute]),
      ...optional('observed', observation === undefined ? undefined : factOf(observation, attribute)),
    };
    const all = Object.values(values);
    const expected = tiers.length + (observation === undefined ? 0 : 1);
    const agrees = new Set(all).size > 1 ? false : all.length < expected ? ('unknown' as const) : true;
    return { attribute, ...values, agrees };
  });
  const verdict = verdictOf(tiers.length > 0, observation !== undefined, looked, attributes);
  return {
    type,
    name,
    ...optional('address', (declared ?? planned)?.address),
    ...optional('id', observation?.subject.id),
    verdict,
    attributes,
  };
}

function verdictOf(
  declared: boolean,
  observed: boolean,
  looked: boolean,
  attributes: Reconciled['attributes'],
): Reconciled['verdict'] {
  if (!declared) return 'observed-only';
  if (!observed) return looked ? 'declared-only' : 'unknown';
  if (attributes.some(({ agrees }) => agrees === false)) return 'drift';
  return attributes.some(({ agrees }) => agrees === 'unknown') ? 'unknown' : 'agrees';
}

function factOf({ facts }: Observation, attribute: string): string | undefined {
  const fact = facts[attribute];
  if (Array.isArray(fact)) return fact.join('; ');
  return fact === undefined || fact === null ? undefined : String(fact);
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
