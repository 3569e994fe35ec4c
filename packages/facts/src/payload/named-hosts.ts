import { encodedIn } from '../encoded.ts';
import type { PathClass, Payload, PayloadFile, PayloadHost, PayloadSetting } from '../types.ts';
import { CADDY_DEFAULT_AUTHORITIES } from './caddy-sites.ts';
import { aptLine, hostsInFile } from './config-files.ts';
import { repositoryHost, rsyslogTargets } from './config-remotes.ts';
import { allowedNames } from './egress-names.ts';
import { parseEnvironmentFile } from './env-file.ts';
import { type ImpliedHost, impliedHosts, keysOf, personalArchive, remotesInVariables } from './implied-hosts.ts';
import { valuesOf } from './unit-file.ts';
import { hostPart, urlsIn } from './urls.ts';

type Parts = Pick<Payload, 'files' | 'commands' | 'units' | 'containers' | 'sites'>;

/** Variables whose value is a host without scheme. */
const HOST_VARIABLE = /(^|_)(HOST|HOSTNAME|ENDPOINT|SERVER|ADDR|HTTPS?_PROXY|ALL_PROXY)$/;
const FETCHES = new Set([
  'curl',
  'wget',
  'git',
  'podman',
  'docker',
  'skopeo',
  'apt-key',
  'add-apt-repository',
  'pip',
  'pip3',
  'npm',
  'gem',
  'go',
]);

/**
 * Every host a payload names where a host is expected: package sources, clocks, resolvers, registries, upstreams, certificate
 * authorities, addresses programs are asked to fetch, URLs and DSNs in files and environments. Loopback is left out later.
 */
export function hostsNamed(parts: Parts, settings: readonly PayloadSetting[], at: string): PayloadHost[] {
  const found = [
    ...settings.flatMap((setting) => inSetting(setting, at)),
    ...parts.files.flatMap(hostsInFile),
    ...allowedNames(parts.files),
    ...parts.sites.flatMap(inSite),
    ...parts.commands.flatMap((command) => inCommand(command)),
    ...parts.units.flatMap(inUnit),
    ...parts.files.flatMap((file) => inFile(file, parts.sites)),
  ];
  const first = new Map<string, PayloadHost>();
  for (const each of found) {
    const key = `${each.at}\n${each.line}\n${hostPart(each.text) ?? each.text}`;
    if (!first.has(key)) first.set(key, each);
  }
  return [...first.values()];
}

function named(
  text: string,
  position: string,
  path: PathClass,
  at: string,
  line: number,
  implicit = false,
): PayloadHost {
  return { text, position, class: path, at, line, implicit };
}

/** A file system of another machine: nfs(5) `host:/path`, mount.cifs(8) `//host/share`. */
const SHARE = /^(?:\/\/)?(\[[0-9a-f:]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\/|\/)/i;

function inSetting({ path, text, line }: PayloadSetting, at: string): PayloadHost[] {
  const where = `${at}:${path}`;
  if (/^apt\.(primary|security)\[\d+\]\.(uri|search\[\d+\])$/.test(path))
    return [named(text, 'package source', 'pull', where, line)];
  if (/^apt\.sources\..+\.keyserver$/.test(path)) return [named(text, 'key server', 'pull', where, line)];
  if (/^apt\.(proxy|http_proxy|https_proxy|ftp_proxy)$/.test(path))
    return [named(text, 'package source', 'pull', where, line)];
  if (/^(users\[\d+\]\.)?ssh_import_id(\[\d+\])?$/.test(path)) return implied(keysOf(text), where, line);
  if (/^rsyslog\.(remotes\.|configs\[\d+\])/.test(path)) {
    const lines = path.startsWith('rsyslog.remotes.') ? `*.* ${text.startsWith('@') ? '' : '@'}${text}` : text;
    return rsyslogTargets(lines).map((each) => named(each.text, each.position, each.class, where, line));
  }
  if (/^apt\.(sources\..+\.source|sources_list)$/.test(path)) {
    return text.split('\n').flatMap((each, index) => {
      if (each.trim().startsWith('ppa:')) return implied(personalArchive(each), where, line + index);
      const uri = aptLine(each);
      return uri === undefined || uri.startsWith('$')
        ? []
        : [named(uri, 'package source', 'pull', where, line + index)];
    });
  }
  const share = /^mounts\[\d+\]\[0\]$/.test(path) ? SHARE.exec(text)?.[1] : undefined;
  if (share !== undefined) return [named(share, 'storage', 'data', where, line)];
  if (/^ntp\.(servers|pools)\[\d+\]$/.test(path)) return [named(text, 'clock', 'pull', where, line)];
  if (/^resolv_conf\.nameservers\[\d+\]$/.test(path)) return [named(text, 'resolver', 'data', where, line)];
  return urlsIn(text).map((url) => named(url.text, 'URL', 'data', where, line + url.line - 1));
}

function inSite(site: Payload['sites'][number]): PayloadHost[] {
  const upstreams = site.upstreams.map((upstream) => named(upstream.text, 'upstream', 'data', site.at, upstream.line));
  if (site.tls !== 'acme') return upstreams;
  const implicit = site.authorities.length === 0;
  const authorities = implicit ? CADDY_DEFAULT_AUTHORITIES : site.authorities;
  return [
    ...upstreams,
    ...authorities.map((each) => named(each, 'certificate authority', 'pull', site.at, site.line, implicit)),
  ];
}

const implied = (hosts: readonly ImpliedHost[], at: string, line: number): PayloadHost[] =>
  hosts.map((each) => named(each.text, each.position, each.class, at, line, true));

function inCommand(command: Payload['commands'][number]): readonly PayloadHost[] {
  const unsaid = impliedHosts(command);
  if (unsaid.length === 0) return saidIn(command);
  return [...saidIn(command), ...implied(unsaid, command.at, command.line)];
}

function saidIn(command: Payload['commands'][number]): readonly PayloadHost[] {
  const { program, args } = command;
  // Most commands name none, and have nothing in which one could stand.
  const told = [...optionHosts(command), ...redirectedHosts(command)];
  if (
    told.length === 0 &&
    !REPOSITORY.test(program) &&
    !BARE.has(program) &&
    !args.some((arg) => arg?.includes('://') === true)
  )
    return [];
  const path: PathClass = FETCHES.has(program) ? 'pull' : 'data';
  const urls = args.flatMap((arg) => urlsIn(arg ?? '').map((url) => url.text));
  const bare = args.flatMap((arg) => (arg === undefined ? [] : bareHost(program, arg)));
  return [
    ...(REPOSITORY.test(program) ? repositoriesOf(command) : []),
    ...urls.map((text) => named(text, 'URL', path, command.at, command.line)),
    ...[...told, ...bare].map((text) => named(text, 'endpoint', path, command.at, command.line)),
  ];
}

const REPOSITORY = /^(restic|borg)$/;

/** `restic -r …`, `--repo=…`; borg takes its repository as a word. */
function repositoriesOf({ program, args, at, line }: Payload['commands'][number]): PayloadHost[] {
  return args.flatMap((arg, index) => {
    if (arg === undefined) return [];
    const inline = /^--repo=(.+)$/.exec(arg)?.[1];
    if (inline !== undefined) return inRepository(inline, at, line);
    const given = program === 'borg' || /^(-r|--repo)$/.test(args[index - 1] ?? '');
    return given && !arg.startsWith('-') ? inRepository(arg, at, line) : [];
  });
}

const HOST = '([a-z0-9-]+(?:\\.[a-z0-9-]+)+)';
/** Words that these programs take for a host although no scheme stands before it: their manual pages, SYNOPSIS. */
const BARE: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    curl: `^${HOST}(?::\\d+)?(?:/\\S*)?$`,
    wget: `^${HOST}(?::\\d+)?(?:/\\S*)?$`,
    nc: `^${HOST}$`,
    ncat: `^${HOST}$`,
    ssh: `^(?:[^@\\s/]+@)?${HOST}$`,
    sftp: `^(?:[^@\\s/]+@)?${HOST}(?::.*)?$`,
    scp: `^(?:[^@\\s/]+@)?${HOST}:.*$`,
    rsync: `^(?:[^@\\s/]+@)?${HOST}:.*$`,
    git: `^[^@\\s/]+@${HOST}:.*$`,
    telnet: `^${HOST}$`,
    ftp: `^(?:[^@\\s/]+@)?${HOST}$`,
    lftp: `^(?:[^@\\s/]+@)?${HOST}$`,
    sshfs: `^(?:[^@\\s/]+@)?${HOST}:.*$`,
    mount: `^(?://)?${HOST}(?::/|/).*$`,
    smbclient: `^//${HOST}/.*$`,
    ntpdate: `^${HOST}$`,
    dig: `^@${HOST}$`,
    'systemd-socket-proxyd': `^${HOST}(?::\\d+)?$`,
  }).map(([program, form]) => [program, new RegExp(form, 'i')]),
);

/** Options whose value is a host: psql(1), mysql(1), redis-cli, logger(1), openssl-s_client(1), iscsiadm(8), swaks(1), ldapsearch(1). */
const HOST_OPTIONS: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^(psql|pg_\w+|createdb|dropdb|vacuumdb|mysql\w*|mariadb[\w-]*|redis-cli|valkey-cli|mosquitto_\w+)$/,
    /^(-h|--host)$/,
  ],
  [/^logger$/, /^(-n|--server)$/],
  [/^openssl$/, /^-(connect|proxy)$/],
  [/^iscsiadm$/, /^(-p|--portal)$/],
  [/^swaks$/, /^(-s|--server)$/],
  [/^ldap\w+$/, /^-h$/],
];

function optionHosts({ program, args }: Payload['commands'][number]): string[] {
  const [, option] = HOST_OPTIONS.find(([programs]) => programs.test(program)) ?? [];
  if (option === undefined) return [];
  return args.flatMap((arg, index) => {
    const [, name = '', inline] = /^(--[a-z-]+)=(.+)$/.exec(arg ?? '') ?? [];
    const value =
      inline !== undefined && option.test(name) ? inline : option.test(args[index - 1] ?? '') ? arg : undefined;
    return value !== undefined && /^[^\s/]+\.[^\s/]+$/.test(value) ? [value] : [];
  });
}

/** `/dev/tcp/host/port`: what bash opens a connection for (bash(1), REDIRECTION). */
function redirectedHosts({ writes, input }: Payload['commands'][number]): string[] {
  const paths = [...writes, input !== undefined && 'path' in input ? input.path : undefined];
  return paths.flatMap((path) => /^\/dev\/(?:tcp|udp)\/([^/]+)\//.exec(path ?? '')?.[1] ?? []);
}

function bareHost(program: string, arg: string): string[] {
  if (arg.startsWith('-') || arg.includes('://')) return [];
  const found = BARE.get(program)?.exec(arg)?.[1];
  return found === undefined || /\.(sh|txt|gz|conf|json|ya?ml|pem|crt|key|log|html?|tar|zip|deb)$/i.test(found)
    ? []
    : [found];
}

function inUnit(unit: Payload['units'][number]): PayloadHost[] {
  const section = unit.name.endsWith('.container') ? 'Container' : 'Service';
  return unit.entries.flatMap((entry) => {
    if (entry.section !== section || entry.key !== 'Environment') return [];
    return valuesOf([entry], section, 'Environment').flatMap((pair) =>
      inVariable(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1), unit.file.at, entry.line),
    );
  });
}

function inVariable(name: string, value: string, at: string, line: number): PayloadHost[] {
  if (/^(RESTIC|BORG)_REPO(SITORY)?$/.test(name)) return inRepository(value, at, line);
  if (value.includes('://')) return urlsIn(value).map((url) => named(url.text, 'URL', 'data', at, line));
  const host = HOST_VARIABLE.test(name) && /^[^\s/]+\.[^\s/]+$/.test(value) ? value : undefined;
  return host === undefined ? [] : [named(host, 'endpoint', 'data', at, line)];
}

function inVariables(variables: ReturnType<typeof parseEnvironmentFile>, at: string): PayloadHost[] {
  return [
    ...variables.flatMap(({ name, value, line }) => inVariable(name, value, at, line)),
    ...remotesInVariables(variables).map(({ text, variable }) =>
      named(text, 'storage', 'data', at, variable.line, true),
    ),
  ];
}

/** Where a backup goes, by the name of its repository. */
function inRepository(text: string, at: string, line: number): PayloadHost[] {
  const found = repositoryHost(text);
  return found === undefined ? [] : [named(found.text, 'storage', 'data', at, line, found.implicit)];
}

function inFile(file: PayloadFile, sites: Payload['sites']): PayloadHost[] {
  const text = file.text.marked;
  const variables = /\.env$|\/environment$|\/default\//.test(file.path)
    ? inVariables(parseEnvironmentFile(text), file.at)
    : [];
  // A registry that is blocked is named, not used; the reader of that file knows which.
  if (/\/registries\.conf/.test(file.path)) return variables;
  const read = new Set(
    sites
      .filter((site) => site.at === file.at)
      .flatMap((site) => [...site.authorities, ...site.upstreams.map((upstream) => upstream.text)]),
  );
  const hidden = encodedIn(text).flatMap(({ text: inner, line }) => urlsIn(inner).map((url) => ({ ...url, line })));
  return [
    ...variables,
    ...[...urlsIn(text), ...hidden]
      .filter((url) => !read.has(url.text))
      .map((url) => named(url.text, 'URL', 'data', file.at, url.line)),
  ];
}
