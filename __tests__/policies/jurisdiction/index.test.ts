import { type Operator, operator } from '@lukko/formats';
import { operators } from '../../../policies/jurisdiction/index.ts';

/** ISO 3166-1 alpha-2 codes as ICU knows them: an unknown code is its own name. */
const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

const hosts = operators.flatMap((entry) => (entry.hosts ?? []).map((host) => ({ host, entry })));

/** The operator of a host by longest suffix. */
function operatorOf(name: string): Operator | undefined {
  return hosts
    .filter(({ host }) => name === host || name.endsWith(`.${host}`))
    .sort((a, b) => b.host.length - a.host.length)[0]?.entry;
}

describe('operators', () => {
  test.each(operators.map((entry) => [entry.id, entry] as const))('%s has the form of an operator', (_id, entry) => {
    expect(operator.parse(entry)).toEqual(entry);
  });

  test('there are enough to judge a real stack', () => {
    expect(operators.length).toBeGreaterThanOrEqual(200);
  });

  test('ids are unique and sorted', () => {
    const ids = operators.map((entry) => entry.id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  test('countries exist', () => {
    const codes = operators.flatMap((entry) => [entry.legal.country, ...(entry.parent ? [entry.parent.country] : [])]);
    expect(codes.filter((code) => countryNames.of(code) === undefined)).toEqual([]);
  });

  test('every source is a page over https, read on a day that is not before the project', () => {
    for (const entry of operators) {
      expect(entry.source).toMatch(/^https:\/\//);
      // A list of hundreds of vendors is a source only with the line.
      expect([entry.id, /\.json$/.test(entry.source)]).toEqual([entry.id, false]);
      expect(entry.date >= '2026-01-01').toBe(true);
    }
  });

  test('a host stands once', () => {
    const names = hosts.map(({ host }) => host);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test("a suffix within another operator's is one of the deliberate ones", () => {
    const within = hosts.flatMap(({ host, entry }) =>
      hosts
        .filter((other) => other.host !== host && host.endsWith(`.${other.host}`))
        .map((other) => ({ host, entry, other })),
    );
    expect(within.filter(({ entry, other }) => entry === other.entry).map(({ host }) => host)).toEqual([]);
    expect(within.map(({ host, entry }) => `${host} is ${entry.id}`).sort()).toEqual([
      'publicca.googleapis.com is google-trust-services',
      'us.ovhcloud.com is ovh-us',
    ]);
  });

  test('providers, backends, registries and addresses belong to one operator each', () => {
    for (const names of [
      operators.flatMap((entry) => (entry.providers ?? []).map((provider) => provider.source)),
      operators.flatMap((entry) => entry.backends ?? []),
      operators.flatMap((entry) => entry.registries ?? []),
      operators.flatMap((entry) => entry.addresses ?? []),
    ]) {
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  test('only providers that can be redirected name arguments, and all of those do', () => {
    for (const provider of operators.flatMap((entry) => entry.providers ?? [])) {
      expect([provider.source, (provider.endpointArguments ?? []).length > 0]).toEqual([
        provider.source,
        provider.reaches === 'endpoints',
      ]);
    }
  });

  test('a registry is resolved to the operator that lists it', () => {
    for (const entry of operators) {
      for (const registry of entry.registries ?? [])
        expect([registry, operatorOf(registry)?.id]).toEqual([registry, entry.id]);
    }
  });

  test.each([
    ['s3.eu-central-1.amazonaws.com', 'aws', 'US'],
    ['fsn1.your-objectstorage.com', 'hetzner', 'DE'],
    ['api.hetzner.cloud', 'hetzner', 'DE'],
    ['mirror.hetzner.com', 'hetzner', 'DE'],
    ['ntp1.hetzner.de', 'hetzner', 'DE'],
    ['ntp3.hetzner.net', 'hetzner', 'DE'],
    ['acme-v02.api.letsencrypt.org', 'isrg', 'US'],
    ['acme-api.actalis.com', 'actalis', 'IT'],
    ['dv.acme-v02.api.pki.goog', 'google-trust-services', 'US'],
    ['ep-cool-1.eu-central-1.aws.neon.tech', 'neon', 'US'],
    ['registry.terraform.io', 'hashicorp', 'US'],
    ['mirror.example.global.ssl.fastly.net', 'fastly', 'US'],
    ['api.openai.com', 'openai', 'US'],
    ['api.mistral.ai', 'mistral', 'FR'],
    ['db.project.supabase.co', 'supabase', 'SG'],
    ['login.tailscale.com', 'tailscale', 'US'],
    ['s3.eu-central-003.backblazeb2.com', 'backblaze', 'US'],
    ['app-dns-1a2b.hcp.westeurope.azmk8s.io', 'microsoft', 'US'],
    ['ns-1536.awsdns-00.co.uk', 'aws', 'US'],
    ['ns-421.awsdns-52.com', 'aws', 'US'],
    ['charts.bitnami.com', 'broadcom', 'US'],
    ['123456789012.dkr.ecr.eu-central-1.amazonaws.com', 'aws', 'US'],
  ])('%s is operated by %s (%s)', (host, id, country) => {
    const entry = operatorOf(host);
    expect([entry?.id, entry?.legal.country]).toEqual([id, country]);
  });

  test.each(['logs.lukko.example', 'registry.lukko.example', 'notamazonaws.com', 'docker.io.example'])(
    'nobody known operates %s',
    (host) => {
      expect(operatorOf(host)).toBeUndefined();
    },
  );

  test.each([
    ['s3', 'aws'],
    ['gcs', 'google'],
    ['azurerm', 'microsoft'],
    ['remote', 'hashicorp'],
    ['cloud', 'hashicorp'],
  ])('the backend %s reaches %s', (backend, id) => {
    expect(operators.filter((entry) => entry.backends?.includes(backend)).map((entry) => entry.id)).toEqual([id]);
  });

  test.each(['builtin/terraform', 'hashicorp/random', 'hashicorp/null', 'hashicorp/local', 'hashicorp/time'])(
    'the provider %s reaches nothing',
    (source) => {
      expect(
        operators.flatMap((entry) => entry.providers ?? []).find((provider) => provider.source === source)?.reaches,
      ).toBe('nothing');
    },
  );
});
