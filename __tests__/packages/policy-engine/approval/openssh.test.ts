import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Waiver } from '@lukko/formats';
import { waiverText } from '@lukko/policy-engine';
import { notApproved } from '../../../../packages/policy-engine/src/approval/approval.ts';
import { approver, signersOf } from './approve.ts';

const waiver: Waiver = {
  id: 'apple-2026',
  rule: 'grown-in-finland',
  address: 'orchard/hcloud_volume.apple',
  reason: 'Moves with the next harvest; ä "quoted"',
  owner: 'orchard',
  approver: 'board',
  expires: '2026-12-31',
};
const asOf = '2026-06-01';
const there = spawnSync('ssh-keygen', ['-?']).error === undefined;

if (!there) {
  console.warn('NOT RUN: ssh-keygen is not on PATH: that approvals are what OpenSSH signs was not tried');
  test('without ssh-keygen an approval signed by ourselves is accepted', () => {
    const board = approver();
    expect(notApproved(board.sign(waiver), board.signers('board'), asOf)).toBeUndefined();
  });
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-approver-'));
  const run = (args: readonly string[], input = '') =>
    execFileSync('ssh-keygen', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([[['ed25519']], [['ecdsa', '256']], [['ecdsa', '384']], [['ecdsa', '521']], [['rsa', '3072']]])(
    'OpenSSH signs it with a key of type %s, and it is approved',
    ([kind = '', size]) => {
      const key = path.join(folder, `${kind}${size ?? ''}`);
      run(['-q', '-t', kind, ...(size === undefined ? [] : ['-b', size]), '-N', '', '-C', 'test', '-f', key]);
      const signed = {
        ...waiver,
        signature: run(['-q', '-Y', 'sign', '-n', 'lukko-waiver', '-f', key], waiverText(waiver)),
      };
      const signers = signersOf(readFileSync(`${key}.pub`, 'utf8'))('board');
      expect(notApproved(signed, signers, asOf)).toBeUndefined();
      expect(notApproved({ ...signed, expires: '2027-12-31' }, signers, asOf)).toBe(
        'its signature is not one of what it says now',
      );
    },
  );
}
