import type { PayloadHost } from '../types.ts';
import { hostPart } from './urls.ts';

type Named = Pick<PayloadHost, 'text' | 'position' | 'class' | 'line'> & Partial<Pick<PayloadHost, 'implicit'>>;

function* lines(text: string): Generator<{ text: string; line: number }> {
  let line = 0;
  for (const each of text.split('\n')) {
    line += 1;
    const trimmed = each.trim();
    if (trimmed !== '' && !/^[#;]/.test(trimmed)) yield { text: trimmed, line };
  }
}

const data = (text: string, position: string, line: number, implicit = false): Named => ({
  text,
  position,
  class: 'data',
  line,
  ...(implicit ? { implicit } : {}),
});

/** Where rclone's kinds of storage lie when no endpoint is written (rclone.org, one page per storage system). */
const RCLONE: ReadonlyMap<string, string> = new Map([
  ['s3', 's3.amazonaws.com'],
  ['azureblob', 'blob.core.windows.net'],
  ['azurefiles', 'file.core.windows.net'],
  ['b2', 'api.backblazeb2.com'],
  ['box', 'api.box.com'],
  ['drive', 'www.googleapis.com'],
  ['dropbox', 'api.dropboxapi.com'],
  ['gcs', 'storage.googleapis.com'],
  ['google cloud storage', 'storage.googleapis.com'],
  ['google photos', 'photoslibrary.googleapis.com'],
  ['iclouddrive', 'www.icloud.com'],
  ['mega', 'g.api.mega.co.nz'],
  ['onedrive', 'graph.microsoft.com'],
  ['pcloud', 'api.pcloud.com'],
]);
/** Where one of rclone's kinds of storage lies when no endpoint is written. */
export const storageOf = (type: string): string | undefined => RCLONE.get(type);

const RCLONE_HOST = /^(endpoint|host|url|auth_url|token_url|download_url|hostname)$/;

/** rclone.conf: each section a remote; its endpoint, else where its kind of storage lies. */
export function rcloneRemotes(text: string): Named[] {
  const found: Named[] = [];
  let remote: { type: string; line: number; hosts: Named[] } | undefined;
  const end = (): void => {
    if (remote === undefined) return;
    const usual = remote.hosts.length > 0 ? undefined : RCLONE.get(remote.type);
    found.push(...remote.hosts, ...(usual === undefined ? [] : [data(usual, 'storage', remote.line, true)]));
    remote = undefined;
  };
  for (const { text: each, line } of lines(text)) {
    if (/^\[.+\]$/.test(each)) {
      end();
      remote = { type: '', line, hosts: [] };
      continue;
    }
    const [, key = '', value = ''] = /^([a-z_]+)\s*=\s*(.*)$/i.exec(each) ?? [];
    if (remote === undefined || value === '') continue;
    if (key === 'type') Object.assign(remote, { type: value.toLowerCase(), line });
    else if (RCLONE_HOST.test(key)) remote.hosts.push(data(value, 'storage', line));
  }
  end();
  return found;
}

/** rsyslog.conf(5): `selector @host`, `@@host`; actions with `target` or `server`. */
export function rsyslogTargets(text: string): Named[] {
  return [...lines(text)].flatMap(({ text: each, line }) => {
    const selected = /^[^\s#]+\s+@@?(?:\([^)]*\))?(\[[0-9a-fA-F:]+\]|[^\s;:]+)/.exec(each)?.[1];
    const named = [...each.matchAll(/\b(?:target|server)\s*=\s*"([^"]+)"/gi)].map((match) => match[1] ?? '');
    return [...(selected === undefined ? [] : [selected]), ...named]
      .filter((host) => host !== '')
      .map((host) => data(host, 'log target', line));
  });
}

/** syslog-ng(8): drivers of a destination that send to a host; a source's address stands in `ip()`. */
export function syslogNgTargets(text: string): Named[] {
  return [...lines(text)].flatMap(({ text: each, line }) =>
    [...each.matchAll(/\b(?:tcp6?|udp6?|network|syslog|relp)\(\s*"([^"]+)"/g)].map((match) =>
      data(match[1] ?? '', 'log target', line),
    ),
  );
}

/** postconf(5) `relayhost`, `smtp_fallback_relay`; msmtprc `host`; ssmtp `mailhub`; exim's `dc_smarthost`; nullmailer's remotes. */
const MAIL: readonly (readonly [RegExp, RegExp])[] = [
  [/\/postfix\/main\.cf$/, /^(?:relayhost|smtp_fallback_relay|fallback_relay)\s*=\s*(.+)$/],
  [/(^|\/)\.?msmtprc$/, /^host\s+(\S+)/],
  [/\/ssmtp\/ssmtp\.conf$/, /^mailhub\s*=\s*(\S+)/i],
  [/\/update-exim4\.conf\.conf$/, /^dc_smarthost\s*=\s*['"]?([^'"\s]+)/],
  [/\/nullmailer\/remotes$/, /^(\S+)/],
  [/\/dma\/dma\.conf$/, /^SMARTHOST\s+(\S+)/i],
];

/** Whether a file says where mail is handed over. */
export const isMailFile = (path: string): boolean => MAIL.some(([place]) => place.test(path));

export function mailRelays(path: string): (text: string) => Named[] {
  const [, form] = MAIL.find(([place]) => place.test(path)) ?? [];
  return (text) =>
    [...lines(text)].flatMap(({ text: each, line }) => {
      const value = form?.exec(each)?.[1];
      if (value === undefined) return [];
      // `[smtp.example]:587`: brackets ask for no MX; several hosts stand apart by commas, blanks or `;`.
      const hosts = value.split(/[\s,;]+|::/).map((host) => host.replace(/^\[([^\]:]+)\]/, '$1'));
      return hosts.filter((host) => host !== '' && !/^\d+$/.test(host)).map((host) => data(host, 'mail relay', line));
    });
}

/** Where a restic or borg repository lies, from its name: restic's documentation, *Preparing a new repository*; borg(1), REPOSITORY URLs. */
export function repositoryHost(text: string): { readonly text: string; readonly implicit: boolean } | undefined {
  const value = text.trim().replace(/^["']|["']$/g, '');
  const usual: Readonly<Record<string, string>> = {
    b2: 'api.backblazeb2.com',
    azure: 'blob.core.windows.net',
    gs: 'storage.googleapis.com',
  };
  const [, scheme = '', rest = ''] = /^(s3|sftp|rest|b2|azure|gs):(.+)$/.exec(value) ?? [];
  if (scheme in usual) return { text: usual[scheme] ?? '', implicit: true };
  if (scheme === 'sftp' && !rest.includes('://')) return present(/^(?:\/\/)?([^/:]+)/.exec(rest)?.[1]);
  if (scheme !== '') return present(rest);
  return present(/^(?:ssh:\/\/)?(?:[^@\s/:]+@)([^:/\s]+):/.exec(value)?.[1]);
}

function present(text: string | undefined): { readonly text: string; readonly implicit: boolean } | undefined {
  return text === undefined || hostPart(text) === undefined ? undefined : { text, implicit: false };
}
