import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { canonical } from '../../../../packages/evidence/src/index.ts';

const now = () => `${new Date().toISOString().slice(0, 19)}Z`;

/**
 * What /usr/local/lib/lukko/report prints on a host whose volume is open or not, signed by ssh-keygen as the host does it.
 * @param key file of the private key that signs
 * @param more fields beside these, or in their place
 */
export function signedReport(key: string, unlocked: boolean, more: Readonly<Record<string, unknown>> = {}): string {
  const report = {
    schemaVersion: 1,
    host: 'logs.lukko.example',
    madeAt: now(),
    bootedAt: now(),
    system: 'Debian GNU/Linux 13 (trixie)',
    kernel: '6.12.0',
    payloadSha256: 'a'.repeat(64),
    volume: {
      device: '/dev/disk/by-id/scsi-0HC_Volume_1',
      unlocked,
      uuid: '4f1c1b52-0000-4000-8000-000000000000',
      cipher: 'aes-xts-plain64',
      label: 'lukko',
      bytes: 10737418240,
      usedPercent: unlocked ? 3 : null,
      recoveryRecipients: [],
      refused: unlocked ? null : 'refused: too few key servers opened the volume; trying again',
      keyBits: 512,
      threshold: 2,
      keyServers: ['http://192.0.2.1:7500', 'http://192.0.2.2:7500', 'http://192.0.2.3:7500'],
    },
    swap: [],
    failedUnits: [],
    listening: [],
    images: [],
    firewall: { policies: { input: 'drop', forward: 'drop', output: 'drop' }, rulesSha256: 'c'.repeat(64) },
    egressRefused: [],
    sshd: {
      passwords: false,
      keyboardInteractive: false,
      rootLogin: 'no',
      userCa: 'a',
      revokedKeys: 'b',
      authorizedKeys: 'none',
    },
    hostKey: `SHA256:${'d'.repeat(43)}`,
    clock: { synchronised: true, sources: [], offsetSeconds: 0.0001 },
    updates: { pending: [], lastRun: null, rebootRequired: false },
    dataPaths: [],
    records: { oldest: null, newest: null },
    journalOn: null,
    backup: null,
    drill: null,
    ...more,
  };
  const text = path.join(path.dirname(key), 'to-sign');
  writeFileSync(text, `${canonical(report)}\n`);
  execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'lukko-host-report', '-f', key, text], { stdio: 'ignore' });
  const signature = readFileSync(`${text}.sig`, 'utf8').trimEnd();
  rmSync(`${text}.sig`);
  return JSON.stringify({ ...report, signature });
}
