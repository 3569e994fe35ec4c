import type { Config } from '@lukko/formats';
import { backupPart } from './backup-part.ts';
import { basePart } from './base-part.ts';
import { type CloudFile, printCloudConfig } from './cloud-config.ts';
import { containerPart, shippingPart, volumePart } from './data-part.ts';
import { type HostEnv, hostEnv } from './host-env.ts';
import { type HostName, hostsOf } from './hosts.ts';
import { payloadFile } from './payload-file.ts';
import { type Part, type Payload, type Service, script, together } from './payload-types.ts';
import { upgradeWindow } from './upgrade-window.ts';

/** The payload of a host that keeps data. */
export function hostPayload(config: Config, name: HostName, service: Service, env: HostEnv): Payload {
  const { packages, files, units, egress, origins } = together([
    basePart(config, name, name),
    volumePart(),
    containerPart(config),
    shippingPart(config),
    ...(service.backedUp.length === 0 ? [] : [backupPart(config, name, service.backedUp, service.dump)]),
    service,
  ]);
  const serving = servingEnv('/srv/lukko', [...ALWAYS, ...service.serves], service);
  const text = printCloudConfig(
    {
      ...common(config, name, packages),
      files: [...files, egressNames(egress), serving],
      runcmd: [
        ...BASE_COMMANDS,
        ['systemctl', 'enable', ...units],
        ['systemctl', 'enable', '--now', 'lukko-volume.service'],
      ],
    },
    hostEnv(env),
  );
  return { text, origins: [...origins, ...keyOrigins(config)] };
}

/** The payload of a key server: Tang on its port, and nothing else that listens but SSH. */
export function tangPayload(config: Config, name: string): Payload {
  const tang: Part = {
    packages: ['tang'],
    files: [
      // The package's own unit listens on port 80 and starts with the installation; one of the same name in /etc wins over it.
      { path: '/etc/systemd/system/tangd.socket', content: payloadFile('tang/tangd.socket') },
      script('/usr/local/lib/lukko/tang-thumbprint', payloadFile('tang/tang-thumbprint')),
      script('/usr/local/lib/lukko/tang-asked', payloadFile('tang/tang-asked')),
      { path: '/etc/lukko/reboots', content: reboots(config) },
      { path: '/etc/systemd/system/lukko-watch.service.d/10-lukko.conf', content: payloadFile('tang/watch.conf') },
      servingEnv('', [...ALWAYS, 'tangd.socket'], {}),
    ],
  };
  const { packages, files, units, egress, origins } = together([basePart(config, name, 'keys'), tang]);
  const text = printCloudConfig({
    ...common(config, name, packages),
    files: [...files, egressNames(egress)],
    runcmd: [
      ...BASE_COMMANDS,
      ['systemctl', 'enable', '--now', ...units],
      // Its package started it on port 80 already; a socket that runs does not take another port, and answers nowhere.
      ['systemctl', 'enable', 'tangd.socket'],
      ['systemctl', 'restart', 'tangd.socket'],
    ],
  });
  return { text, origins };
}

/** When hosts reboot by themselves, as `tang-asked` reads it: name, days, time in UTC. */
function reboots(config: Config): string {
  const lines = hostsOf(config).map((host) => {
    const { weekdays, reboot } = upgradeWindow(config, host);
    return `${host} ${weekdays.join(',')} ${reboot}\n`;
  });
  return lines.join('');
}

/** Units without which no server is what it should be. */
const ALWAYS = ['nftables.service', 'lukko-egress.service', 'chrony.service', 'ssh.service'];

const BASE_COMMANDS: readonly (readonly string[])[] = [
  ['systemd-sysusers'],
  ['sysctl', '--system'],
  // Masked, or the journal would be flushed to the root disk at every boot, before a volume is open.
  ['ln', '-sf', '/dev/null', '/etc/systemd/system/systemd-journal-flush.service'],
  ['systemctl', 'daemon-reload'],
  ['systemctl', 'enable', '--now', 'nftables.service', 'lukko-egress.service'],
  ['ln', '-sf', '/etc/lukko/apt-proxy.conf', '/etc/apt/apt.conf.d/91-lukko-proxy'],
  // Not only from the next boot on: the first one is where most goes wrong.
  ['systemctl', 'start', 'lukko-watch.timer'],
  ['systemctl', 'restart', 'systemd-journald.service'],
  ['systemctl', 'restart', 'systemd-resolved.service'],
  ['systemctl', 'restart', 'chrony.service'],
  ['systemctl', 'reload-or-restart', 'ssh.service'],
];

function common(config: Config, name: string, packages: readonly string[]) {
  return {
    hostname: name,
    fqdn: `${name}.${config.domain}`,
    apt: { mirror: config.system.packageMirror, security: config.system.securityMirror },
    packages: [...new Set(packages)].sort(),
    bootcmd: [
      ['swapoff', '-a'],
      // An image may bring this folder, and journald then writes to the root disk: back into memory, and away with it. Once: later
      // the folder is where the journal of the volume is mounted, and cannot be removed.
      ['journalctl', '--relinquish-var'],
      ['cloud-init-per', 'instance', 'lukko-journal', 'rm', '-rf', '/var/log/journal'],
    ],
  };
}

/** The allowlist of the egress proxy: whole names, as extended regular expressions. */
function egressNames(names: readonly string[]): CloudFile {
  const lines = [...new Set(names)].sort().map((name) => `^${name.replaceAll('.', '[.]')}$`);
  return { path: '/etc/lukko/egress-names', content: `${lines.join('\n')}\n` };
}

function servingEnv(
  mount: string,
  units: readonly string[],
  { waits = [], health = [] }: Pick<Service, 'waits' | 'health'>,
): CloudFile {
  const lines = [
    `LUKKO_MOUNT=${mount}`,
    `LUKKO_UNITS="${units.join(' ')}"`,
    `LUKKO_WAITING="${waits.join(' ')}"`,
    `LUKKO_HEALTH="${health.join(' ')}"`,
  ];
  return { path: '/etc/lukko/serving.env', content: `${lines.join('\n')}\n` };
}

function keyOrigins(config: Config) {
  return [
    ...config.access.ageRecipients.map((value, index) => ({ value, path: `access.ageRecipients[${index}]` })),
    ...config.keys.servers.flatMap(({ thumbprint }, index) =>
      thumbprint === undefined ? [] : [{ value: thumbprint, path: `keys.servers[${index}].thumbprint` }],
    ),
  ];
}
