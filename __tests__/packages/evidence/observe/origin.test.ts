import type { Observation } from '@lukko/formats';
import {
  beginning,
  chain,
  line,
  observedAt,
  Roots,
  readStore,
  sha256,
  type Unchained,
} from '../../../../packages/evidence/src/index.ts';
import { Authority, der } from '../../cli/observe/certificates.ts';

/**
 * The path by which observations count, on records built here: a root of this test stands in for the public ones. The command
 * hands in Node's own and has no way to hand in others; see __tests__/packages/cli/observe/never-counts.test.ts.
 */
const authority = new Authority();
const provider = der(authority.issue('DNS:api.hetzner.cloud').certificate);
const logs = der(authority.issue('DNS:logs.lukko.example').certificate);
const expired = der(authority.issue('DNS:api.hetzner.cloud', -1).certificate);
const stranger = new Authority('Stranger');
const forged = der(stranger.issue('DNS:api.hetzner.cloud').certificate);
const root = der(authority.pem);
const roots = new Roots([authority.pem]);

const run = '0b0e7a52-5a44-5f0e-9d53-6f3cc2a3e0c1';
const now = new Date();
const at = `${new Date(now.getTime() + 60_000).toISOString().slice(0, 19)}Z`;
const asOf = `${new Date(now.getTime() + 120_000).toISOString().slice(0, 19)}Z`;
const header = (changes: object = {}): Unchained =>
  ({
    kind: 'run',
    run,
    at,
    environment: { name: 'example', class: 'production' },
    vantage: 'office',
    tool: 'lukko 0.1.0',
    collectors: [],
    ...changes,
  }) as Unchained;
const certificate = (bytes: Buffer): Unchained => ({
  kind: 'certificate',
  sha256: sha256(bytes),
  der: bytes.toString('base64'),
});
let count = 0;
const observation = (values: Pick<Observation, 'collector' | 'source'> & Partial<Observation>): Unchained => {
  count += 1;
  return {
    kind: 'observation',
    id: `00000000-0000-5000-8000-${String(count).padStart(12, '0')}`,
    run,
    subject: {
      kind: 'thing',
      id: `thing:${count}`,
      name: 'logs.lukko.example',
    },
    at,
    took: 1,
    attempts: 1,
    outcome: 'observed',
    checks: [],
    facts: {},
    expires: '2099-01-01T00:00:00Z',
    ...values,
  };
};
const api = (changes: object = {}, ...presented: readonly Buffer[]) =>
  observation({
    collector: 'hetzner',
    source: {
      endpoint: 'https://api.hetzner.cloud/v1',
      chain: (presented.length === 0 ? [provider] : presented).map((one) => sha256(one)),
    },
    facts: { addresses: ['192.0.2.10'] },
    ...changes,
  });
const tls = (changes: object = {}) =>
  observation({
    collector: 'tls',
    source: {
      endpoint: 'tls://logs.lukko.example:443',
      address: '192.0.2.10',
      chain: [sha256(logs)],
    },
    ...changes,
  });
const certificates = [provider, logs, expired, forged, root].map(certificate);

function origins(...records: readonly Unchained[]): readonly string[] {
  const text = chain([header(), ...certificates, ...records], beginning)
    .map(line)
    .join('');
  return observedAt(readStore(text), asOf, roots).judged.map(({ origin }) => `${origin.kind}: ${origin.because}`);
}

test('the provider over a valid chain, and hosts it names as ours, count', () => {
  const ssh = {
    endpoint: 'ssh://192.0.2.10:22',
    address: '192.0.2.10',
    hostKey: { fingerprint: `SHA256:${'a'.repeat(43)}`, recorded: true },
  };
  expect(
    origins(
      api(),
      tls(),
      observation({ collector: 'host-report', source: ssh }),
      observation({
        collector: 'ports',
        source: { endpoint: 'tcp://192.0.2.10', address: '192.0.2.10' },
      }),
      observation({
        collector: 'dns',
        source: { endpoint: 'dns://192.0.2.53', address: '192.0.2.53' },
        subject: {
          kind: 'zone',
          id: 'dns:lukko.example',
          name: 'lukko.example',
        },
      }),
    ),
  ).toMatchInlineSnapshot(`
    [
      "real: answered by api.hetzner.cloud over a valid chain",
      "real: 192.0.2.10 is ours, and proved who it is",
      "real: 192.0.2.10 is ours, and proved who it is",
      "real: in the same run what it is about proved who it is",
      "real: in the same run what it is about proved who it is",
    ]
  `);
});

test.each<readonly [string, readonly Unchained[]]>([
  [
    'another host',
    [
      api({
        source: {
          endpoint: 'https://api.hetzner.example/v1',
          chain: [sha256(provider)],
        },
      }),
    ],
  ],
  ['loopback', [api({ source: { endpoint: 'http://127.0.0.1:8080/v1' } })]],
  [
    'the right name on another port',
    [
      api({
        source: {
          endpoint: 'https://api.hetzner.cloud:8443/v1',
          chain: [sha256(provider)],
        },
      }),
    ],
  ],
  ['the right name in plain text', [api({ source: { endpoint: 'http://api.hetzner.cloud/v1' } })]],
  [
    'the right name as a user of another host',
    [
      api({
        source: {
          endpoint: 'https://api.hetzner.cloud@127.0.0.1/v1',
          chain: [sha256(provider)],
        },
      }),
    ],
  ],
  ['no chain', [api({ source: { endpoint: 'https://api.hetzner.cloud/v1' } })]],
  [
    'a chain that is not in the store',
    [
      api({
        source: {
          endpoint: 'https://api.hetzner.cloud/v1',
          chain: ['f'.repeat(64)],
        },
      }),
    ],
  ],
  ['a chain of another authority', [api({}, forged)]],
  ['a certificate for another name', [api({}, logs)]],
  ['a certificate that had expired', [api({}, expired)]],
  ['a certificate that was not yet valid', [api({ at: '2020-01-01T00:00:00Z' })]],
  ['a leaf behind which a root stands that did not sign it', [api({}, forged, root)]],
  ['a host that the provider does not name', [api({ facts: { addresses: ['192.0.2.99'] } }), tls()]],
  ['a host without the provider', [tls()]],
  ['a host that only a sandbox names', [api({ source: { endpoint: 'http://127.0.0.1:8080/v1' } }), tls()]],
  [
    'a host with the certificate of another',
    [
      api(),
      tls({
        source: {
          endpoint: 'tls://errors.lukko.example:443',
          address: '192.0.2.10',
          chain: [sha256(logs)],
        },
      }),
    ],
  ],
  [
    'a host key that is not the recorded one',
    [
      api(),
      tls({
        source: {
          endpoint: 'ssh://192.0.2.10:22',
          address: '192.0.2.10',
          hostKey: { fingerprint: `SHA256:${'a'.repeat(43)}`, recorded: false },
        },
      }),
    ],
  ],
  ['another run', [api(), tls({ run: '1b0e7a52-5a44-5f0e-9d53-6f3cc2a3e0c1' })]],
  [
    'ports of a host that did not prove itself',
    [
      api(),
      observation({
        collector: 'ports',
        source: { endpoint: 'tcp://192.0.2.10', address: '192.0.2.10' },
      }),
    ],
  ],
])('does not count: %s', (_name, records) => {
  expect(
    origins(...records)
      .at(-1)
      ?.replaceAll(at, 'THEN'),
  ).toMatchSnapshot();
  expect(origins(...records).at(-1)).toMatch(/^sandbox: /);
});

test('a disposable environment never counts, whoever answered', () => {
  const text = chain(
    [header({ environment: { name: 'example', class: 'disposable' } }), ...certificates, api(), tls()],
    beginning,
  )
    .map(line)
    .join('');
  const { judged, kind } = observedAt(readStore(text), asOf, roots);
  expect([kind, ...judged.map(({ origin }) => origin.kind)]).toEqual(['sandbox', 'sandbox', 'sandbox']);
});

test('what failed shows nothing, and is no sandbox', () => {
  expect(origins(api(), tls({ outcome: 'failed', problem: 'nothing listens there' })).at(-1)).toBe(
    'failed: nothing listens there',
  );
});

test('the future, contradictions and what is past its time are findings', () => {
  const check = (holds: boolean) => [{ id: 'tls-version', holds, saw: 'seen' }];
  const subject = { kind: 'endpoint', id: 'tls:logs', name: 'logs' };
  const text = chain(
    [
      header(),
      ...certificates,
      api(),
      tls({ subject, checks: check(true) }),
      tls({ subject, checks: check(false) }),
      tls({ at: '2098-01-01T00:00:00Z' }),
      tls({ expires: '2020-01-01T00:00:00Z' }),
    ],
    beginning,
  )
    .map(line)
    .join('');
  const { findings } = observedAt(readStore(text), asOf, roots);
  expect(findings.map(({ code }) => code).sort()).toEqual([
    'check-failed',
    'clock-skew',
    'contradiction',
    'observation-expired',
  ]);
});
