import { byText } from '../memo.ts';

/** A host found in a text: what stands there, and the line. */
export interface Found {
  readonly text: string;
  readonly line: number;
}

const SCHEME =
  /\b([a-z][a-z0-9+.-]{1,20}):\/\/([^\s"'<>()[\]{}|\\^`,;]*\[[0-9a-fA-F:.]+\][^\s"'<>()[\]{}|\\^`,;]*|[^\s"'<>()[\]{}|\\^`,;]+)/gi;
const LOCAL = /^(file|unix|data|urn|about|chrome|fd|tmpfs|docker-archive|oci-archive)$/i;

/** URLs and DSNs of a text with their lines. Comment lines and trailing comments name nothing a host contacts. */
export function urlsIn(text: string): readonly Found[] {
  return text.includes('://') ? urlsByLine(text) : [];
}

const urlsByLine = byText((text): readonly Found[] => {
  const found: Found[] = [];
  text.split('\n').forEach((raw, index) => {
    if (!raw.includes('://')) return;
    const line = raw.replace(/(^|\s)(#|\/\/\s|;\s).*$/, '$1');
    for (const match of line.matchAll(SCHEME)) {
      if (LOCAL.test(match[1] ?? '')) continue;
      // `https://good\@evil`: programs disagree where that host ends, so the whole of it is kept, and is nobody's (hostPart).
      const [more = ''] = /^\\[^\s"'<>/]*@[^\s"'<>]*/.exec(line.slice(match.index + match[0].length)) ?? [];
      found.push({ text: match[0] + more, line: index + 1 });
    }
  });
  return found;
});

/**
 * The host of a URL, a DSN, `host:port`, `host/path` or a bare host, as written (marks stay, lower case otherwise); undefined
 * when there is none, as in `unix//run/x.sock` or `/path`.
 */
export function hostPart(text: string): string | undefined {
  const rest = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  if (rest === '' || rest.startsWith('/') || rest.startsWith('unix/')) return undefined;
  const authority = rest.split(/[/?#]/)[0] ?? '';
  // Programs disagree whether a backslash ends the host (WHATWG URL) or is part of it (RFC 3986): nobody's host.
  if (authority.includes('\\')) return authority.toLowerCase();
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  // Longer than any name (RFC 1035, 253 octets): still a host, of nobody.
  if (host.length > 300) return host.slice(0, 300).toLowerCase();
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::\S*)?$/.exec(host)?.[1];
  if (bracketed !== undefined) return bracketed.toLowerCase();
  if (/^[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F.:]*$/.test(host)) return host.toLowerCase();
  const name = host
    .replace(/:[^:]*$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
  // A socket's path, encoded: `postgresql://user@%2Frun%2Fpostgresql/db`.
  return name === '' || name.startsWith('%2f') ? undefined : name;
}

const NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const V4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** A DNS name with at least one dot. */
export const isName = (text: string): boolean => NAME.test(text);
export const isAddress = (text: string): boolean => V4.test(text) || (text.includes(':') && /^[0-9a-f:.]+$/.test(text));

/** This host itself, or its own link: nothing leaves. */
export function isLoopback(host: string): boolean {
  return /^(localhost|.+\.localhost|0\.0\.0\.0|::1|::|127(\.\d+){3}|169\.254(\.\d+){2}|host\.containers\.internal|fe80:.*)$/.test(
    host,
  );
}
