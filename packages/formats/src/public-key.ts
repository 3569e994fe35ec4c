/** Whether the line is an OpenSSH public key whose inner type is the outer one (RFC 4253 §6.6): a key cut short is not. */
export function isSshPublicKey(line: string): boolean {
  const match =
    /^(ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa|sk-ssh-ed25519@openssh\.com) ([A-Za-z0-9+/]+={0,2})(?: [^\r\n]*)?$/.exec(
      line,
    );
  if (match === null) return false;
  const [, type = '', body = ''] = match;
  const bytes = Buffer.from(body, 'base64');
  let offset = 0;
  const fields: Buffer[] = [];
  while (offset + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(offset);
    if (offset + 4 + length > bytes.length) return false;
    fields.push(bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
  return offset === bytes.length && fields.length >= 2 && fields[0]?.toString('latin1') === type;
}

const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/**
 * Whether the text is an age X25519 recipient: Bech32 (BIP 173) with the prefix `age` over 32 bytes. The checksum matters:
 * what is sealed to a mistyped recipient nobody can open (https://age-encryption.org/v1).
 */
export function isAgeRecipient(text: string): boolean {
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(text)) return false;
  const data = [...text.slice(4)].map((letter) => alphabet.indexOf(letter));
  const prefix = [...'age'].map((letter) => letter.charCodeAt(0));
  return checksum([...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]) === 1;
}

/** The generator of BIP 173. */
function checksum(values: readonly number[]): number {
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    generator.forEach((term, bit) => {
      if ((top >>> bit) & 1) sum ^= term;
    });
  }
  return sum >>> 0;
}
