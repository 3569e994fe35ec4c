import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claims, type EvidenceExport, type Observation, parseFile } from '@lukko/formats';
import {
  beginning,
  chain,
  collectEvidence,
  line,
  observedAt,
  Roots,
  readStore,
  type Store,
  sha256,
  type Unchained,
} from '../../../packages/evidence/src/index.ts';
import { Authority, der } from '../cli/observe/certificates.ts';
import { collection, finding, report } from './sample.ts';

/** An export in which something counts: a root of this test stands in for the public ones. No command can do that. */
const authority = new Authority();
const provider = der(authority.issue('DNS:api.hetzner.cloud').certificate);
const logs = der(authority.issue('DNS:logs.lukko.example').certificate);
const roots = new Roots([authority.pem]);
const seconds = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
const now = Date.now() + 60_000;
export const asOf = seconds(now + 60_000);
const run = '0b0e7a52-5a44-5f0e-9d53-6f3cc2a3e0c1';

export const shippedClaims = parseFile(
  claims,
  readFileSync(join(__dirname, '../../../claims.yaml'), 'utf8'),
  'claims.yaml',
).value;

const observation = (id: string, values: Partial<Observation>): Unchained =>
  ({
    kind: 'observation',
    id: `00000000-0000-5000-8000-00000000000${id}`,
    run,
    at: seconds(now),
    took: 1,
    attempts: 1,
    outcome: 'observed',
    facts: {},
    checks: [],
    expires: seconds(now + 86_400_000),
    ...values,
  }) as Unchained;

export function storeWith(tlsHolds: boolean | 'unknown' = true, endpoint = 'https://api.hetzner.cloud/v1'): Store {
  const records: readonly Unchained[] = [
    {
      kind: 'run',
      run,
      at: seconds(now),
      environment: { name: 'example', class: 'production' },
      vantage: 'office',
      tool: 'lukko 0.1.0',
      collectors: ['hetzner', 'tls'],
    },
    ...[provider, logs].map(
      (bytes): Unchained => ({ kind: 'certificate', sha256: sha256(bytes), der: bytes.toString('base64') }),
    ),
    observation('1', {
      collector: 'hetzner',
      subject: { kind: 'server', id: 'hetzner:server:1', name: 'logs' },
      source: { endpoint, chain: [sha256(provider)] },
      facts: { resource: 'hcloud_server', addresses: ['192.0.2.10'], server_type: 'cx23', location: 'hel1' },
      checks: [{ id: 'behind-a-firewall', holds: true, saw: '1 applied of 1' }],
    }),
    observation('2', {
      collector: 'tls',
      subject: { kind: 'endpoint', id: 'tls:logs.lukko.example:443', name: 'logs.lukko.example' },
      source: { endpoint: 'tls://logs.lukko.example:443', address: '192.0.2.10', chain: [sha256(logs)] },
      checks: [
        { id: 'tls-version', holds: tlsHolds, saw: 'TLSv1.3' },
        { id: 'tls-chain', holds: true, saw: 'leads to a known root' },
      ],
    }),
  ];
  return readStore(chain(records, beginning).map(line).join(''));
}

export function observedExport(
  store: Store = storeWith(),
  { asOf: instant = asOf, since }: { readonly asOf?: string; readonly since?: string } = {},
): EvidenceExport {
  const findings = [finding({ rule: 'volume-encrypted-at-rest', verdict: 'pass', address: 'logs/hcloud_volume.data' })];
  return collectEvidence({
    ...collection([{ tier: 'declared', report: report(findings) }]),
    asOf: instant,
    ...(since === undefined ? {} : { since }),
    observed: observedAt(store, instant, roots),
    claims: { claims: shippedClaims, attestations: new Map(), signers: [] },
    storeHead: store.head.digest,
  });
}
