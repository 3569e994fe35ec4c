import type { Config } from '@lukko/formats';
import { type CloudFile, printCloudConfig } from './cloud-config.ts';
import { type HostEnv, hostEnv } from './host-env.ts';
import { payloadFile } from './payload-file.ts';

/** A configuration value inside a payload, and where it came from. */
export interface PayloadOrigin {
  readonly value: string;
  readonly path: string;
}

export interface Payload {
  readonly text: string;
  readonly origins: readonly PayloadOrigin[];
}

/** What a host does, beyond what every host does. */
export interface Service {
  readonly packages: readonly string[];
  readonly files: readonly CloudFile[];
  /** Systemd units, quadlets among them, that start once the volume is mounted: their `[Install]` names lukko-data.target. */
  readonly units: readonly string[];
  /** Whether it admits requests by the addresses of our own hosts; only then does its payload name them, and change with them. */
  readonly admitsOurHosts?: boolean;
  readonly origins: readonly PayloadOrigin[];
}

/** Packages of every host; no Recommends are installed, so what is needed is named. */
const BASE_PACKAGES = ['chrony', 'nftables', 'systemd-resolved', 'unattended-upgrades'];
const VOLUME_PACKAGES = ['age', 'clevis', 'clevis-luks', 'cryptsetup-bin', 'curl', 'e2fsprogs', 'jose'];
const CONTAINER_PACKAGES = ['crun', 'netavark', 'podman'];

/** The payload of a host that keeps data. */
export function hostPayload(config: Config, name: string, service: Service, env: HostEnv): Payload {
  const files = [
    ...baseFiles(config, 'nftables.conf'),
    { path: '/etc/systemd/system/nftables.service.d/10-lukko.conf', content: payloadFile('base/nftables-sets.conf') },
    script('/usr/local/lib/lukko/firewall-sets', payloadFile('base/firewall-sets')),
    ...volumeFiles(),
    ...containerFiles(),
    ...service.files,
  ];
  const text = printCloudConfig(
    {
      ...common(config, name, [...BASE_PACKAGES, ...VOLUME_PACKAGES, ...CONTAINER_PACKAGES, ...service.packages]),
      files,
      runcmd: [
        ...BASE_COMMANDS,
        ['systemctl', 'daemon-reload'],
        ['systemctl', 'enable', ...service.units],
        ['systemctl', 'enable', '--now', 'lukko-volume.service'],
      ],
    },
    hostEnv(env),
  );
  const origins = [
    ...baseOrigins(config),
    ...service.origins,
    ...config.access.ageRecipients.map((value, index) => ({ value, path: `access.ageRecipients[${index}]` })),
    ...config.keys.servers.flatMap(({ thumbprint }, index) =>
      thumbprint === undefined ? [] : [{ value: thumbprint, path: `keys.servers[${index}].thumbprint` }],
    ),
  ];
  return { text, origins };
}

/** The payload of a key server: Tang on its port, and nothing else that listens but SSH. */
export function tangPayload(config: Config, name: string): Payload {
  const files = [
    ...baseFiles(config, 'nftables-tang.conf'),
    // The package's own unit listens on port 80 and starts with the installation; one of the same name in /etc wins over it.
    { path: '/etc/systemd/system/tangd.socket', content: payloadFile('tang/tangd.socket') },
  ];
  const text = printCloudConfig({
    ...common(config, name, [...BASE_PACKAGES, 'jose', 'tang']),
    files,
    runcmd: [...BASE_COMMANDS, ['systemctl', 'daemon-reload'], ['systemctl', 'enable', '--now', 'tangd.socket']],
  });
  return { text, origins: baseOrigins(config) };
}

const BASE_COMMANDS: readonly (readonly string[])[] = [
  ['systemd-sysusers'],
  ['sysctl', '--system'],
  ['systemctl', 'enable', '--now', 'nftables.service'],
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
    packages: [...packages].sort(),
    bootcmd: [
      ['swapoff', '-a'],
      // journald keeps early lines on the root disk as long as this folder is there.
      ['rm', '-rf', '/var/log/journal'],
    ],
  };
}

function baseFiles(config: Config, firewall: string): readonly CloudFile[] {
  const { clocks, resolvers } = config.system;
  return [
    { path: '/etc/ssh/lukko_user_ca.pub', content: `${config.access.sshUserCa}\n` },
    { path: '/etc/ssh/lukko_revoked_keys', content: payloadFile('base/revoked-keys') },
    { path: '/etc/ssh/sshd_config.d/10-lukko.conf', content: payloadFile('base/sshd.conf') },
    {
      path: '/etc/nftables.conf',
      content: payloadFile(`base/${firewall}`, { resolvers4: family(resolvers, 4), resolvers6: family(resolvers, 6) }),
    },
    {
      path: '/etc/chrony/chrony.conf',
      content: payloadFile('base/chrony.conf', { servers: clocks.map((clock) => `server ${clock} iburst`).join('\n') }),
    },
    {
      path: '/etc/systemd/resolved.conf.d/10-lukko.conf',
      content: payloadFile('base/resolved.conf', { resolvers: resolvers.join(' ') }),
    },
    { path: '/etc/systemd/journald.conf.d/10-lukko.conf', content: payloadFile('base/journald.conf') },
    { path: '/etc/apt/apt.conf.d/90-lukko', content: payloadFile('base/apt.conf') },
    { path: '/etc/sysusers.d/lukko.conf', content: payloadFile('base/sysusers.conf') },
    { path: '/etc/sysctl.d/90-lukko.conf', content: payloadFile('base/sysctl.conf') },
  ];
}

function volumeFiles(): readonly CloudFile[] {
  return [
    script('/usr/local/lib/lukko/volume', payloadFile('volume/volume')),
    { path: '/etc/systemd/system/lukko-volume.service', content: payloadFile('volume/lukko-volume.service') },
    { path: '/etc/systemd/system/srv-lukko.mount', content: payloadFile('volume/srv-lukko.mount') },
    { path: '/etc/systemd/system/lukko-data.target', content: payloadFile('volume/lukko-data.target') },
  ];
}

function containerFiles(): readonly CloudFile[] {
  return [
    { path: '/etc/containers/registries.conf.d/10-lukko.conf', content: payloadFile('containers/registries.conf') },
    { path: '/etc/containers/storage.conf', content: payloadFile('containers/storage.conf') },
  ];
}

/** Addresses of one family, as the elements of an nftables set; never empty, since a set of no elements is a syntax error. */
function family(addresses: readonly string[], version: 4 | 6): string {
  const found = addresses.filter((address) => address.includes(':') === (version === 6));
  return found.length > 0 ? found.join(', ') : version === 4 ? '127.0.0.1' : '::1';
}

/** An executable file of root. */
export function script(path: string, content: string): CloudFile {
  return { path, content, permissions: '0755' };
}

function baseOrigins(config: Config): readonly PayloadOrigin[] {
  const { system } = config;
  return [
    { value: system.packageMirror, path: 'system.packageMirror' },
    { value: system.securityMirror, path: 'system.securityMirror' },
    ...system.clocks.map((value, index) => ({ value, path: `system.clocks[${index}]` })),
    ...system.resolvers.map((value, index) => ({ value, path: `system.resolvers[${index}]` })),
  ];
}
