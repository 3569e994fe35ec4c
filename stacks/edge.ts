import type { Config } from '@lukko/formats';
import type { App } from 'cdktf';
import { caddy, site } from './constructs/caddy.ts';
import { declareDataHost, type Foundations } from './constructs/data-host.ts';
import { nameOf } from './constructs/hosts.ts';
import { LukkoStack, type Settings } from './constructs/lukko-stack.ts';
import { payloadFile } from './constructs/payload-file.ts';
import { hostOf, type Service } from './constructs/payload-types.ts';

/** The public door: Caddy, which proxies the configured names and verifies the certificates of what stands behind them. */
export class EdgeStack extends LukkoStack {
  constructor(app: App, settings: Settings, foundations: Foundations) {
    super(app, 'edge', settings);
    declareDataHost(this, 'edge', foundations, 'certificates', service(settings.config));
  }
}

function service(config: Config): Service {
  const own = payloadFile('edge/own.Caddyfile', site(config, nameOf(config, 'edge')));
  const upstreams = config.upstreams.map(({ name, to }) =>
    payloadFile('edge/upstream.Caddyfile', { ...site(config, name), to }),
  );
  const front = caddy(config, 'edge', [own, ...upstreams].join('\n'));
  const named = config.upstreams.flatMap(({ name, to }, index) => [
    { value: name, path: `upstreams[${index}].name` },
    { value: to, path: `upstreams[${index}].to` },
  ]);
  return {
    ...front,
    egress: [...front.egress, ...config.upstreams.map(({ to }) => hostOf(to))],
    serves: [],
    waits: ['caddy.service'],
    backedUp: ['/srv/lukko/caddy'],
    origins: [...front.origins, ...named],
  };
}
