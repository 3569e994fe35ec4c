import type { CloudFile } from './cloud-config.ts';

/** A configuration value inside a payload, and where it came from. */
export interface PayloadOrigin {
  readonly value: string;
  readonly path: string;
}

export interface Payload {
  readonly text: string;
  readonly origins: readonly PayloadOrigin[];
}

/** One part of what a host is: packages, files, units, and the names it has to reach. */
export interface Part {
  readonly packages?: readonly string[];
  readonly files: readonly CloudFile[];
  /** Systemd units that are enabled; quadlets need none, their own file is enough. */
  readonly units?: readonly string[];
  /** Hosts that are reached by name on 443: the egress proxy refuses any other. */
  readonly egress?: readonly string[];
  readonly origins?: readonly PayloadOrigin[];
}

/** What a host does, beyond what every host does. */
export interface Service extends Part {
  /** Units that must run for the host to be said to serve, and those that may wait for a sealed secret. */
  readonly serves: readonly string[];
  readonly waits?: readonly string[];
  /** What answers on loopback while the service is well, by URLs of its own name: a process that runs may still serve nobody. */
  readonly health?: readonly string[];
  /** Folders below /srv/lukko that backups hold; none: nothing of this host is backed up. */
  readonly backedUp: readonly string[];
  /** The file of stacks/payload/ that copies what is not whole at any moment, such as a database. */
  readonly dump?: string;
  /** Whether it admits requests by the addresses of our own hosts; only then does its payload name them, and change with them. */
  readonly admitsOurHosts?: boolean;
}

/** An executable file of root. */
export function script(path: string, content: string): CloudFile {
  return { path, content, permissions: '0755' };
}

/** The host of a URL of the configuration. */
export function hostOf(url: string): string {
  return new URL(url).hostname;
}

/** Several parts as one. */
export function together(parts: readonly Part[]): Required<Part> {
  return {
    packages: parts.flatMap((part) => part.packages ?? []),
    files: parts.flatMap((part) => part.files),
    units: parts.flatMap((part) => part.units ?? []),
    egress: parts.flatMap((part) => part.egress ?? []),
    origins: parts.flatMap((part) => part.origins ?? []),
  };
}
