import type { Config } from '@lukko/formats';
import type { CloudFile } from './cloud-config.ts';
import { HOSTS, type HostName, nameOf } from './hosts.ts';
import { payloadFile } from './payload-file.ts';
import { hostOf, type Part, type PayloadOrigin, script } from './payload-types.ts';

/** Where backups of a host go. */
interface Target {
  /** Base of its repositories, one a week below it, as restic names it. */
  readonly base: string;
  readonly server: string;
  /** More lines of `backup.env`, which scripts and people read before they call restic. */
  readonly env: string;
  /** What `backup` runs first. */
  readonly ask: string;
  readonly files: readonly CloudFile[];
  readonly origins: readonly PayloadOrigin[];
}

/** Backups of the named folders, and the monthly drill. Each host starts at an hour of its own. */
export function backupPart(config: Config, host: HostName, folders: readonly string[], dump = 'backup/dump'): Part {
  const target = targetOf(config, host);
  // What was made on the host is there sealed as well: with the password, and without the host.
  const paths = ['/srv/lukko/identity', '/srv/lukko/secrets/*.age', ...folders].join(' ');
  const hour = String(20 + HOSTS.indexOf(host)).padStart(2, '0');
  return {
    packages: ['restic'],
    files: [
      {
        path: '/etc/lukko/backup.env',
        content: `LUKKO_REPOSITORY=${target.base}\nLUKKO_PATHS="${paths}"\n${target.env}`,
      },
      script('/usr/local/lib/lukko/backup', payloadFile('backup/backup', { ask: target.ask })),
      ...['drill', 'restic-secret', 'sealed'].map((name) =>
        script(`/usr/local/lib/lukko/${name}`, payloadFile(`backup/${name}`)),
      ),
      script('/usr/local/lib/lukko/dump', payloadFile(dump)),
      ...target.files,
      ...['lukko-backup.service', 'lukko-drill.service', 'lukko-restic-secret.service'].map((name) => ({
        path: `/etc/systemd/system/${name}`,
        content: payloadFile(`backup/${name}`),
      })),
      ...[
        ['lukko-backup.timer', `${hour}:15`],
        ['lukko-drill.timer', `${hour}:45`],
      ].map(([name, time]) => ({
        path: `/etc/systemd/system/${name}`,
        content: payloadFile(`backup/${name}`, { time: time as string }),
      })),
    ],
    units: ['lukko-restic-secret.service', 'lukko-backup.timer', 'lukko-drill.timer'],
    egress: [target.server],
    origins: target.origins,
  };
}

/** The host of our own that only appends, or the bucket that is asked, each time, whether it locks what is written. */
function targetOf(config: Config, host: HostName): Target {
  const bucket = config.backups?.bucket;
  if (bucket === undefined) {
    const server = nameOf(config, 'backups');
    return { base: `rest:https://${server}/${host}`, server, env: '', ask: '', files: [], origins: [] };
  }
  const { endpoint, name, region, lockDays } = bucket;
  return {
    base: `s3:${endpoint}/${name}/${host}`,
    server: hostOf(endpoint),
    env: payloadFile('backup/bucket.env', { bucket: `${endpoint}/${name}`, region }),
    ask: '/usr/local/lib/lukko/bucket\n',
    files: [
      script(
        '/usr/local/lib/lukko/bucket',
        payloadFile('backup/bucket', { locked: String(lockDays), kept: String(config.retention.backups) }),
      ),
    ],
    origins: [{ value: endpoint, path: 'backups.bucket.endpoint' }],
  };
}
