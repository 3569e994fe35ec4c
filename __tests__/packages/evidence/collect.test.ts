import { evidenceExport } from '@lukko/formats';
import { collectEvidence, EvidenceError } from '../../../packages/evidence/src/index.ts';
import { collection, finding, report } from './sample.ts';

const passes = finding({ rule: 'volume-encrypted-at-rest', verdict: 'pass', address: 'logs/hcloud_volume.data' });
const row = (evidence: ReturnType<typeof collectEvidence>, id: string) =>
  evidence.controls.find((control) => control.id === id);

describe('collectEvidence', () => {
  test('has the published form, and 34 rows', () => {
    const evidence = collectEvidence(collection([{ tier: 'declared', report: report([passes]) }]));
    expect(evidenceExport.parse(evidence)).toEqual(evidence);
    expect(evidence.controls).toHaveLength(34);
  });

  test('a pass on configuration is declared, never more', () => {
    const evidence = collectEvidence(collection([{ tier: 'declared', report: report([passes]) }]));
    expect(row(evidence, 'A.8.24')).toMatchObject({
      state: 'declared',
      why: '1 verdict passes on the configuration',
      declared: { counts: { pass: 1 }, subjects: 1, ageDays: 0 },
      rules: [{ id: 'public-services-over-tls' }, { id: 'volume-encrypted-at-rest' }],
    });
    expect(evidence.totals.observed).toBe(0);
    expect(row(evidence, 'A.8.24')).not.toHaveProperty('planned');
  });

  test('one failure fails the control, however much passes beside it, in whatever tier', () => {
    const fails = finding({ rule: 'public-services-over-tls', verdict: 'fail', address: 'edge/hcloud_server.host' });
    const evidence = collectEvidence(
      collection([
        { tier: 'declared', report: report([fails, passes]) },
        { tier: 'planned', report: report([passes]) },
      ]),
    );
    expect(row(evidence, 'A.8.24')).toMatchObject({ state: 'failed', why: '1 verdict fails' });
  });

  test('what is not proven, and what a waiver excuses, keeps a control open', () => {
    const unknown = finding({
      rule: 'volume-encrypted-at-rest',
      verdict: 'unknown',
      address: 'logs/hcloud_volume.more',
    });
    const waived = finding({
      rule: 'volume-encrypted-at-rest',
      verdict: 'fail',
      address: 'logs/hcloud_volume.old',
      waiver: { id: 'old-volume', reason: 'emptied next week', owner: 'operations', expires: '2026-12-01' },
    });
    const evidence = collectEvidence(collection([{ tier: 'declared', report: report([passes, unknown, waived]) }]));
    expect(row(evidence, 'A.8.24')).toMatchObject({
      state: 'open',
      why: '1 verdict is not proven, 1 failure is excused by a waiver',
      declared: { counts: { pass: 1, fail: 0, unknown: 1, waived: 1 } },
    });
  });

  test('what only the provider can answer is counted as due, beside passes and alone', () => {
    const due = finding({
      rule: 'servers-behind-firewall',
      verdict: 'unknown',
      address: 'logs/hcloud_server.host',
      obligation: true,
      controls: ['ISO27001:2022/A.8.20'],
    });
    const alone = collectEvidence(collection([{ tier: 'declared', report: report([due]) }]));
    expect(row(alone, 'A.8.20')).toMatchObject({ state: 'open', why: '1 more is due when the provider has answered' });
    const beside = collectEvidence(
      collection([
        {
          tier: 'declared',
          report: report([
            due,
            finding({
              rule: 'servers-behind-firewall',
              verdict: 'pass',
              address: 'edge/hcloud_server.host',
              controls: ['ISO27001:2022/A.8.20'],
            }),
          ]),
        },
      ]),
    );
    expect(row(beside, 'A.8.20')).toMatchObject({
      state: 'declared',
      why: '1 verdict passes on the configuration, 1 more is due when the provider has answered',
    });
  });

  test('a plan that passes is planned, with the age it states of itself', () => {
    const evidence = collectEvidence(
      collection([
        { tier: 'declared', report: report([passes]) },
        {
          tier: 'planned',
          report: report([passes], { inputs: [{ file: 'plan.json', kind: 'plan', sha256: 'd'.repeat(64) }] }),
          recorded: new Map([['plan.json', '2026-11-18T13:00:00Z']]),
        },
      ]),
    );
    expect(row(evidence, 'A.8.24')).toMatchObject({
      state: 'planned',
      planned: { recorded: '2026-11-18T13:00:00Z', ageDays: 2 },
    });
    expect(evidence.inputs).toMatchObject([
      { tier: 'declared' },
      { tier: 'planned', recorded: '2026-11-18T13:00:00Z' },
    ]);
  });

  test('the plan of one stack does not lift what the others only declare', () => {
    const other = finding({ rule: 'volume-encrypted-at-rest', verdict: 'pass', address: 'errors/hcloud_volume.data' });
    const evidence = collectEvidence(
      collection([
        { tier: 'declared', report: report([passes, other]) },
        { tier: 'planned', report: report([passes]) },
      ]),
    );
    expect(row(evidence, 'A.8.24')).toMatchObject({
      state: 'declared',
      why: '2 verdicts pass on the configuration, 1 on plans that hold a part of it',
    });
  });

  test('blank stays blank: not assessed where machines could, not evidenceable where they cannot', () => {
    const evidence = collectEvidence(collection([{ tier: 'declared', report: report([]) }]));
    expect(row(evidence, 'A.8.17')).toMatchObject({ state: 'not-assessed', why: 'no rule of this version carries it' });
    expect(row(evidence, 'A.8.24')).toMatchObject({
      state: 'not-assessed',
      why: 'the rules that carry it found nothing they apply to',
    });
    expect(row(evidence, 'A.8.28')).toMatchObject({ state: 'not-evidenceable' });
    expect(evidence.totals).toMatchObject({
      controls: 34,
      states: { failed: 0, open: 0, planned: 0, declared: 0, 'not-assessed': 28, 'not-evidenceable': 6 },
      percent: { failed: 0, open: 0, planned: 0, declared: 0, 'not-assessed': 82.4, 'not-evidenceable': 17.6 },
      observed: 0,
    });
  });

  test('what passes is said by the title of its rule, and never by what would be said if it were broken', () => {
    const evidence = collectEvidence(
      collection([{ tier: 'declared', report: report([{ ...passes, message: 'the volume is not encrypted' }]) }]),
    );
    expect(JSON.stringify(evidence)).not.toContain('the volume is not encrypted');
    expect(evidence.rules).toEqual([
      {
        id: 'volume-encrypted-at-rest',
        title: 'Data volumes are encrypted at rest',
        controls: ['ISO27001:2022/A.8.24'],
      },
    ]);
  });

  test('not applicable alone proves nothing', () => {
    const none = finding({
      rule: 'volume-encrypted-at-rest',
      verdict: 'not-applicable',
      address: 'logs/hcloud_volume.data',
    });
    const evidence = collectEvidence(collection([{ tier: 'declared', report: report([none]) }]));
    expect(row(evidence, 'A.8.24')).toMatchObject({ state: 'not-assessed', declared: { subjects: 0 } });
  });

  test('verdicts and exceptions of other controls stay out; one control can be asked for', () => {
    const elsewhere = finding({
      rule: 'locations-in-eu',
      verdict: 'fail',
      address: 'logs/hcloud_server.host',
      controls: ['ISO27001:2022/A.5.23'],
    });
    const exceptions = [
      {
        rule: 'public-services-over-tls',
        address: 'keys/hcloud_server.a',
        reason: 'the exchange is safe in plaintext by design',
      },
      { rule: 'locations-in-eu', address: 'keys/hcloud_server.a', reason: 'elsewhere' },
    ];
    const evidence = collectEvidence(
      collection([{ tier: 'declared', report: report([elsewhere, passes], { exceptions }) }], { selection: 'A.8.24' }),
    );
    expect(evidence.controls.map((control) => control.id)).toEqual(['A.8.24']);
    expect(evidence.verdicts.map((verdict) => verdict.rule)).toEqual(['volume-encrypted-at-rest']);
    expect(evidence.exceptions).toEqual([{ tier: 'declared', ...exceptions[0] }]);
    expect(evidence.totals.percent.declared).toBe(100);
  });

  test.each([
    [
      'an unknown control',
      () => collectEvidence(collection([{ tier: 'declared', report: report([]) }], { selection: 'A.8.35' })),
    ],
    ['no report', () => collectEvidence(collection([]))],
    [
      'an input from after the instant of the export',
      () =>
        collectEvidence(
          collection([
            { tier: 'planned', report: report([]), recorded: new Map([['plan.json', '2026-11-22T00:00:00Z']]) },
          ]),
        ),
    ],
  ])('refuses %s', (_name, run) => {
    expect(run).toThrow(EvidenceError);
    expect(run).toThrowErrorMatchingSnapshot();
  });
});
