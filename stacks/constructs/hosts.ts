import type { Config } from '@lukko/formats';

/** The hosts that keep data, in the order in which they are deployed. */
export const HOSTS = ['edge', 'logs', 'errors', 'backups'] as const;
export type HostName = (typeof HOSTS)[number];

/** Where a host stands, and the line of the configuration that says so: backups lie where the live data does not. */
export function locationOf(config: Config, host: HostName): { location: string; path: string } {
  return host === 'backups'
    ? { location: config.locations.backups, path: 'locations.backups' }
    : { location: config.locations.live, path: 'locations.live' };
}

/** The public name of a host. */
export function nameOf(config: Config, host: HostName): string {
  return `${host}.${config.domain}`;
}

/** Key servers whose thumbprint nobody has pinned yet. */
export function unpinned(config: Config): readonly string[] {
  return config.keys.servers.filter((server) => server.thumbprint === undefined).map((server) => server.name);
}
