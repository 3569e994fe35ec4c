import type { Resource } from '@lukko/terraform-model';
import type { NftRuleset } from '../payload/nftables.ts';
import type { Payload, PayloadFile, Statement } from '../types.ts';

/** One value of a configuration file, where it stands. */
export interface HostSetting {
  readonly value: string;
  readonly at: string;
  readonly line: number;
}

/** A host (or URL, or address) that a setting names; holes as `${…}`. */
export interface NamedHost {
  readonly host: string;
  readonly at: string;
  readonly line: number;
}

/** The packet filter of a host, as its payload sets it up. */
export interface HostFirewall {
  /** The ruleset that is loaded at boot; undefined where the payload brings none that is read. */
  readonly file: PayloadFile | undefined;
  readonly ruleset: NftRuleset | undefined;
  /** `nothing comes in but what is named`: for IPv4 and IPv6. */
  readonly dropsInbound: Statement;
  /** `nothing leaves but what is named`: for IPv4 and IPv6. */
  readonly dropsOutbound: Statement;
  /** `only root reaches the metadata service`, which hands out user_data to whoever asks (169.254.169.254). */
  readonly guardsMetadata: Statement;
}

/** How a host is set up, as far as its payload says; derived once per server. */
export interface HostSettings {
  readonly server: Resource;
  readonly payload: Payload;
  /** Everything the payload does could be read: only then is what is not found not there. */
  readonly whole: boolean;
  readonly firewall: HostFirewall;
  /** sshd_config(5): keyword in lower case → its first value, drop-ins first as Debian includes them. `Match` blocks are left out. */
  readonly sshd: ReadonlyMap<string, HostSetting>;
  /** Clocks that are asked: chrony, systemd-timesyncd, cloud-init's `ntp`. Empty: what the distribution brings. */
  readonly clocks: readonly NamedHost[];
  /** Resolvers that are asked: resolved, resolv.conf, networkd, cloud-init. Empty: what DHCP gives (Hetzner's own). */
  readonly resolvers: readonly NamedHost[];
  /** Where mail is handed over: postfix, msmtp, ssmtp, exim, nullmailer, dma. */
  readonly mailRelays: readonly NamedHost[];
  /** Package archives: sources.list, deb822 sources, cloud-init's `apt`, proxies. Empty: the image's own. */
  readonly packageSources: readonly NamedHost[];
  /** Where logs are sent: rsyslog, syslog-ng, journal-upload. */
  readonly logTargets: readonly NamedHost[];
  /** journald.conf(5), section Journal, drop-ins last: key → value. */
  readonly journal: ReadonlyMap<string, HostSetting>;
  /** sysctl.d(5): name with dots → value. */
  readonly kernel: ReadonlyMap<string, HostSetting>;
  /** `memory is not swapped to a disk`: zram is in memory. */
  readonly noSwap: Statement;
  /** `security updates are installed by themselves`: unattended-upgrades with both periodic steps. */
  readonly automaticUpdates: Statement;
}
