import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readHostReport } from '../../../../packages/evidence/src/index.ts';
import { signedReport } from '../../cli/host/signed-report.ts';

/* What a host says of the bucket it backs up into, as evidence; signed by the real ssh-keygen. */

const folder = mkdtempSync(path.join(tmpdir(), 'lukko-locked-'));
const key = path.join(folder, 'key');
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
const fingerprint = execFileSync('ssh-keygen', ['-lf', `${key}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '';
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hours = (ago: number) => `${new Date(Date.now() - ago * 3_600_000).toISOString().slice(0, 19)}Z`;
const told = (more: Readonly<Record<string, unknown>>) => {
  const read = readHostReport(signedReport(key, true, more), { hostKey: fingerprint, now: new Date().toISOString() });
  const { holds, saw } = read.checks.find(({ id }) => id === 'backups-locked') ?? {};
  return { holds, saw, mode: read.facts['backups-lock-mode'], days: read.facts['backups-lock-days'] };
};
const bucket = 'https://fsn1.your-objectstorage.com/lukko-backups';
const answer = { at: hours(2), bucket, mode: 'COMPLIANCE', lockDays: 29, removedAfterDays: 30 };

test('a lock that nobody can lift, asked for today, is shown with its days', () => {
  expect(told({ bucket: answer })).toEqual({
    holds: true,
    saw: "locked for 29 days (COMPLIANCE), removed after 30; the bucket's last answer is 2 hours old",
    mode: 'COMPLIANCE',
    days: 29,
  });
});

test('an answer of the day before yesterday, another mode, and a refusal are none', () => {
  expect(told({ bucket: { ...answer, at: hours(48) } }).holds).toBe(false);
  expect(told({ bucket: { ...answer, mode: 'GOVERNANCE' } }).holds).toBe(false);
  expect(told({ bucket: { at: hours(1), bucket, refused: 'keeps no versions' } })).toMatchObject({
    holds: false,
    saw: 'no backup, the bucket keeps no versions',
  });
});

test('a bucket that was not asked is unknown, and a host that has none is not asked for one', () => {
  expect(told({ bucket: null })).toMatchObject({ holds: 'unknown', saw: 'the bucket was not asked yet' });
  expect(told({}).holds).toBeUndefined();
});
