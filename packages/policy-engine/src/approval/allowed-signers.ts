/** One line of a file in the allowed-signers format (ssh-keygen(1), ALLOWED SIGNERS). */
export interface AllowedSigner {
  readonly principals: readonly string[];
  readonly key: Buffer;
  /** Undefined: every namespace. */
  readonly namespaces: readonly string[] | undefined;
  /** Calendar dates, `YYYYMMDD` as written, inclusive from and exclusive to. */
  readonly validAfter: string | undefined;
  readonly validBefore: string | undefined;
}

const option = /^([a-z-]+)(?:="([^"]*)")?(,|\s+)/i;

/**
 * Reads the approvers. Certificate authorities and patterns are not supported: an approver is a person with a key of their own.
 * @throws Error with the line when one cannot be read, since a line left out would be an approver nobody misses.
 */
export function readAllowedSigners(text: string, file: string): readonly AllowedSigner[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    try {
      return [readLine(line.trim())];
    } catch (error) {
      throw new Error(`${file}:${index + 1}: ${error instanceof Error ? error.message : error}`);
    }
  });
}

function readLine(line: string): AllowedSigner {
  const [, principals = '', after = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
  let rest = after;
  const options = new Map<string, string>();
  while (!/^(ssh-|sk-|ecdsa-)/.test(rest)) {
    const found = option.exec(rest);
    if (found === null)
      throw new Error('expected: name [options] key-type key, as in "anna@lukko.example ssh-ed25519 AAAA…"');
    const name = (found[1] ?? '').toLowerCase();
    if (!['namespaces', 'valid-after', 'valid-before'].includes(name))
      throw new Error(`expected namespaces, valid-after or valid-before, found ${name}`);
    options.set(name, found[2] ?? '');
    rest = rest.slice(found[0].length);
  }
  const [, encoded = ''] = rest.split(/\s+/);
  const key = Buffer.from(encoded, 'base64');
  if (key.length < 32) throw new Error('expected a public key after its type');
  if (/[*?!]/.test(principals)) throw new Error(`expected names, found the pattern ${principals}`);
  return {
    principals: principals.split(','),
    key,
    namespaces: options.get('namespaces')?.split(','),
    validAfter: day(options.get('valid-after')),
    validBefore: day(options.get('valid-before')),
  };
}

function day(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{8}(\d{4}(\d{2})?)?Z?$/.test(text)) throw new Error(`expected a date such as 20271231, found ${text}`);
  return text.slice(0, 8);
}
