import { createHash } from 'node:crypto';
import type { Observation } from '@lukko/formats';
import {
  collectEvidence,
  type Observed,
  type PayloadFacts,
  provePayloads,
  reportedPayloads,
  withPayloadChecks,
} from '../../../../packages/evidence/src/index.ts';
import { collection, report } from '../sample.ts';

const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const declares = (server: string, text: string | undefined): PayloadFacts => ({
  server,
  address: `${server}/hcloud_server.host`,
  declared: text === undefined ? [] : [{ sha256: digest('sha256', text), sha1: digest('sha1', text) }],
  created: undefined,
});

const run = '0b0e7a52-5a44-5f0e-9d53-6f3cc2a3e0c1';
const judged = (values: Partial<Observation>, kind: 'real' | 'sandbox' = 'real'): Observed['judged'][number] => ({
  observation: {
    kind: 'observation',
    schemaVersion: 1,
    sequence: 0,
    previous: '0'.repeat(64),
    digest: '0'.repeat(64),
    id: `00000000-0000-5000-8000-00000000000${values.collector === 'hetzner' ? 1 : 2}`,
    run,
    collector: 'host-report',
    subject: { kind: 'server', id: 'host:logs', name: 'logs' },
    at: '2026-11-20T12:00:00Z',
    took: 1,
    attempts: 1,
    outcome: 'observed',
    source: { endpoint: 'ssh://192.0.2.10:22', address: '192.0.2.10' },
    checks: [],
    facts: {},
    expires: '2026-11-27T12:00:00Z',
    ...values,
  },
  origin: { kind, because: 'of this test' },
  fresh: true,
  newest: true,
});
const hostReport = (text: string | undefined, kind?: 'sandbox', values: Partial<Observation> = {}) =>
  judged({ facts: text === undefined ? {} : { payload: digest('sha256', text) }, ...values }, kind);
const listed = (name: string, address = '192.0.2.10') =>
  judged({
    collector: 'hetzner',
    subject: { kind: 'server', id: 'hetzner:server:1', name },
    facts: { resource: 'hcloud_server', addresses: [address] },
  });
const of = (...all: Observed['judged']): Observed => ({
  judged: all,
  records: [],
  kind: 'real',
  findings: [],
  firstExpiry: undefined,
});
const checksOf = (observed: Observed) =>
  observed.judged.flatMap(({ observation }) => observation.checks.map(({ id, holds }) => [id, holds]));
const id = 'payload-as-declared';

test.each<readonly [string, string | undefined, string | undefined, boolean | 'unknown']>([
  ['what is declared', 'first', 'first', true],
  ['another text', 'first', 'second', false],
  ['no answer of the metadata service', 'first', undefined, 'unknown'],
  ['a text that cannot be rendered', undefined, 'first', 'unknown'],
])('%s', (_name, declared, reported, holds) => {
  expect(checksOf(withPayloadChecks(of(hostReport(reported)), [declares('logs', declared)]))).toEqual([[id, holds]]);
});

test('a host that is declared nowhere, and one that was not seen, show nothing', () => {
  expect(checksOf(withPayloadChecks(of(hostReport('first')), [declares('edge', 'first')]))).toEqual([]);
  const gone = of(judged({ outcome: 'failed', problem: 'no SSH server answers there' }));
  expect(checksOf(withPayloadChecks(gone, [declares('logs', 'first')]))).toEqual([]);
});

test('whose report it is says the address that the provider lists, not a name in the targets', () => {
  const both = [declares('edge', 'first'), declares('logs', 'second')];
  const observed = of(listed('edge'), hostReport('first'));
  expect(checksOf(withPayloadChecks(observed, both))).toEqual([[id, true]]);
  expect([...reportedPayloads(observed)]).toEqual([['edge', digest('sha256', 'first')]]);
});

test('it counts for the controls it is a part of, and another text is drift', () => {
  const exported = (text: string, kind?: 'sandbox') => {
    const payloads = [declares('logs', 'first')];
    const observed = withPayloadChecks(of(hostReport(text, kind)), payloads);
    const { controls, findings } = collectEvidence(
      collection([{ tier: 'declared', report: report([]) }], {
        observed,
        payloads: provePayloads(payloads, reportedPayloads(observed)),
      }),
    );
    const row = controls.find((control) => control.id === 'A.8.32');
    return [row?.state, row?.notCounted, findings.map(({ code, subject }) => `${code} ${subject}`)];
  };
  expect(exported('first')).toEqual(['observed', 0, []]);
  expect(exported('second')).toEqual(['failed', 0, ['drift logs/hcloud_server.host']]);
  expect(exported('first', 'sandbox')).toEqual(['not-assessed', 1, []]);
  expect(exported('second', 'sandbox')).toEqual(['not-assessed', 1, ['check-failed host:logs']]);
});
