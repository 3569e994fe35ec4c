import type { Config } from '@lukko/formats';
import type { App } from 'cdktf';
import { caddy, site } from './constructs/caddy.ts';
import { declareDataHost, type Foundations } from './constructs/data-host.ts';
import { nameOf } from './constructs/hosts.ts';
import { LukkoStack, type Settings } from './constructs/lukko-stack.ts';
import { payloadFile } from './constructs/payload-file.ts';
import { type Service, script } from './constructs/payload-types.ts';

/**
 * A restic server that only appends, in another location than the live data: a host that was taken over can add backups and
 * delete none. What arrives was encrypted by restic where it came from.
 */
export class BackupsStack extends LukkoStack {
  constructor(app: App, settings: Settings, foundations: Foundations) {
    super(app, 'backups', settings);
    declareDataHost(this, 'backups', foundations, 'backups', service(settings.config));
  }
}

function service(config: Config): Service {
  const front = caddy(config, 'backups', payloadFile('backups/Caddyfile', site(config, nameOf(config, 'backups'))));
  // A week's repository takes its first backup seven days before its last one.
  const days = String(Math.max(1, config.retention.backups - 7));
  return {
    ...front,
    packages: ['rclone'],
    files: [
      ...front.files,
      { path: '/etc/systemd/system/lukko-restic.service', content: payloadFile('backups/lukko-restic.service') },
      { path: '/etc/systemd/system/lukko-expire.service', content: payloadFile('backups/lukko-expire.service') },
      { path: '/etc/systemd/system/lukko-expire.timer', content: payloadFile('backups/lukko-expire.timer') },
      script('/usr/local/lib/lukko/expire', payloadFile('backups/expire', { days })),
      { path: '/etc/lukko/data.d/restic.conf', content: payloadFile('backups/data.conf') },
    ],
    units: [...front.units, 'lukko-restic.service', 'lukko-expire.timer'],
    serves: ['lukko-restic.service'],
    waits: ['caddy.service'],
    backedUp: [],
    admitsOurHosts: true,
  };
}
