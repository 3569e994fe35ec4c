import type { Operator } from '@lukko/formats';
import type { Backend, Graph, ModuleCall, ProviderConfig, Resource, Root } from '@lukko/terraform-model';
import { byText, perObject } from '../memo.ts';
import type { HostUse } from '../types.ts';
import { hostUse, hostUses, type Spot } from './place-of.ts';

/** Source address without its registry's host: `hetznercloud/hcloud`. */
export const shortSource = byText((source) => source.split('/').slice(-2).join('/').toLowerCase());

const PUBLIC_REGISTRIES: readonly string[] = ['registry.terraform.io', 'registry.opentofu.org'];

interface ProviderData {
  readonly operator: Operator;
  readonly entry: NonNullable<Operator['providers']>[number];
}

export function providerData(source: string, operators: readonly Operator[]): ProviderData | undefined {
  // The same name in another registry is another program.
  const parts = source.split('/');
  if (parts.length > 2 && !PUBLIC_REGISTRIES.includes(parts[0]?.toLowerCase() ?? '')) return undefined;
  const short = shortSource(source);
  for (const operator of operators) {
    const entry = operator.providers?.find((each) => each.source === short);
    if (entry !== undefined) return { operator, entry };
  }
  return undefined;
}

/** The name under which an operator answers for a provider: its first host, else its id, which `resolve` knows too. */
export function hostOfOperator(operator: Operator): string {
  return operator.hosts?.[0] ?? operator.id;
}

/**
 * What provider configurations reach: the endpoints they are given, else the operator's own hosts (operators data, `reaches`). A
 * provider that reaches nothing (random, null, local) is only built with. An unknown provider may reach anything: host not known.
 */
export function providerHosts(graph: Graph, operators: readonly Operator[]): HostUse[] {
  const typesOf = perObject((root: Root) => {
    const used = new Map<string, Set<string>>();
    for (const id of root.resources) {
      const resource = graph.byId(id);
      if (resource === undefined || resource.change === 'delete') continue;
      const types = used.get(shortSource(resource.provider)) ?? new Set<string>();
      used.set(shortSource(resource.provider), types.add(resource.type));
    }
    return used;
  });
  return graph.roots.flatMap((root) =>
    root.providers.flatMap((provider) =>
      hostsOfProvider(provider, operators, () => [...(typesOf(root).get(shortSource(provider.source)) ?? [])]),
    ),
  );
}

function hostsOfProvider(
  provider: ProviderConfig,
  operators: readonly Operator[],
  types: () => readonly string[],
): HostUse[] {
  const spot = { position: 'provider', class: 'data' as const, place: provider.place, owner: provider.id };
  const data = providerData(provider.source, operators);
  const implicit: Spot = { ...spot, at: provider.id, implicit: true };
  if (isBuiltIn(provider.source)) return [];
  if (data === undefined) {
    // What it is told to reach is read all the same: a daemon at `ssh://user@host`, a cluster's address.
    const told = ENDPOINTS.flatMap((name) => hostUses(provider.attr(name), spot));
    return [{ ...implicit, implicit: true, host: undefined, causes: ['outside'] }, ...told];
  }
  const { operator, entry } = data;
  if (entry.reaches === 'nothing') return named(operator, { ...implicit, class: 'build' });
  // `endpoints` holds every argument below it.
  const below = (entry.endpointArguments ?? []).filter(
    (name) => !ENDPOINTS.some((each) => name.startsWith(`${each}.`)),
  );
  const names = new Set([...below, ...ENDPOINTS]);
  const given = [...names].flatMap((name) => hostUses(provider.attr(...name.split('.')), spot));
  if (entry.reaches === 'fixed' || given.length === 0) return [...named(operator, implicit), ...given];
  return elsewhere(provider, types()) ? [...named(operator, implicit), ...given] : given;
}

/** Data sources of the AWS provider that ask nobody (its registry documentation, one page each). */
const ASKS_NOBODY = new Set([
  'aws_arn',
  'aws_iam_policy_document',
  'aws_partition',
  'aws_region',
  'aws_service',
  'aws_service_principal',
]);

/**
 * Whether something is made at a service whose endpoint was not given: the provider of AWS takes one for each service, and asks its own for all
 * others (registry documentation of hashicorp/aws, guide on custom service endpoints).
 */
function elsewhere(provider: ProviderConfig, types: readonly string[]): boolean {
  if (shortSource(provider.source) !== 'hashicorp/aws') return false;
  const block = provider.attr('endpoints');
  const blocks = block.value.state === 'map' ? [block.value] : block.items().map(({ value }) => value);
  const services = blocks.flatMap((value) => (value.state === 'map' ? [...value.entries.keys()] : []));
  const made = types.filter((type) => !ASKS_NOBODY.has(type));
  return made.some(
    (type) => !services.some((service) => type === `aws_${service}` || type.startsWith(`aws_${service}_`)),
  );
}

const ENDPOINTS = ['endpoint', 'endpoints', 'base_url', 'api_url', 'host', 'hostname', 'url', 'server', 'address'];

function named(operator: Operator, spot: Spot): HostUse[] {
  return [
    {
      host: hostOfOperator(operator),
      position: spot.position,
      class: spot.class,
      at: spot.at,
      place: spot.place,
      owner: spot.owner,
      implicit: true,
      causes: [],
    },
  ];
}

const isBuiltIn = (source: string): boolean => source.startsWith('terraform.io/builtin/');

/** Backends that reach one operator when nothing says otherwise, and the arguments that say otherwise. */
const BACKENDS: ReadonlyMap<
  string,
  { readonly host: string | undefined; readonly given: readonly (readonly string[])[] }
> = new Map([
  ['s3', { host: 's3.amazonaws.com', given: [['endpoints', 's3'], ['endpoint']] }],
  ['remote', { host: 'app.terraform.io', given: [['hostname']] }],
  ['cloud', { host: 'app.terraform.io', given: [['hostname']] }],
  ['gcs', { host: 'storage.googleapis.com', given: [['storage_custom_endpoint']] }],
  ['azurerm', { host: 'blob.core.windows.net', given: [['endpoint']] }],
  ['oss', { host: 'aliyuncs.com', given: [['endpoint']] }],
  ['cos', { host: 'myqcloud.com', given: [['endpoint']] }],
  ['oci', { host: 'oraclecloud.com', given: [] }],
  ['http', { host: undefined, given: [['address'], ['lock_address'], ['unlock_address']] }],
  ['consul', { host: undefined, given: [['address']] }],
  ['pg', { host: undefined, given: [['conn_str']] }],
  ['kubernetes', { host: undefined, given: [['host']] }],
]);

/** Where state lies (developer.hashicorp.com/terraform/language/backend, one page per type). Local state reaches nobody. */
export function backendHosts(graph: Graph): HostUse[] {
  return graph.roots.flatMap(({ backend }) => {
    if (backend.type === 'local') return [];
    const spot = { position: 'state backend', class: 'data' as const, place: backend.place, owner: backend.id };
    const known = BACKENDS.get(backend.type);
    const given = (known?.given ?? []).flatMap((path) => hostUses(backend.attr(...path), spot));
    const more = backend.type === 's3' ? besideTheBucket(backend, spot) : [];
    if (given.length > 0) return [...given, ...more];
    return [defaultOf(backend, isPartial(backend) ? undefined : known?.host, spot), ...more];
  });
}

/**
 * What backend s3 asks beside the bucket: a table of locks, and whoever hands out credentials when a role is assumed. Each is AWS's own
 * unless an endpoint says otherwise (developer.hashicorp.com/terraform/language/backend/s3).
 */
function besideTheBucket(backend: Backend, spot: Omit<Spot, 'at'>): HostUse[] {
  const services = [
    { name: 'dynamodb', older: 'dynamodb_endpoint', used: ['dynamodb_table'] },
    { name: 'sts', older: 'sts_endpoint', used: ['assume_role', 'assume_role_with_web_identity', 'role_arn'] },
    { name: 'iam', older: 'iam_endpoint', used: [] },
    { name: 'sso', older: 'sso_endpoint', used: [] },
  ];
  return services.flatMap(({ name, older, used }) => {
    const given = [['endpoints', name], [older]].flatMap((path) => hostUses(backend.attr(...path), spot));
    const asked = used.some((attribute) => backend.attr(attribute).value.state !== 'unset');
    return given.length > 0 || !asked ? given : [defaultOf(backend, `${name}.amazonaws.com`, spot)];
  });
}

/**
 * Whether what decides where it lies may be said at init only: neither argument stands without which backend s3 is not whole, so
 * `terraform init -backend-config` brings them, and an endpoint perhaps (developer.hashicorp.com/terraform/language/backend#partial-configuration).
 */
function isPartial(backend: Backend): boolean {
  return backend.type === 's3' && ['bucket', 'key'].every((name) => backend.attr(name).value.state === 'unset');
}

function defaultOf(backend: Backend, host: string | undefined, spot: Omit<Spot, 'at'>): HostUse {
  const base = {
    position: spot.position,
    class: spot.class,
    place: spot.place,
    owner: spot.owner,
    at: backend.id,
    implicit: true,
  };
  return host === undefined ? { ...base, host, causes: ['outside'] } : { ...base, host, causes: [] };
}

/** Where modules are fetched from (developer.hashicorp.com/terraform/language/modules/sources). Local paths reach nobody. */
export function moduleHosts(graph: Graph): HostUse[] {
  return graph.roots.flatMap((root) => root.modules.flatMap((module) => moduleHost(module)));
}

function moduleHost(module: ModuleCall): HostUse[] {
  const { source } = module;
  if (/^\.{0,2}\//.test(source) || source === '') return [];
  const spot: Spot = {
    position: 'module source',
    class: 'build',
    at: `${module.id}.source`,
    place: module.place,
    owner: module.id,
  };
  const host = moduleSourceHost(source);
  const use = hostUse(host, [], spot);
  return use === undefined ? [] : [use];
}

function moduleSourceHost(source: string): string {
  const plain = source.replace(/^(git|hg|s3|gcs)::/, '');
  const ssh = /^(?:ssh:\/\/)?[^@/\s]+@([^:/\s]+)/.exec(plain)?.[1];
  if (ssh !== undefined) return ssh;
  if (plain.includes('://')) return plain;
  const parts = plain.split('/');
  const [first = ''] = parts;
  // `namespace/name/system` without a host is the public registry.
  return parts.length >= 3 && !first.includes('.') ? 'registry.terraform.io' : first;
}

/** Data sources that fetch something at plan. */
export function dataSourceHosts(graph: Graph): HostUse[] {
  return graph.resources.flatMap((resource) => {
    if (resource.mode !== 'data') return [];
    if (resource.type === 'http')
      return hostUses(resource.attr('url'), {
        position: 'data source',
        class: 'build',
        place: resource.place,
        owner: resource.id,
      });
    if (resource.type === 'terraform_remote_state') return remoteState(resource);
    return [];
  });
}

function remoteState(resource: Resource): HostUse[] {
  const spot = { position: 'remote state', class: 'data' as const, place: resource.place, owner: resource.id };
  const type = resource.attr('backend');
  const backend = BACKENDS.get(type.text ?? '');
  if (backend === undefined) {
    if (type.text !== undefined) return [];
    const causes = type.value.state === 'unknown' ? type.value.causes : (['function'] as const);
    return [{ ...spot, at: type.at, implicit: false, host: undefined, causes }];
  }
  const given = backend.given.flatMap((path) => hostUses(resource.attr('config', ...path), spot));
  if (given.length > 0) return given;
  const host = backend.host;
  return [{ ...spot, at: resource.id, implicit: true, host, causes: host === undefined ? ['outside'] : [] }];
}

const LEADS_ON = new Set(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'SRV', 'SVCB', 'HTTPS', 'CAA', 'ALIAS', 'DNAME']);

/** Names and addresses that records of our zones lead to (RFC 1035, RFC 3596, RFC 2782, RFC 8659): our own, or somebody else's. */
export function dnsHosts(graph: Graph): HostUse[] {
  return graph.resources.flatMap((resource) => {
    if (resource.mode !== 'managed' || resource.change === 'delete') return [];
    if (resource.type === 'hcloud_zone_record')
      return recordTargets(resource, resource.attr('type').text, [resource.attr('value')]);
    if (resource.type !== 'hcloud_zone_rrset') return [];
    const records = resource.attr('records');
    const values = records.items().map((record) => record.attr('value'));
    // Records that are not known may lead anywhere.
    return recordTargets(resource, resource.attr('type').text, records.value.state === 'unknown' ? [records] : values);
  });
}

/**
 * `cidrhost(hcloud_primary_ip.edge.ip_network, 1)` lies in the network it is made of, whichever address it is: one plain reference, through a
 * sibling's output or not, to one resource.
 */
function networkOf({ value, references }: ReturnType<Resource['attr']>): string | undefined {
  if (value.state !== 'unknown' || !/^cidrhost\([A-Za-z_][\w.-]*,\s*\d+\s*\)$/.test(value.expression)) return undefined;
  const [source, ...more] = references.filter(({ text }) => !text.startsWith('data.terraform_remote_state.'));
  if (source?.target === undefined || more.length > 0) return undefined;
  return `${source.target}.${source.attribute.join('.')}`;
}

/** The name a record leads to: after the priority of SVCB and HTTPS, where parameters follow (RFC 9460, §2.1); elsewhere the last word. */
function targetOf(type: string, text: string): string {
  const words = text.trim().split(/\s+/);
  if (/^(SVCB|HTTPS)$/.test(type)) return words[1] ?? '';
  return words.filter((word) => /[a-z]/i.test(word)).pop() ?? '';
}

function recordTargets(
  resource: Resource,
  type: string | undefined,
  values: readonly ReturnType<Resource['attr']>[],
): HostUse[] {
  if (type !== undefined && !LEADS_ON.has(type.toUpperCase())) return [];
  const spot = { position: 'DNS record', class: 'data' as const, place: resource.place, owner: resource.id };
  if (type === undefined) {
    const { value } = resource.attr('type');
    const causes = value.state === 'unknown' ? value.causes : (['function'] as const);
    return values.map((attr) => ({ ...spot, host: undefined, at: attr.at, implicit: false, causes }));
  }
  const address = /^A(AAA)?$/i.test(type);
  return values.flatMap((attr): HostUse[] => {
    const { text } = attr;
    const network = address ? networkOf(attr) : undefined;
    if (network !== undefined) return [{ ...spot, host: network, at: attr.at, implicit: false, causes: [] }];
    if (text === undefined) return hostUses(attr, spot);
    const target = address
      ? text.trim()
      : type.toUpperCase() === 'CAA'
        ? (/"([^";]*)/.exec(text)?.[1] ?? '')
        : targetOf(type.toUpperCase(), text);
    if (!target.includes('.') && !address) return [];
    // A CAA record names who may issue, and is asked by nobody: not the data path.
    const use = hostUse(target.replace(/\.$/, ''), [], {
      ...spot,
      class: type.toUpperCase() === 'CAA' ? 'pull' : 'data',
      at: attr.at,
    });
    return use === undefined ? [] : [use];
  });
}
