import type { Intent, Report } from '@lukko/formats';
import { excuse, isCurrent } from '@lukko/policy-engine';

const intent: Intent = {
  schemaVersion: 1,
  id: '6f1c7a3e-0b8e-4a56-9d11-2f3c4b5a6978',
  verb: 'retire',
  environment: 'example',
  stack: 'logs',
  command: 'destroy',
  addresses: ['logs/hcloud_volume.data_volume'],
  rules: ['data-removal-guarded'],
  by: 'operator-00000000',
  reason: 'moved elsewhere',
  made: '2026-11-21T12:00:00Z',
  expires: '2026-11-21T12:30:00Z',
};

const finding = (changes: Partial<Report['findings'][number]>): Report['findings'][number] => ({
  rule: 'data-removal-guarded',
  verdict: 'fail',
  severity: 'critical',
  address: 'logs/hcloud_volume.data_volume',
  message: 'this plan would delete it',
  file: 'stacks/logs.ts',
  because: [],
  reasons: 0,
  controls: [],
  fix: 'mend it',
  fingerprint: '0'.repeat(64),
  ...changes,
});
const seen = { seen: 1, all: 1 };
const report = (findings: Report['findings']): Report =>
  ({
    schemaVersion: 1,
    tool: { name: 'lukko', version: '0' },
    posture: 'eu-sovereign',
    threshold: 'low',
    inputs: [],
    policy: { sha256: '0'.repeat(64), files: [] },
    world: { closed: true, because: '' },
    findings,
    exceptions: [],
    summary: {
      resources: 1,
      rules: 1,
      pass: 0,
      fail: findings.length,
      unknown: 0,
      obligations: 0,
      waived: 0,
      notApplicable: 0,
      notLookedAt: [],
      coverage: { percent: 100, resources: seen, hosts: seen, typesNotLookedAt: [] },
      proven: [],
      accepted: 0,
      exitCode: 1,
    },
  }) as unknown as Report;

test('exactly the named rule at exactly the named address is excused, whatever its severity', () => {
  const { findings, summary } = excuse(report([finding({})]), [intent]);
  expect(findings[0]?.waiver).toEqual({
    id: `intent:${intent.id}`,
    reason: 'moved elsewhere',
    owner: 'operator-00000000',
    expires: intent.expires,
  });
  expect(summary).toMatchObject({ fail: 0, waived: 1, exitCode: 0 });
});

test.each([
  ['another rule', { rule: 'volume-encrypted-at-rest' }],
  ['another address', { address: 'logs/hcloud_volume.other' }],
  ['an address that only begins the same', { address: 'logs/hcloud_volume.data_volume2' }],
  ['the same address in another stack', { address: 'errors/hcloud_volume.data_volume' }],
])('%s is not', (_, changes) => {
  const judged = report([finding({}), finding(changes)]);
  expect(excuse(judged, [intent]).summary).toMatchObject({ fail: 1, waived: 1, exitCode: 1 });
});

test('an unknown is excused like a failure; without intents nothing changes', () => {
  const judged = report([finding({ verdict: 'unknown' })]);
  expect(excuse(judged, [intent]).summary).toMatchObject({ unknown: 0, waived: 1, exitCode: 0 });
  expect(excuse(judged, [])).toBe(judged);
});

test.each([
  ['before it was made', '2026-11-21T11:59:59Z', false],
  ['in its half hour', '2026-11-21T12:29:59Z', true],
  ['when it ends', '2026-11-21T12:30:00Z', false],
])('%s', (_, now, current) => {
  expect(isCurrent(intent, new Date(now))).toBe(current);
});

test('one that was used is used', () => {
  const used = { at: '2026-11-21T12:01:00Z', plan: '0'.repeat(64) };
  expect(isCurrent({ ...intent, used }, new Date('2026-11-21T12:10:00Z'))).toBe(false);
});
