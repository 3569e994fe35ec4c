import { encodedIn } from '../encoded.ts';
import type { PathClass, Payload, PayloadFile, PayloadHost, PayloadSetting } from '../types.ts';
import { CADDY_DEFAULT_AUTHORITIES } from './caddy-sites.ts';
import { aptLine, hostsInFile } from './config-files.ts';
import { repositoryHost } from './config-remotes.ts';
import { parseEnvironmentFile } from './env-file.ts';
import { valuesOf } from './unit-file.ts';
import { hostPart, urlsIn } from './urls.ts';

type Parts = Pick<Payload, 'files' | 'commands' | 'units' | 'containers' | 'sites'>;

/** Variables whose value is a host without scheme. */
const HOST_VARIABLE = /(^|_)(HOST|HOSTNAME|ENDPOINT|SERVER|ADDR)$/;
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

function inSetting({ path, text, line }: PayloadSetting, at: string): PayloadHost[] {
  const where = `${at}:${path}`;
  if (/^apt\.(primary|security)\[\d+\]\.(uri|search\[\d+\])$/.test(path))
    return [named(text, 'package source', 'pull', where, line)];
  if (/^apt\.sources\..+\.keyserver$/.test(path)) return [named(text, 'key server', 'pull', where, line)];
  if (/^apt\.(proxy|http_proxy|https_proxy|ftp_proxy)$/.test(path))
    return [named(text, 'package source', 'pull', where, line)];
  if (/^apt\.(sources\..+\.source|sources_list)$/.test(path)) {
    return text.split('\n').flatMap((each, index) => {
      const uri = aptLine(each);
      return uri === undefined || uri.startsWith('$')
        ? []
        : [named(uri, 'package source', 'pull', where, line + index)];
    });
  }
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

function inCommand(command: Payload['commands'][number]): readonly PayloadHost[] {
  const { program, args } = command;
  // Most commands name none, and have nothing in which one could stand.
  if (!REPOSITORY.test(program) && !BARE.has(program) && !args.some((arg) => arg?.includes('://') === true)) return [];
  const path: PathClass = FETCHES.has(program) ? 'pull' : 'data';
  const urls = args.flatMap((arg) => urlsIn(arg ?? '').map((url) => url.text));
  const bare = args.flatMap((arg) => (arg === undefined ? [] : bareHost(program, arg)));
  return [
    ...(REPOSITORY.test(program) ? repositoriesOf(command) : []),
    ...urls.map((text) => named(text, 'URL', path, command.at, command.line)),
    ...bare.map((text) => named(text, 'endpoint', path, command.at, command.line)),
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
  }).map(([program, form]) => [program, new RegExp(form, 'i')]),
);

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

/** Where a backup goes, by the name of its repository. */
function inRepository(text: string, at: string, line: number): PayloadHost[] {
  const found = repositoryHost(text);
  return found === undefined ? [] : [named(found.text, 'storage', 'data', at, line, found.implicit)];
}

function inFile(file: PayloadFile, sites: Payload['sites']): PayloadHost[] {
  const text = file.text.marked;
  const variables = /\.env$|\/environment$|\/default\//.test(file.path)
    ? parseEnvironmentFile(text).flatMap(({ name, value, line }) => inVariable(name, value, file.at, line))
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
