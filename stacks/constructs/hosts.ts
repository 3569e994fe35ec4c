import type { Config } from '@lukko/formats';

/** The hosts that keep data, in the order in which they are deployed. */
export const HOSTS = ['edge', 'logs', 'errors', 'backups'] as const;
export type HostName = (typeof HOSTS)[number];

/** The hosts of a configuration: without the one that keeps backups where a bucket does. */
export function hostsOf({ hosts }: Config): readonly HostName[] {
  return HOSTS.filter((name) => hosts[name] !== undefined);
}

/** What the configuration says of a host. @throws where it has none of this name. */
export function hostOfName({ hosts }: Config, name: HostName): NonNullable<Config['hosts'][HostName]> {
  const host = hosts[name];
  if (host === undefined) throw new Error(`the configuration has no hosts.${name}`);
  return host;
}

/** Where a host stands, and the line of the configuration that says so: backups lie where the live data does not. */
export function locationOf({ locations }: Config, host: HostName): { location: string; path: string } {
  if (host !== 'backups') return { location: locations.live, path: 'locations.live' };
  if (locations.backups === undefined) throw new Error('the configuration has no locations.backups');
  return { location: locations.backups, path: 'locations.backups' };
}

/** The public name of a host. */
export function nameOf(config: Config, host: HostName): string {
  return `${host}.${config.domain}`;
}

/** Key servers whose thumbprint nobody has pinned yet. */
export function unpinned(config: Config): readonly string[] {
  return config.keys.servers.filter((server) => server.thumbprint === undefined).map((server) => server.name);
}
