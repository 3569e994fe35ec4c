import type { Config } from '@lukko/formats';
import type { App } from 'cdktf';
import { caddy, imageOrigins, imageText, site } from './constructs/caddy.ts';
import { declareDataHost, type Foundations } from './constructs/data-host.ts';
import type { Service } from './constructs/host-payload.ts';
import { nameOf } from './constructs/hosts.ts';
import { LukkoStack, type Settings } from './constructs/lukko-stack.ts';
import { payloadFile } from './constructs/payload-file.ts';

/** VictoriaLogs behind its host's own Caddy, which admits lines from our own addresses and nobody to the queries. */
export class LogsStack extends LukkoStack {
  constructor(app: App, settings: Settings, foundations: Foundations) {
    super(app, 'logs', settings);
    declareDataHost(this, 'logs', foundations, 'logs', service(settings.config));
  }
}

function service(config: Config): Service {
  const front = caddy(config, payloadFile('logs/Caddyfile', site(config, nameOf(config, 'logs'))));
  const { retention } = config;
  // One store for now, so it keeps as long as the class that must be kept longest.
  const days = String(Math.max(retention.audit, retention.application));
  return {
    packages: [],
    files: [
      ...front.files,
      {
        path: '/etc/containers/systemd/victoria-logs.container',
        content: payloadFile('logs/victoria-logs.container', { image: imageText(config, 'victoriaLogs'), days }),
      },
      { path: '/etc/lukko/data.d/victoria-logs.conf', content: payloadFile('logs/data.conf') },
    ],
    units: front.units,
    admitsOurHosts: true,
    origins: [...front.origins, ...imageOrigins(config, 'victoriaLogs')],
  };
}
