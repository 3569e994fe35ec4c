import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readSshSignature, type SshSignature, signs } from '@lukko/policy-engine';

/** Namespace of a bundle's signature: `ssh-keygen -Y sign -n lukko-evidence`. */
export const bundleNamespace = 'lukko-evidence';
/** Namespace of a bundle that shows no real system; nobody who asks for the other takes one for the other. */
export const demoNamespace = 'lukko-evidence-demo';

/** `SHA256:…` as `ssh-keygen -l` prints it, of a public key in the SSH wire format. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** What a signature says of itself, once it is found to be one of exactly this text. */
export interface Signed {
  readonly fingerprint: string;
  readonly namespace: string;
}

/**
 * Checks an armoured signature over a text.
 * @returns who signed it in which namespace, or why it is none. Never throws.
 */
export function checkSignature(armoured: string, text: string): Signed | { readonly problem: string } {
  try {
    const signature: SshSignature = readSshSignature(armoured);
    if (!signs(signature, signature.namespace, text)) return { problem: 'it is not a signature of these bytes' };
    return { fingerprint: fingerprintOf(signature.key), namespace: signature.namespace };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Signs with an Ed25519 key that is made now and forgotten: integrity without identity, in the namespace of demonstrations.
 * The form is OpenSSH's (PROTOCOL.sshsig).
 */
export function signAsDemo(text: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return armour(privateKey, publicKey, demoNamespace, text);
}

function armour(privateKey: KeyObject, publicKey: KeyObject, namespace: string, text: string): string {
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const key = Buffer.concat([field('ssh-ed25519'), field(point)]);
  const digest = createHash('sha512').update(text).digest();
  const signed = Buffer.concat([magic, field(namespace), field(''), field('sha512'), field(digest)]);
  const signature = Buffer.concat([field('ssh-ed25519'), field(sign(null, signed, privateKey))]);
  const version = Buffer.from([0, 0, 0, 1]);
  const blob = Buffer.concat([
    magic,
    version,
    field(key),
    field(namespace),
    field(''),
    field('sha512'),
    field(signature),
  ]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
}

const magic = Buffer.from('SSHSIG', 'latin1');

/** One field in the SSH wire format (RFC 4251, section 5). */
function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
