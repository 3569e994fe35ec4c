import { hash } from 'node:crypto';

/** What a fingerprint is made of. */
interface Named {
  readonly rule: string;
  readonly address: string;
  readonly at?: string | undefined;
  readonly message: string;
}

/**
 * Names for findings that stay when lines move: SHA-256 of rule, address and `at` without a line inside a payload. Where such a
 * line was all that told two apart, or `at` is the same, what the message says counts too, so that a finding never takes over
 * the name under which another one was accepted; the same twice gets a number. NUL parts them, as no name holds it.
 *
 * @param findings in a fixed order, since the same finding twice is numbered in it
 */
export function fingerprints(findings: readonly Named[]): readonly string[] {
  const named = findings.map(({ rule, address, at = '', message }) => {
    const place = at.replace(/:\d+$/, '');
    return { base: `${rule}\0${address}\0${place}`, byLine: place !== at, message };
  });
  const messages = new Map<string, string | Set<string>>();
  for (const { base, message } of named) {
    const known = messages.get(base);
    if (known === undefined) messages.set(base, message);
    else if (known !== message) messages.set(base, new Set(typeof known === 'string' ? [known] : known).add(message));
  }
  const times = new Map<string, number>();
  return named.map(({ base, byLine, message }) => {
    const others = messages.get(base);
    const several = typeof others !== 'string' && new Set([...(others ?? [])].map(said)).size > 1;
    const key = byLine || several ? `${base}\0${said(message)}` : base;
    const time = (times.get(key) ?? 0) + 1;
    times.set(key, time);
    return digest(time === 1 ? key : `${key}\0${time}`);
  });
}

/** The fingerprint of one finding that no other can be mistaken for. */
export function fingerprint(rule: string, address: string, at: string | undefined): string {
  return digest(`${rule}\0${address}\0${at ?? ''}`);
}

/** A message without its asides: they hold sources and dates, which change with the data and not with the finding. */
function said(message: string): string {
  return message.replace(/\s*\([^()]*\)/g, '');
}

function digest(text: string): string {
  return hash('sha256', text);
}
