import { createHash } from 'node:crypto';

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
  const named = findings.map((finding) => {
    const at = finding.at?.replace(/:\d+$/, '') ?? '';
    return {
      base: [finding.rule, finding.address, at],
      said: said(finding.message),
      byLine: at !== (finding.at ?? ''),
    };
  });
  const messages = new Map<string, Set<string>>();
  for (const { base, said: what } of named) {
    const key = base.join('\0');
    const known = messages.get(key);
    if (known === undefined) messages.set(key, new Set([what]));
    else known.add(what);
  }
  const times = new Map<string, number>();
  return named.map(({ base, said: what, byLine }) => {
    const several = (messages.get(base.join('\0'))?.size ?? 0) > 1;
    const parts = byLine || several ? [...base, what] : base;
    const key = parts.join('\0');
    const time = (times.get(key) ?? 0) + 1;
    times.set(key, time);
    return digest(time === 1 ? parts : [...parts, String(time)]);
  });
}

/** The fingerprint of one finding that no other can be mistaken for. */
export function fingerprint(rule: string, address: string, at: string | undefined): string {
  return digest([rule, address, at ?? '']);
}

/** A message without its asides: they hold sources and dates, which change with the data and not with the finding. */
function said(message: string): string {
  return message.replace(/\s*\([^()]*\)/g, '');
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}
