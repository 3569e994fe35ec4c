/**
 * Why a public key in OpenSSH's one-line form is not strong enough, as a message says it; undefined when it is. The blob is read as
 * RFC 4253 section 6.6 and RFC 8709 lay it out: strings and integers, each with its length in four bytes before it.
 */
export function weaknessOf(line: string): string | undefined {
  const [type = '', base64 = ''] = line.trim().split(/\s+/);
  const fields = fieldsOf(Buffer.from(base64, 'base64'));
  const named = fields[0]?.toString('latin1');
  if (named !== type) return 'no public key in the form of OpenSSH';
  if (/^(sk-)?ssh-ed25519(@openssh\.com)?$/.test(type)) return undefined;
  if (/^(sk-)?ecdsa-sha2-nistp(256|384|521)(@openssh\.com)?$/.test(type)) return undefined;
  if (type !== 'ssh-rsa') return `a key of type ${type}, which is not among the strong ones`;
  const bits = bitsOf(fields[2] ?? Buffer.alloc(0));
  return bits >= 3072 ? undefined : `an RSA key of ${bits} bits`;
}

function fieldsOf(blob: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; ) {
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) return [];
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

/** Bits of a positive integer with leading zero bytes (RFC 4251 section 5, mpint). */
function bitsOf(integer: Buffer): number {
  const first = integer.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (integer.length - first - 1) * 8 + (32 - Math.clz32(integer[first] ?? 0));
}
