import type { EvidenceExport, EvidenceProfile } from '@lukko/formats';
import { withoutAddresses } from '../../../../packages/evidence/src/export/withhold.ts';
import { readStore, sha256, writeContent } from '../../../../packages/evidence/src/index.ts';
import { cloudConfig, factsOf } from '../../facts/sample.ts';
import { observedExport, shippedClaims, storeWith } from '../observed-export.ts';

/** Names and addresses that stand in every part of an export, each where it would come from. */
const quadlet = '[Container]\nImage=registry.corp.example/caddy:2.9.1\n';
const facts = [
  factsOf({
    resource: {
      hcloud_server: {
        internal: {
          name: 'internal-name',
          location: 'hel1',
          user_data: cloudConfig({ '/etc/containers/systemd/caddy.container': quadlet }),
        },
      },
    },
  }),
];

function whole(profile: EvidenceProfile): EvidenceExport {
  const evidence = observedExport(storeWith(false));
  const [verdict] = evidence.verdicts;
  if (verdict === undefined) throw new Error('no verdict');
  return {
    ...evidence,
    profile,
    inputs: evidence.inputs.map((input) => ({ ...input, stack: 'internal-stack' })),
    worlds: [{ tier: 'declared', closed: false, because: 'internal-stack/main.tf was read alone' }],
    verdicts: [
      {
        ...verdict,
        verdict: 'fail',
        message: 'internal-name admits 198.51.100.16/28 and 2001:db8::/64 beside 0.0.0.0/0',
        severity: 'high',
        because: [{ at: 'internal-name.rule', saw: 'from 198.51.100.16/28, not ::/0' }],
      },
    ],
    findings: [
      ...evidence.findings,
      { code: 'drift', controls: ['A.8.9'], subject: 'hetzner:server:4711', message: 'rules were 203.0.113.77/32' },
      { code: 'contradiction', controls: ['A.8.9'], subject: 'hetzner:server:4711', message: 'is seen in two ways' },
    ],
    reconciliation: [
      {
        type: 'hcloud_firewall',
        name: 'internal-name',
        id: 'hetzner:firewall:4712',
        verdict: 'drift',
        attributes: [{ attribute: 'rules', declared: 'none', observed: 'in tcp 22 203.0.113.77/32', agrees: false }],
      },
    ],
  };
}

/** Everything a profile is handed, in one text. */
function text(profile: EvidenceProfile): string {
  const all: string[] = [];
  const store = readStore('');
  writeContent({ evidence: whole(profile), facts, services: [], store, claims: shippedClaims }, (path, pieces) => {
    const written = [...pieces].join('');
    all.push(path, written);
    return { path, bytes: written.length, sha256: sha256(written) };
  });
  return all.join('\n');
}

/** Of these, what stands in a text. */
const found = (all: string, words: readonly string[]) => words.filter((word) => all.includes(word));

const addresses = ['198.51.100', '203.0.113.77', '2001:db8', '192.0.2.10'];
const observed = ['hetzner:server:', 'hetzner:firewall:', '00000000-0000-5000-8000', 'is seen in two ways'];
const internal = [
  'internal-name',
  'internal-stack',
  'hcloud_server',
  'registry.corp.example',
  '2.9.1',
  'security-lead',
];

test('auditor: everything', () => {
  const all = text('auditor');
  expect(found(all, [...addresses.slice(0, 3), ...observed, ...internal])).toEqual([
    ...addresses.slice(0, 3),
    ...observed,
    ...internal,
  ]);
});

test('nda: no single observation, no address, and yet no bad news left out', () => {
  const all = text('nda');
  expect(found(all, [...addresses, ...observed])).toEqual([]);
  expect(found(all, ['internal-name', '0.0.0.0/0', '::/0'])).toEqual(['internal-name', '0.0.0.0/0', '::/0']);
  const evidence = JSON.parse(/^evidence\.json\n(\{[\s\S]*?\n\})\n/m.exec(all)?.[1] ?? '') as EvidenceExport;
  expect(evidence.findings).toHaveLength(whole('nda').findings.length);
  expect(evidence.findings.filter(({ code }) => code === 'contradiction')).toEqual([
    { code: 'contradiction', controls: ['A.8.9'], subject: 'withheld', message: 'withheld from this profile' },
  ]);
});

test('public: no resource, host, file, stack, version or person', () => {
  const all = text('public');
  expect(found(all, [...addresses, ...observed, ...internal])).toEqual([]);
  expect(all).toContain('Apache-2.0');
});

test.each([
  ['from 203.0.113.77/32 on port 22', 'from [address] on port 22'],
  ['2001:db8::1, 2001:db8:0:0:0:0:0:1 and fe80::/10', '[address], [address] and [address]'],
  ['0.0.0.0/0 and ::/0, 127.0.0.1:8080, 169.254.169.254', '0.0.0.0/0 and ::/0, 127.0.0.1:8080, 169.254.169.254'],
  [
    'at 12:00:00, 2026-11-21T12:00:00Z, Caddy 2.11.1, hcloud_server.a::b',
    'at 12:00:00, 2026-11-21T12:00:00Z, Caddy 2.11.1, hcloud_server.a::b',
  ],
  ['SHA256:abcd', 'SHA256:abcd'],
])('addresses in %s', (written, shown) => {
  expect(withoutAddresses(written)).toBe(shown);
});
