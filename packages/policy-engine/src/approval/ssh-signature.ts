import { createHash } from 'node:crypto';
import { verifies } from './public-key.ts';
import { WireReader, wireString } from './wire.ts';

export interface SshSignature {
  /** Public key in the SSH wire format, as it stands base64-encoded in an allowed-signers line. */
  readonly key: Buffer;
  readonly namespace: string;
  readonly hash: string;
  readonly signature: Buffer;
}

const magic = 'SSHSIG';

/**
 * Reads what `ssh-keygen -Y sign` writes (OpenSSH, PROTOCOL.sshsig).
 * @throws RangeError when it is not such a signature.
 */
export function readSshSignature(armoured: string): SshSignature {
  const body = /^\s*-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END SSH SIGNATURE-----\s*$/.exec(
    armoured,
  )?.[1];
  if (body === undefined) throw new RangeError('it is not an SSH signature (-----BEGIN SSH SIGNATURE-----)');
  const reader = new WireReader(Buffer.from(body.replace(/\s+/g, ''), 'base64'));
  if (reader.take(magic.length).toString('latin1') !== magic || reader.number() !== 1) {
    throw new RangeError('it is not an SSH signature of version 1');
  }
  const key = reader.string();
  const namespace = reader.text();
  reader.string();
  const hash = reader.text();
  const signature = reader.string();
  if (!reader.done) throw new RangeError('it goes on after its end');
  return { key, namespace, hash, signature };
}

/**
 * Whether the signature is one of this text in this namespace.
 * @throws RangeError or TypeError when it is malformed or of a kind that is not supported.
 */
export function signs(signature: SshSignature, namespace: string, text: string): boolean {
  if (signature.namespace !== namespace) return false;
  if (signature.hash !== 'sha256' && signature.hash !== 'sha512')
    throw new TypeError(`it uses the hash ${signature.hash}, which is not supported`);
  const digest = createHash(signature.hash).update(text).digest();
  const signed = Buffer.concat([
    Buffer.from(magic, 'latin1'),
    wireString(namespace),
    wireString(''),
    wireString(signature.hash),
    wireString(digest),
  ]);
  return verifies(signature.key, signature.signature, signed);
}
