import type { Config } from '@lukko/formats';
import type { App } from 'cdktf';
import { caddy, imageOrigins, imageText, site } from './constructs/caddy.ts';
import { declareDataHost, type Foundations } from './constructs/data-host.ts';
import { nameOf } from './constructs/hosts.ts';
import { LukkoStack, type Settings } from './constructs/lukko-stack.ts';
import { payloadFile } from './constructs/payload-file.ts';
import type { Service } from './constructs/payload-types.ts';

/** VictoriaLogs behind its host's own Caddy, which admits lines from our own addresses and nobody to the queries. */
export class LogsStack extends LukkoStack {
  constructor(app: App, settings: Settings, foundations: Foundations) {
    super(app, 'logs', settings);
    declareDataHost(this, 'logs', foundations, 'logs', service(settings.config));
  }
}

/** Ports on loopback, one for each class of lines: a class is a store of its own, with a time of its own. */
const CLASSES = [
  ['audit', '9427'],
  ['application', '9428'],
] as const;

function service(config: Config): Service {
  const { queryCa } = config.access;
  const sites = payloadFile('logs/Caddyfile', {
    ...site(config, nameOf(config, 'logs')),
    // Without an authority for operators nobody queries over the network: they read through SSH.
    clientAuth: queryCa === undefined ? '' : payloadFile('logs/client-auth.Caddyfile'),
    queries: queryCa === undefined ? '' : payloadFile('logs/queries.Caddyfile'),
  });
  const front = caddy(config, 'logs', sites);
  const stores = CLASSES.map(([name, port]) => ({
    path: `/etc/containers/systemd/victoria-logs-${name}.container`,
    content: payloadFile('logs/victoria-logs.container', {
      class: name,
      port,
      days: String(config.retention[name]),
      image: imageText(config, 'victoriaLogs'),
    }),
  }));
  return {
    ...front,
    files: [
      ...front.files,
      ...stores,
      ...(queryCa === undefined ? [] : [{ path: '/etc/caddy/query-ca.pem', content: `${queryCa.trimEnd()}\n` }]),
      { path: '/etc/lukko/data.d/victoria-logs.conf', content: payloadFile('logs/data.conf') },
    ],
    serves: CLASSES.map(([name]) => `victoria-logs-${name}.service`),
    waits: ['caddy.service'],
    health: CLASSES.map(([, port]) => `http://127.0.0.1:${port}/health`),
    // The stores by snapshots of theirs, which are made where backups take what was copied for them.
    backedUp: ['/srv/lukko/caddy'],
    dump: 'logs/dump',
    admitsOurHosts: true,
    origins: [...front.origins, ...imageOrigins(config, 'victoriaLogs')],
  };
}
