import type { CaddySite, PayloadFile } from '../types.ts';
import { CaddyfileError, type Directive, expandImports, parseCaddyfile, UNFOLLOWED } from './caddyfile.ts';

export interface CaddyFacts {
  readonly sites: readonly CaddySite[];
  /** Directories that keep certificates and keys: `storage file_system`. */
  readonly storage: readonly { readonly path: string; readonly line: number }[];
  readonly unread: readonly { readonly at: string; readonly why: string }[];
}

type Issuers = Pick<CaddySite, 'authorities' | 'tls' | 'minimumTls'>;

/**
 * The sites of a Caddyfile: addresses, upstreams, which certificate authorities may be asked. Without `acme_ca`, `cert_issuer`
 * or an issuer of its own a site asks Caddy's defaults (caddyserver.com/docs/automatic-https, "Issuer fallback").
 */
export function caddyFacts(file: PayloadFile, find: (path: string) => PayloadFile | undefined): CaddyFacts {
  const unread: { at: string; why: string }[] = [];
  try {
    const read = (path: string): readonly Directive[] | undefined => {
      const found = find(path.startsWith('/') ? path : `${file.path.slice(0, file.path.lastIndexOf('/'))}/${path}`);
      return found === undefined ? undefined : parseCaddyfile(found.text.marked);
    };
    const missing = (what: string, line: number): void =>
      void unread.push({ at: file.at, why: `line ${line}: imports ${what}, which the payload does not hold` });
    const top = expandImports(parseCaddyfile(file.text.marked), read, missing);
    const global = top[0]?.words.length === 0 ? (top[0].block ?? []) : [];
    const sites = top.filter((each) => each.words.length > 0 && each.words[0] !== UNFOLLOWED);
    const general = unfollowedIn([...global, ...top.filter(({ words }) => words[0] === UNFOLLOWED)]);
    const single = sites.some((each) => each.block !== undefined) ? undefined : sites;
    const blocks: readonly Directive[] =
      single === undefined || single.length === 0
        ? sites
        : [{ words: single[0]?.words ?? [], line: single[0]?.line ?? 1, block: single.slice(1) }];
    const opened = (site: Directive): CaddySite => {
      const unfollowed = unfollowedIn(site.block ?? []) ?? general;
      const made = siteOf(site, global, file);
      return unfollowed === undefined ? made : { ...made, unfollowed };
    };
    return { sites: blocks.map(opened), storage: storageOf(global), unread };
  } catch (error) {
    if (!(error instanceof CaddyfileError)) throw error;
    return { sites: [], storage: [], unread: [{ at: file.at, why: `Caddyfile not understood: ${error.message}` }] };
  }
}

/** The first import that was not found, wherever it stands below. */
function unfollowedIn(directives: readonly Directive[]): CaddySite['unfollowed'] {
  const open = [...directives].reverse();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.words[0] === UNFOLLOWED) return { what: node.words[1] ?? '', line: node.line };
    open.push(...[...(node.block ?? [])].reverse());
  }
  return undefined;
}

function storageOf(global: readonly Directive[]): { path: string; line: number }[] {
  return global.flatMap(({ words, block, line }) => {
    if (words[0] !== 'storage' || words[1] !== 'file_system') return [];
    const path = words[2] ?? block?.find((each) => each.words[0] === 'root')?.words[1];
    return path === undefined ? [] : [{ path, line }];
  });
}

function siteOf(site: Directive, global: readonly Directive[], file: PayloadFile): CaddySite {
  const addresses = site.words.flatMap((word) => word.split(',')).filter((word) => word !== '');
  const body = site.block ?? [];
  const plain =
    addresses.length > 0 && addresses.every((address) => address.startsWith('http://') || /:80$/.test(address));
  const automatic = global.find((each) => each.words[0] === 'auto_https')?.words[1];
  const issuers = issuersOf(body, global);
  const off = plain || ((automatic === 'off' || automatic === 'disable_certs') && issuers.tls === 'acme');
  return {
    addresses,
    at: file.at,
    line: site.line,
    ...(off ? { authorities: [], tls: 'off' as const, minimumTls: undefined } : issuers),
    upstreams: upstreamsOf(body),
    headers: headersOf(body),
    paths: body.flatMap(({ words: [name = '', path = ''] }) =>
      HANDLERS.has(name) && path.startsWith('/') ? [path] : [],
    ),
    loggers: loggersOf(body, global, site.line),
  };
}

const HANDLERS = new Set(['handle', 'handle_path', 'route', 'respond', 'redir', 'file_server']);

/** caddyserver.com/docs/caddyfile/directives/header: a prefix `-` removes (an empty value), `?` sets where absent, `>` defers. */
function headersOf(body: readonly Directive[]): CaddySite['headers'][number][] {
  return body.flatMap((each): CaddySite['headers'][number][] => {
    const [name, first, ...rest] = each.words;
    if (name !== 'header') return [];
    const fields = first === undefined || first === '*' ? rest : [first, ...rest];
    if (first !== undefined && /^[/@]/.test(first)) return [];
    const written = each.block ?? [{ words: fields, line: each.line, block: undefined }];
    return written.flatMap(({ words: [field = '', ...value], line }) =>
      field === ''
        ? []
        : [
            field.startsWith('-')
              ? { name: field.slice(1).toLowerCase(), value: '', line }
              : { name: field.replace(/^[+?>]/, '').toLowerCase(), value: value.join(' '), line },
          ],
    );
  });
}

/**
 * The default logger, which gets errors with their requests whether or not the site logs access, and the logger of the site
 * where it has one of its own: caddyserver.com/docs/caddyfile/directives/log.
 */
function loggersOf(
  body: readonly Directive[],
  global: readonly Directive[],
  line: number,
): CaddySite['loggers'][number][] {
  const general = global.find(({ words }) => words[0] === 'log' && (words[1] === undefined || words[1] === 'default'));
  const own = body.filter(({ words, block }) => words[0] === 'log' && block !== undefined);
  return [
    { line: general?.line ?? line, filters: filtersOf(general) },
    ...own.map((each) => ({ line: each.line, filters: filtersOf(each) })),
  ];
}

function filtersOf(logger: Directive | undefined): ReadonlyMap<string, string> {
  const format = logger?.block?.find(({ words }) => words[0] === 'format' && words[1] === 'filter');
  const inner = (format?.block ?? []).flatMap((each) => (each.words[0] === 'fields' ? (each.block ?? []) : [each]));
  return new Map(
    inner.map(({ words: [field = '', ...filter], block }) => [
      field,
      [...filter, ...(block ?? []).map((each) => each.words.join(' '))].join(' '),
    ]),
  );
}

function issuersOf(body: readonly Directive[], global: readonly Directive[]): Issuers {
  const directives = body.filter((each) => each.words[0] === 'tls');
  const blocks = directives.flatMap((each) => each.block ?? []);
  const minimumTls = blocks.find((each) => each.words[0] === 'protocols')?.words[1]?.replace(/^tls/, '');
  for (const { words } of directives) {
    if (words[1] === 'internal') return { authorities: [], tls: 'internal', minimumTls };
    if (words.length >= 3) return { authorities: [], tls: 'files', minimumTls };
  }
  if (blocks.some((each) => each.words[0] === 'load')) return { authorities: [], tls: 'files', minimumTls };
  const own = blocks.filter((each) => each.words[0] === 'ca' || each.words[0] === 'issuer');
  const general = global.filter((each) => ['acme_ca', 'cert_issuer', 'local_certs'].includes(each.words[0] ?? ''));
  const issuers = own.length > 0 ? own : general;
  const authorities = issuers.flatMap(authorityOf);
  const internal =
    issuers.length > 0 && issuers.every((each) => each.words[0] === 'local_certs' || each.words[1] === 'internal');
  return { authorities, tls: internal ? 'internal' : 'acme', minimumTls };
}

const ZEROSSL = 'https://acme.zerossl.com/v2/DV90';
const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

function authorityOf({ words, block }: Directive): string[] {
  const [name, kind, directory] = words;
  if (name === 'acme_ca' || name === 'ca') return kind === undefined ? [] : [kind];
  if (name === 'local_certs' || kind === 'internal') return [];
  if (kind === 'zerossl') return [ZEROSSL];
  if (kind === 'acme') return [directory ?? block?.find((each) => each.words[0] === 'dir')?.words[1] ?? LETS_ENCRYPT];
  return [];
}

/** Caddy's issuers where nothing is written: caddyserver.com/docs/automatic-https. */
export const CADDY_DEFAULT_AUTHORITIES: readonly string[] = [LETS_ENCRYPT, ZEROSSL];

const PROXIES = new Set(['reverse_proxy', 'forward_auth', 'php_fastcgi']);

function upstreamsOf(body: readonly Directive[]): CaddySite['upstreams'][number][] {
  const found: CaddySite['upstreams'][number][] = [];
  const open = [...body].reverse();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!PROXIES.has(node.words[0] ?? '')) {
      open.push(...[...(node.block ?? [])].reverse());
      continue;
    }
    const block = node.block ?? [];
    const tls = block.some(
      (each) =>
        each.words[0] === 'transport' && (each.block ?? []).some((inner) => (inner.words[0] ?? '').startsWith('tls')),
    );
    const written = [
      ...targets(node.words.slice(1)),
      ...block.filter((each) => each.words[0] === 'to').flatMap((each) => each.words.slice(1)),
    ];
    for (const text of written) {
      const own = !/^(https?|h2c):\/\//.test(text) && text.endsWith(':443');
      found.push({ text, line: node.line, tls: tls || own || text.startsWith('https://') });
    }
  }
  return found;
}

/** The first argument may be a matcher: `*`, a path, `@name`. */
function targets(words: readonly string[]): readonly string[] {
  const [first = ''] = words;
  const matcher = first === '*' || first.startsWith('/') || first.startsWith('@');
  return matcher ? words.slice(1) : words;
}
