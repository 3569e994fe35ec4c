import { createHash } from 'node:crypto';

/** SHA-256 of rule, address and `at`, so that a finding keeps its name when lines move. NUL parts them, as no name holds it. */
export function fingerprint(rule: string, address: string, at: string | undefined): string {
  return createHash('sha256')
    .update([rule, address, at ?? ''].join('\0'))
    .digest('hex');
}
