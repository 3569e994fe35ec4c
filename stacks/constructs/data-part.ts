import type { Config } from '@lukko/formats';
import { nameOf } from './hosts.ts';
import { payloadFile } from './payload-file.ts';
import { type Part, script } from './payload-types.ts';

/** The encrypted volume, and what makes the host the same after a rebuild: identity and journal on it. */
export function volumePart(): Part {
  return {
    packages: ['age', 'clevis', 'clevis-luks', 'cryptsetup-bin', 'e2fsprogs'],
    files: [
      script('/usr/local/lib/lukko/volume', payloadFile('volume/volume')),
      script('/usr/local/lib/lukko/key-servers', payloadFile('volume/key-servers')),
      script('/usr/local/lib/lukko/identity', payloadFile('volume/identity')),
      script('/usr/local/lib/lukko/journal', payloadFile('volume/journal')),
      script('/usr/local/lib/lukko/quiesce', payloadFile('volume/quiesce')),
      script('/usr/local/lib/lukko/rebind', payloadFile('volume/rebind')),
      script('/usr/local/lib/lukko/luks-uuid', payloadFile('volume/luks-uuid')),
      { path: '/etc/systemd/system/lukko-volume.service', content: payloadFile('volume/lukko-volume.service') },
      { path: '/etc/systemd/system/lukko-journal.service', content: payloadFile('volume/lukko-journal.service') },
      { path: '/etc/systemd/system/srv-lukko.mount', content: payloadFile('volume/srv-lukko.mount') },
      { path: '/etc/systemd/system/lukko-data.target', content: payloadFile('volume/lukko-data.target') },
    ],
    units: ['lukko-journal.service'],
  };
}

/** Podman: where it keeps images, which registries it refuses, and the way out. */
export function containerPart(config: Config): Part {
  return {
    packages: ['crun', 'netavark', 'podman'],
    files: [
      {
        path: '/etc/containers/registries.conf.d/10-lukko.conf',
        content: payloadFile('containers/registries.conf'),
        // It names the registries that are refused: to be read where it says so, not as text of a script.
        plain: true,
      },
      { path: '/etc/containers/storage.conf', content: payloadFile('containers/storage.conf') },
      { path: '/etc/containers/containers.conf.d/10-lukko.conf', content: payloadFile('containers/containers.conf') },
    ],
    egress: [config.images.registry.replace(/:\d+$/, '')],
  };
}

/** The journal of every host goes to the log server; that server's own goes the same way, through its Caddy. */
export function shippingPart(config: Config): Part {
  const server = nameOf(config, 'logs');
  // With its port: the uploader's own is 19532.
  const url = `https://${server}:443/insert/audit/journald`;
  return {
    packages: ['systemd-journal-remote'],
    files: [
      {
        path: '/etc/systemd/system/lukko-ship.service',
        content: payloadFile('logs/lukko-ship.service', { url }),
      },
      ...['lukko-shipped.service', 'lukko-shipped.timer'].map((name) => ({
        path: `/etc/systemd/system/${name}`,
        content: payloadFile(`logs/${name}`),
      })),
      { path: '/etc/lukko/data.d/ship.conf', content: payloadFile('logs/ship.conf') },
      script('/usr/local/lib/lukko/ship', payloadFile('logs/ship')),
    ],
    units: ['lukko-ship.service', 'lukko-shipped.timer'],
    egress: [server],
  };
}
