import type { Config } from '@lukko/formats';
import { HOSTS } from './hosts.ts';

/** When a server installs security updates and, if one asks for it, reboots: texts of apt.conf and of a systemd timer. */
export interface UpgradeWindow {
  readonly weekdays: readonly string[];
  readonly days: string;
  readonly calendar: string;
  readonly reboot: string;
}

/** Days of hosts that keep data, and those of key servers, which are others: a host that reboots finds every key server up. */
const DATA_DAYS = ['Mon', 'Wed', 'Fri'] as const;
const KEY_DAYS = ['Tue', 'Thu', 'Sat', 'Sun'] as const;
/** Minutes from the start of an upgrade to the reboot, and from one host's start to the next one's. */
const BEFORE_REBOOT = 30;
const APART = 60;
const FIRST = 60;

/**
 * The window of one server. No two coincide: data hosts share days and have hours of their own, key servers have a day each, and when
 * there are more of them than days, an hour of their own on it. Times are UTC, as Hetzner's images are set.
 *
 * @throws for a server the configuration does not have.
 */
export function upgradeWindow(config: Config, name: string): UpgradeWindow {
  const host = (HOSTS as readonly string[]).indexOf(name);
  const key = config.keys.servers.findIndex((server) => server.name === name);
  if (host < 0 && key < 0) throw new Error(`no server ${name} in the configuration`);
  const days = host >= 0 ? DATA_DAYS : [KEY_DAYS[key % KEY_DAYS.length] ?? 'Sun'];
  const start = FIRST + APART * (host >= 0 ? host : Math.floor(key / KEY_DAYS.length));
  return {
    weekdays: days,
    days: days.map((day) => `"${day}"`).join('; '),
    calendar: `${days.join(',')} *-*-* ${clock(start)}`,
    reboot: clock(start + BEFORE_REBOOT),
  };
}

function clock(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}
