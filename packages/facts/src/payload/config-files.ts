import type { PayloadFile, PayloadHost } from '../types.ts';
import { isMailFile, mailRelays, rcloneRemotes, rsyslogTargets, syslogNgTargets } from './config-remotes.ts';
import { hostsByKey } from './host-keys.ts';
import { parseUnitFile } from './unit-file.ts';

type Named = Pick<PayloadHost, 'text' | 'position' | 'class' | 'line'> & Partial<Pick<PayloadHost, 'implicit'>>;

/**
 * Configuration files whose grammar says where a host stands, by path. Each reader gets the marked text and gives the hosts it
 * names; lines of another form are left to the search for URLs.
 */
const READERS: readonly (readonly [RegExp, (text: string) => Named[]])[] = [
  [/^\/etc\/apt\/(sources\.list|sources\.list\.d\/[^/]+\.list)$/, aptList],
  [/^\/etc\/apt\/sources\.list\.d\/[^/]+\.sources$/, aptDeb822],
  [/^\/etc\/apt\/(apt\.conf|apt\.conf\.d\/[^/]+)$/, aptProxy],
  [/^\/etc\/chrony\/(chrony\.conf|conf\.d\/[^/]+\.conf|sources\.d\/[^/]+\.sources)$|^\/etc\/chrony\.conf$/, chrony],
  [
    /^\/etc\/systemd\/timesyncd\.conf(\.d\/[^/]+\.conf)?$/,
    (text) => settings(text, 'Time', ['NTP', 'FallbackNTP'], 'clock', 'pull'),
  ],
  [
    /^\/etc\/systemd\/resolved\.conf(\.d\/[^/]+\.conf)?$/,
    (text) => settings(text, 'Resolve', ['DNS', 'FallbackDNS'], 'resolver', 'data'),
  ],
  [/^\/etc\/systemd\/network\/[^/]+\.network$/, network],
  [
    /^\/etc\/systemd\/journal-upload\.conf(\.d\/[^/]+\.conf)?$/,
    (text) => settings(text, 'Upload', ['URL'], 'log target', 'data'),
  ],
  [/^\/etc\/resolv\.conf$/, resolv],
  [/^\/etc\/hosts$/, fixedNames],
  [/^\/etc\/fstab$/, shares],
  [/^\/etc\/containers\/registries\.conf(\.d\/[^/]+\.conf)?$/, registries],
  [/(^|\/)\.?rclone\.conf$/, rcloneRemotes],
  [/^\/etc\/rsyslog\.(conf|d\/[^/]+\.conf)$/, rsyslogTargets],
  [/^\/etc\/syslog-ng\/.+\.conf$/, syslogNgTargets],
];

/** Hosts a configuration file names by its grammar; where this engine has no reader for it, by keys that say so. */
export function hostsInFile({ path, text, at }: PayloadFile): PayloadHost[] {
  const [, reader] = READERS.find(([place]) => place.test(path)) ?? [];
  const named = isMailFile(path)
    ? mailRelays(path)(text.marked)
    : (reader?.(text.marked) ?? (OWN_READER.test(path) ? [] : hostsByKey(path, text.marked)));
  return named.map((each) => ({ implicit: false, ...each, at }));
}

/** Files whose hosts are read elsewhere, or that are lists of what is not reached: compose, what the kernel, sshd and systemd are told. */
const OWN_READER =
  /(^|\/)(docker-|podman-)?compose[\w.-]*\.ya?ml$|^\/etc\/(ssh|sysctl\.d|sysusers\.d|tmpfiles\.d|modprobe\.d|systemd|nftables\.d|apt|cloud)\/|^\/etc\/(nftables|sysctl)\.conf$/;

function lines(text: string): { text: string; line: number }[] {
  return text.split('\n').map((each, index) => ({ text: each.replace(/\s#.*$/, '').trim(), line: index + 1 }));
}

/** sources.list(5), one-line style: `deb [options] uri suite component…`. */
export function aptLine(text: string): string | undefined {
  return /^deb(?:-src)?\s+(?:\[[^\]]*\]\s*)?(\S+)/.exec(text.trim())?.[1];
}

function aptList(text: string): Named[] {
  return lines(text).flatMap(({ text: each, line }) => {
    const uri = aptLine(each);
    return uri === undefined ? [] : [packageSource(uri, line)];
  });
}

const packageSource = (text: string, line: number): Named => ({
  text,
  line,
  position: 'package source',
  class: 'pull',
});

/** sources.list(5), deb822 style: `URIs:` with continuation lines. */
function aptDeb822(text: string): Named[] {
  const found: Named[] = [];
  let inUris = false;
  for (const { text: each, line } of text.split('\n').map((raw, index) => ({ text: raw, line: index + 1 }))) {
    const field = /^([A-Za-z-]+):(.*)$/.exec(each);
    if (field !== null) inUris = field[1]?.toLowerCase() === 'uris';
    else if (!/^\s/.test(each)) inUris = false;
    if (!inUris || each.startsWith('#')) continue;
    for (const uri of (field?.[2] ?? each).split(/\s+/)) if (uri !== '') found.push(packageSource(uri, line));
  }
  return found;
}

/** apt.conf(5): `Acquire::http::Proxy "http://…";` is where packages come through. */
function aptProxy(text: string): Named[] {
  return lines(text).flatMap(({ text: each, line }) => {
    const uri = /Acquire::https?::Proxy(?:::\S+)?\s+"([^"]+)"/i.exec(each)?.[1];
    return uri === undefined || uri === 'DIRECT' ? [] : [packageSource(uri, line)];
  });
}

/** chrony.conf(5): `server`, `pool` and `peer` lines. */
function chrony(text: string): Named[] {
  return lines(text).flatMap(({ text: each, line }) => {
    const name = /^(?:server|pool|peer)\s+(\S+)/i.exec(each)?.[1];
    return name === undefined ? [] : [{ text: name, line, position: 'clock', class: 'pull' as const }];
  });
}

function settings(
  text: string,
  section: string,
  keys: readonly string[],
  position: string,
  path: 'data' | 'pull',
): Named[] {
  return parseUnitFile(text).flatMap((entry) => {
    if (entry.section !== section || !keys.includes(entry.key)) return [];
    return entry.value
      .split(/\s+/)
      .filter((each) => each !== '')
      .map((each) => ({ text: withoutServerName(each), line: entry.line, position, class: path }));
  });
}

/** resolved.conf(5): an address may carry `#name` for TLS, a port and an interface: `192.0.2.1:853%eth0#dns.example`. */
function withoutServerName(text: string): string {
  return text.includes('://') ? text : text.replace(/[#%].*$/, '');
}

function network(text: string): Named[] {
  return [
    ...settings(text, 'Network', ['DNS'], 'resolver', 'data'),
    ...settings(text, 'Network', ['NTP'], 'clock', 'pull'),
  ];
}

/** resolv.conf(5). */
function resolv(text: string): Named[] {
  return lines(text).flatMap(({ text: each, line }) => {
    const address = /^nameserver\s+(\S+)/.exec(each)?.[1];
    return address === undefined ? [] : [{ text: address, line, position: 'resolver', class: 'data' as const }];
  });
}

/** fstab(5): file systems of other machines, `host:/path` and `//host/share`. */
function shares(text: string): Named[] {
  return lines(text).flatMap(({ text: each, line }) => {
    const [, host] = /^(?:\/\/)?(\[[0-9a-f:]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\/|\/)/i.exec(each) ?? [];
    return host === undefined ? [] : [{ text: host, line, position: 'storage', class: 'data' as const }];
  });
}

/** hosts(5): the address a name is given on this host, whatever its zone says; multicast and this machine lead nowhere else. */
function fixedNames(text: string): Named[] {
  return lines(text).flatMap(({ text: each, line }) => {
    const [address = '', ...names] = each.split(/\s+/);
    return names.length === 0 || /^(#|ff0|fe00|255\.)/i.test(address)
      ? []
      : [{ text: address, line, position: 'address of a name', class: 'data' as const }];
  });
}

/**
 * containers-registries.conf(5): registries that are asked. `unqualified-search-registries`, and `location` (or `prefix`) of
 * tables that are not blocked; a blocked one is a refusal, not a use.
 */
function registries(text: string): Named[] {
  const found: Named[] = [];
  let table: { names: { text: string; line: number }[]; blocked: boolean } = { names: [], blocked: false };
  const flush = (): void => {
    if (!table.blocked) for (const { text: name, line } of table.names) found.push(registry(name, line));
    table = { names: [], blocked: false };
  };
  for (const { text: each, line } of lines(text)) {
    if (each.startsWith('[') && each !== '[[registry.mirror]]') flush();
    const pair = /^([a-z-]+)\s*=\s*(.*)$/.exec(each);
    if (pair === null) continue;
    const [, key, value = ''] = pair;
    if (key === 'unqualified-search-registries')
      for (const name of value.match(/"[^"]*"/g) ?? []) found.push(registry(name.slice(1, -1), line));
    if (key === 'location') table.names.push({ text: value.replace(/"/g, ''), line });
    if (key === 'blocked' && value.startsWith('true')) table.blocked = true;
  }
  flush();
  return found;
}

const registry = (text: string, line: number): Named => ({
  text: text.split('/')[0] ?? text,
  line,
  position: 'container registry',
  class: 'pull',
});
