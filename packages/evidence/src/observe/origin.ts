import type { Observation, ObservationRecord } from '@lukko/formats';
import { chainProblem, type Roots } from './certificate-chain.ts';

/** `real` counts. `sandbox` never does, whatever its cause. `failed`: nothing was seen, so there is nothing to count. */
export interface Origin {
  readonly kind: 'real' | 'sandbox' | 'failed';
  readonly because: string;
}

type Run = Extract<ObservationRecord, { kind: 'run' }>;

/** Where Hetzner answers: https://docs.hetzner.cloud/reference/cloud and …/reference/hetzner (Storage Boxes). */
const providerHosts: readonly string[] = ['api.hetzner.cloud', 'api.hetzner.com'];

/**
 * What every observation of a store is worth, from what it came over. Nothing a record says of itself decides, and there is no
 * argument that lifts it: the provider's answer must come over a chain that leads from the provider's name to a public root;
 * any other answer from an address which such an answer of the same run names, over a valid chain or the recorded host key.
 *
 * A scan of ports and an answer of DNS come over neither. They are taken for real when, in the same run, the same address (for
 * DNS: a host of the zone) proved itself that way.
 * @param roots public roots; the command hands in those that came with Node, and nothing else
 */
export function originsOf(records: readonly ObservationRecord[], roots: Roots): ReadonlyMap<string, Origin> {
  const certificates = new Map<string, Uint8Array>();
  const runs = new Map<string, Run>();
  const byRun = new Map<string, Observation[]>();
  for (const record of records) {
    if (record.kind === 'certificate') certificates.set(record.sha256, Buffer.from(record.der, 'base64'));
    else if (record.kind === 'run') runs.set(record.run, record);
    else if (record.kind === 'observation') {
      const others = byRun.get(record.run);
      if (others === undefined) byRun.set(record.run, [record]);
      else others.push(record);
    }
  }
  return new Map(
    [...byRun].flatMap(([id, observations]) => [...ofRun(runs.get(id), observations, certificates, roots)]),
  );
}

function ofRun(
  run: Run | undefined,
  observations: readonly Observation[],
  certificates: ReadonlyMap<string, Uint8Array>,
  roots: Roots,
): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  const set = (one: Observation, kind: Origin['kind'], because: string) => origins.set(one.id, { kind, because });
  const known = new Map<string, string | undefined>();
  const chain = ({ source, at }: Observation, name: string): string | undefined => {
    const key = `${(source.chain ?? []).join()}\0${name}\0${at.slice(0, 13)}`;
    if (!known.has(key)) {
      const ders = (source.chain ?? []).map((digest) => certificates.get(digest));
      known.set(
        key,
        ders.includes(undefined)
          ? 'a certificate it names is not in the store'
          : chainProblem(ders as Uint8Array[], name, at, roots),
      );
    }
    return known.get(key);
  };
  const seen = observations.filter((one) => {
    if (one.outcome === 'failed') set(one, 'failed', one.problem ?? 'nothing was seen');
    return one.outcome === 'observed';
  });
  if (run === undefined || run.environment.class === 'disposable') {
    for (const one of seen)
      set(one, 'sandbox', run === undefined ? 'it belongs to no run' : 'the environment is disposable');
    return origins;
  }
  const ours = new Set<string>();
  for (const one of seen.filter(({ collector }) => collector === 'hetzner')) {
    const why = notTheProvider(one, chain);
    set(one, why === undefined ? 'real' : 'sandbox', why ?? `answered by ${hostOf(one)} over a valid chain`);
    if (why === undefined) for (const address of addressesOf(one)) ours.add(address);
  }
  const proven = new Set<string>();
  const later: Observation[] = [];
  for (const one of seen.filter(({ collector }) => collector !== 'hetzner')) {
    if (one.collector === 'ports' || one.collector === 'dns') {
      later.push(one);
      continue;
    }
    const why = notOurs(one, ours, chain);
    set(one, why === undefined ? 'real' : 'sandbox', why ?? `${one.source.address} is ours, and proved who it is`);
    if (why === undefined) proven.add(one.source.address ?? '').add(hostOf(one));
  }
  for (const one of later) {
    const found = one.collector === 'ports' ? proven.has(one.source.address ?? '') : provesZone(one, proven);
    if (found) set(one, 'real', 'in the same run what it is about proved who it is');
    else set(one, 'sandbox', 'nothing in the same run proved that what it is about is ours');
  }
  return origins;
}

function notTheProvider(one: Observation, chain: (one: Observation, name: string) => string | undefined) {
  const url = urlOf(one.source.endpoint);
  if (url?.protocol !== 'https:' || !providerHosts.includes(url.hostname) || (url.port !== '' && url.port !== '443'))
    return `it came from ${url === undefined ? 'somewhere else' : `${url.protocol}//${url.host}`}, not over TLS from ${providerHosts.join(' or ')}`;
  return chain(one, url.hostname);
}

function notOurs(
  one: Observation,
  ours: ReadonlySet<string>,
  chain: (one: Observation, name: string) => string | undefined,
): string | undefined {
  const { address, hostKey } = one.source;
  if (address === undefined || !ours.has(address))
    return `no answer of the provider in the same run names ${address ?? 'its address'} as ours`;
  if (hostKey !== undefined) return hostKey.recorded ? undefined : 'its host key is not the recorded one';
  return chain(one, hostOf(one));
}

function provesZone({ subject }: Observation, proven: ReadonlySet<string>): boolean {
  const zone = subject.name ?? '';
  return zone !== '' && [...proven].some((name) => name === zone || name.endsWith(`.${zone}`));
}

function hostOf({ source }: Observation): string {
  return urlOf(source.endpoint)?.hostname.replace(/^\[|\]$/g, '') ?? '';
}

function urlOf(text: string): URL | undefined {
  try {
    // `tls` and `ssh` are no special schemes: their host is read as that of https is.
    const url = new URL(text.replace(/^(tls|ssh|tcp|dns):/, 'https:'));
    return url;
  } catch {
    return undefined;
  }
}

/** Addresses the provider names: those of servers, primary and floating IPs, load balancers. */
function addressesOf({ facts }: Observation): readonly string[] {
  const { addresses } = facts;
  return Array.isArray(addresses) ? addresses : [];
}
