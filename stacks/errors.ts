import type { Config } from '@lukko/formats';
import type { App } from 'cdktf';
import { caddy, imageOrigins, imageText, site } from './constructs/caddy.ts';
import { declareDataHost, type Foundations } from './constructs/data-host.ts';
import { nameOf } from './constructs/hosts.ts';
import { LukkoStack, type Settings } from './constructs/lukko-stack.ts';
import { payloadFile } from './constructs/payload-file.ts';
import { type Service, script } from './constructs/payload-types.ts';

/** GlitchTip with its PostgreSQL, which listens on a unix socket alone, behind its host's own Caddy. */
export class ErrorsStack extends LukkoStack {
  constructor(app: App, settings: Settings, foundations: Foundations) {
    super(app, 'errors', settings);
    declareDataHost(this, 'errors', foundations, 'error-events', service(settings.config));
  }
}

function service(config: Config): Service {
  const name = nameOf(config, 'errors');
  const front = caddy(config, 'errors', payloadFile('errors/Caddyfile', site(config, name)));
  const settings = payloadFile('errors/glitchtip.env', {
    name,
    mail: config.organisation.securityContact,
    days: String(config.retention.errors),
  });
  return {
    ...front,
    files: [
      ...front.files,
      {
        path: '/etc/containers/systemd/postgresql.container',
        content: payloadFile('errors/postgresql.container', { image: imageText(config, 'postgresql') }),
      },
      {
        path: '/etc/containers/systemd/glitchtip.container',
        content: payloadFile('errors/glitchtip.container', { image: imageText(config, 'glitchtip') }),
      },
      { path: '/etc/lukko/glitchtip.env', content: settings },
      {
        path: '/etc/systemd/system/lukko-glitchtip-secret.service',
        content: payloadFile('errors/lukko-glitchtip-secret.service'),
      },
      script('/usr/local/lib/lukko/glitchtip-secret', payloadFile('errors/glitchtip-secret')),
      { path: '/etc/lukko/data.d/glitchtip.conf', content: payloadFile('errors/data.conf') },
    ],
    units: [...front.units, 'lukko-glitchtip-secret.service'],
    serves: ['postgresql.service', 'glitchtip.service'],
    waits: ['caddy.service'],
    // By its name, since it answers to no other.
    health: [`http://${name}:8000/_health/`],
    backedUp: ['/srv/lukko/caddy', '/srv/lukko/glitchtip'],
    dump: 'errors/dump',
    origins: [...front.origins, ...imageOrigins(config, 'glitchtip'), ...imageOrigins(config, 'postgresql')],
  };
}
