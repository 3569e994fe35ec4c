import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { canonical } from '../../../../packages/evidence/src/index.ts';
import { freePort } from '../../../ports.ts';
import { directoryWith } from '../fake-ports.ts';

const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/sbin/sshd'].find((path) => existsSync(path));
const running: ChildProcess[] = [];

/** sshd drops to a user of its own, for which it needs to be started by root and its directory to be there. */
export const sshdRuns = sshd !== undefined && userInfo().uid === 0 && existsSync('/run/sshd');

export function stopHosts(): void {
  for (const child of running) child.kill('SIGKILL');
}

export const now = () => `${new Date().toISOString().slice(0, 19)}Z`;
export const access = { userCa: '/etc/ssh/user_ca.pub', revokedKeys: '/etc/ssh/revoked', authorizedKeys: 'none' };
export const stored = { repository: 'rest:https://backups.lukko.example/logs' };

/** What /usr/local/lib/lukko/report prints on a host that is in order; see stacks/payload/base/report. */
export const report = (changes: object = {}) => ({
  schemaVersion: 1,
  host: 'logs.lukko.example',
  madeAt: now(),
  bootedAt: now(),
  system: 'Debian GNU/Linux 13 (trixie)',
  kernel: '6.12.0',
  payloadSha256: 'a'.repeat(64),
  volume: {
    device: '/dev/disk/by-id/scsi-0HC_Volume_1',
    unlocked: true,
    uuid: '4f1c1b52-0000-4000-8000-000000000000',
    cipher: 'aes-xts-plain64',
    label: 'lukko',
    bytes: 10737418240,
    usedPercent: 3,
    recoveryRecipients: [],
    refused: null,
    keyBits: 512,
    threshold: 2,
    keyServers: ['http://192.0.2.1:7500', 'http://192.0.2.2:7500', 'http://192.0.2.3:7500'],
  },
  swap: [],
  failedUnits: [],
  listening: ['tcp 0.0.0.0:22'],
  images: [`caddy registry.lukko.example/caddy@sha256:${'b'.repeat(64)}`],
  firewall: { policies: { input: 'drop', forward: 'drop', output: 'drop' }, rulesSha256: 'c'.repeat(64) },
  egressRefused: [],
  sshd: { passwords: false, keyboardInteractive: false, rootLogin: 'no', ...access },
  hostKey: `SHA256:${'d'.repeat(43)}`,
  clock: { synchronised: true, sources: ['192.0.2.53'], offsetSeconds: 0.0001 },
  updates: { pending: [], lastRun: now(), rebootRequired: false },
  dataPaths: [{ path: '/srv/lukko/caddy', source: '/dev/mapper/lukko-data', layers: ['crypt lukko-data', 'disk sda'] }],
  records: { oldest: now(), newest: now() },
  journalOn: '/dev/mapper/lukko-data',
  backup: { ...stored, at: now(), snapshot: 'aa', bytes: 1, seconds: 1, passwordFetched: now() },
  drill: { ...stored, at: now(), recoveryPoint: now(), recoverySeconds: 1, files: 1, openedWith: 'sealed' },
  ...changes,
});

/** A host: sshd on loopback that runs one forced command, which prints a report signed with the host's key. */
export async function host(document: object, signer?: string) {
  const directory = directoryWith({});
  const key = (name: string) => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(directory, name)]);
    return join(directory, name);
  };
  const hostKey = key('host');
  const client = key('client');
  chmodSync(directory, 0o700);
  writeFileSync(join(directory, 'signed'), `${canonical(document)}\n`);
  execFileSync(
    'ssh-keygen',
    ['-Y', 'sign', '-q', '-n', 'lukko-host-report', '-f', signer ?? hostKey, join(directory, 'signed')],
    { stdio: 'ignore' },
  );
  const signature = readFileSync(join(directory, 'signed.sig'), 'utf8').trimEnd();
  writeFileSync(join(directory, 'report.json'), JSON.stringify({ ...document, signature }, null, 2));
  const command = `cat ${join(directory, 'report.json')}`;
  writeFileSync(
    join(directory, 'authorized'),
    `restrict,command="${command}" ${readFileSync(`${client}.pub`, 'utf8')}`,
    { mode: 0o600 },
  );
  const port = await freePort();
  const options = [
    `Port=${port}`,
    'ListenAddress=127.0.0.1',
    `HostKey=${hostKey}`,
    `AuthorizedKeysFile=${join(directory, 'authorized')}`,
  ];
  const settings = [
    ...options,
    'StrictModes=no',
    'UsePAM=no',
    'PasswordAuthentication=no',
    'KbdInteractiveAuthentication=no',
    `PidFile=${join(directory, 'pid')}`,
  ];
  const child = spawn(sshd ?? '', ['-D', '-e', '-f', '/dev/null', ...settings.flatMap((one) => ['-o', one])], {
    stdio: 'ignore',
  });
  running.push(child);
  await untilOpen(port);
  const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-l', '-f', `${hostKey}.pub`], { encoding: 'utf8' }).split(
    ' ',
  );
  return {
    hostKey,
    client: readFileSync(client, 'utf8'),
    target: { address: '127.0.0.1', port, user: userInfo().username, hostKey: fingerprint },
  };
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('sshd does not listen');
}
