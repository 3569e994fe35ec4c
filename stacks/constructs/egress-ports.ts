import type { Config } from '@lukko/formats';
import type { HostName } from './hosts.ts';

/** A port that a host asks something at, besides 443. */
export interface EgressPort {
  readonly port: string;
  readonly why: string;
}

/**
 * The ports besides 443 at which a host asks for what the configuration names, each once: the mail relay's, and any that a URL or the
 * registry carries. None where everything is asked for on 443.
 */
export function egressPorts(config: Config, host: HostName | 'keys'): readonly EgressPort[] {
  const { alerts, system, images, certificates, upstreams } = config;
  const asked: readonly (readonly [string | undefined, string])[] = [
    [alerts?.mail?.relay, 'Alerts to the mail relay'],
    [system.packageMirror, 'Packages'],
    [system.securityMirror, 'Packages'],
    [alerts?.webhook, 'Alerts'],
    ...(host === 'keys'
      ? []
      : ([
          [`https://${images.registry}`, 'Images'],
          [certificates.authority.directory, 'Certificates'],
        ] as const)),
    ...(host === 'edge' ? upstreams.map(({ to }) => [to, 'What the edge proxies'] as const) : []),
  ];
  const ports = new Map<string, string>();
  for (const [url, why] of asked) {
    const port = url === undefined ? '' : new URL(url).port;
    if (port !== '' && port !== '443' && !ports.has(port)) ports.set(port, why);
  }
  return [...ports].map(([port, why]) => ({ port, why }));
}

/** Those that firewalls must let out besides 80 and 443. */
export function furtherPorts(config: Config, host: HostName | 'keys'): readonly EgressPort[] {
  return egressPorts(config, host).filter(({ port }) => port !== '80');
}
