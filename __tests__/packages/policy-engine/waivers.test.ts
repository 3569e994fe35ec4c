import type { Waiver } from '@lukko/formats';
import { postures } from '@lukko/policy-engine';
import { approver } from './approval/approve.ts';
import { factsOf, known } from './fake-facts.ts';
import { ruleWith, run } from './fake-rules.ts';

const facts = factsOf([{ id: 'orchard/hcloud_volume.apple', values: { location: known('ash') } }]);
const board = approver();
const approvers = board.signers('board');
const waiver: Waiver = board.sign({
  id: 'apple-2026',
  rule: 'grown-in-finland',
  address: 'orchard/hcloud_volume.apple',
  reason: 'Moves with the next harvest',
  owner: 'orchard',
  approver: 'board',
  expires: '2026-12-31',
});
const asOf = '2026-06-01';

test('a waiver excuses the finding it names', () => {
  const { findings, summary } = run({ facts, waivers: [waiver], approvers, asOf });
  expect(findings).toHaveLength(1);
  expect(findings[0]?.waiver).toEqual({
    id: 'apple-2026',
    reason: waiver.reason,
    owner: 'orchard',
    expires: '2026-12-31',
  });
  expect(summary).toMatchObject({ fail: 0, waived: 1, exitCode: 0 });
});

test('it is good through its last day and not beyond', () => {
  expect(run({ facts, waivers: [waiver], approvers, asOf: '2026-12-31' }).summary.exitCode).toBe(0);
  const late = run({ facts, waivers: [waiver], approvers, asOf: '2027-01-01' });
  expect(late.summary).toMatchObject({ fail: 2, waived: 0, exitCode: 1 });
  expect(late.findings.map((finding) => finding.message)).toEqual([
    'apple grows in ash',
    'waiver apple-2026 for grown-in-finland expired on 2026-12-31',
  ]);
});

test.each([
  ['another address', { address: 'orchard/hcloud_volume.pear' }, 'waiver apple-2026 excuses nothing'],
  ['a part of the address', { address: 'orchard/hcloud_volume.app' }, 'waiver apple-2026 excuses nothing'],
  ['an unknown rule', { rule: 'no-such' }, 'waiver apple-2026 names no-such, which is no rule of this run'],
])('one that names %s is unused, a finding of its own', (_, change, message) => {
  const { findings, summary } = run({
    facts,
    waivers: [board.sign({ ...waiver, ...change })],
    approvers,
    asOf,
    waiversFile: 'policy/waivers.yaml',
  });
  expect(summary).toMatchObject({ fail: 2, waived: 0, exitCode: 1 });
  expect(findings[1]).toMatchObject({ rule: 'waiver-unused', severity: 'low', file: 'policy/waivers.yaml', message });
});

test('an unused waiver alone refuses under eu-sovereign and not under recommended', () => {
  const fine = factsOf([{ id: 'orchard/hcloud_volume.apple', values: { location: known('hel1') } }]);
  expect(run({ facts: fine, waivers: [waiver], approvers, asOf }).summary).toMatchObject({ fail: 1, exitCode: 1 });
  const lenient = run({ facts: fine, waivers: [waiver], approvers, asOf, posture: postures.recommended });
  expect(lenient.summary).toMatchObject({ fail: 1, exitCode: 0 });
});

test('a rule that cannot be waived is not', () => {
  const { findings, summary } = run({
    facts,
    rules: [ruleWith({ waivable: false })],
    waivers: [waiver],
    approvers,
    asOf,
  });
  expect(summary).toMatchObject({ fail: 2, waived: 0, exitCode: 1 });
  expect(findings[1]).toMatchObject({
    rule: 'waiver-refused',
    message: 'waiver apple-2026 names grown-in-finland, which cannot be waived',
  });
});

test('waivers without a date to judge them by are a fault of the caller', () => {
  expect(() => run({ facts, waivers: [waiver] })).toThrow(
    'waivers or a baseline were given without the date to judge their expiry by (asOf)',
  );
});

test('without a signature it excuses nothing under eu-sovereign, and says how to get one', () => {
  const { signature: _, ...unsigned } = waiver;
  const { findings, summary } = run({ facts, waivers: [unsigned], approvers, asOf });
  expect(summary).toMatchObject({ fail: 2, waived: 0, exitCode: 1 });
  expect(findings.find((finding) => finding.rule === 'waiver-unapproved')).toMatchObject({
    severity: 'high',
    message: 'waiver apple-2026 is not approved: it carries no signature of board',
    fix: 'let its approver sign the text `lukko waiver <id>` prints: ssh-keygen -Y sign -n lukko-waiver -f <key>',
  });
  expect(run({ facts, waivers: [unsigned], asOf, posture: postures.recommended }).summary).toMatchObject({ waived: 1 });
});

test('a signature that does not hold excuses nothing in any posture', () => {
  const { summary } = run({ facts, waivers: [waiver], asOf, posture: postures.recommended });
  expect(summary).toMatchObject({ fail: 2, waived: 0, exitCode: 1 });
});
