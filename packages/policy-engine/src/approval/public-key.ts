import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { WireReader } from './wire.ts';

const curves: Readonly<Record<string, { readonly crv: string; readonly size: number; readonly hash: string }>> = {
  'ecdsa-sha2-nistp256': { crv: 'P-256', size: 32, hash: 'sha256' },
  'ecdsa-sha2-nistp384': { crv: 'P-384', size: 48, hash: 'sha384' },
  'ecdsa-sha2-nistp521': { crv: 'P-521', size: 66, hash: 'sha512' },
};
/** `ssh-rsa` with SHA-1 is not among them: OpenSSH refuses it for signatures as well. */
const rsaHashes: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

/**
 * Whether a signature in the SSH wire format is one of these bytes by this key. Ed25519 (RFC 8709), ECDSA (RFC 5656), RSA with
 * SHA-2 (RFC 8332), and Ed25519 on a security key, where the key must report a touch (OpenSSH, PROTOCOL.u2f).
 * @throws RangeError or TypeError when key or signature are malformed or of another kind.
 */
export function verifies(key: Buffer, signature: Buffer, message: Buffer): boolean {
  const reader = new WireReader(key);
  const type = reader.text();
  const parts = new WireReader(signature);
  const algorithm = parts.text();
  const blob = parts.string();
  const rest = () => {
    if (!parts.done) throw new RangeError('its signature has more fields than it should');
  };
  if (type === 'ssh-ed25519' && algorithm === type) {
    rest();
    return verify(null, message, ed25519(reader.string()), blob);
  }
  if (type === 'sk-ssh-ed25519@openssh.com' && algorithm === type) {
    const point = reader.string();
    const application = reader.string();
    const flags = parts.take(1);
    const counter = parts.take(4);
    rest();
    const touched = ((flags[0] ?? 0) & 1) === 1;
    const signed = Buffer.concat([sha256(application), flags, counter, sha256(message)]);
    return touched && verify(null, signed, ed25519(point), blob);
  }
  const curve = Object.hasOwn(curves, type) ? curves[type] : undefined;
  if (curve !== undefined && algorithm === type) {
    rest();
    reader.string();
    return verify(
      curve.hash,
      message,
      { key: ecdsa(curve, reader.string()), dsaEncoding: 'ieee-p1363' },
      flat(blob, curve.size),
    );
  }
  const hash = Object.hasOwn(rsaHashes, algorithm) ? rsaHashes[algorithm] : undefined;
  if (type === 'ssh-rsa' && hash !== undefined) {
    rest();
    const [e, n] = [reader.string(), reader.string()].map((number) => unsigned(number).toString('base64url'));
    return verify(hash, message, createPublicKey({ key: { kty: 'RSA', e: e ?? '', n: n ?? '' }, format: 'jwk' }), blob);
  }
  throw new TypeError(`it is signed by a key of type ${type} with ${algorithm}, which is not supported`);
}

function ed25519(point: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') }, format: 'jwk' });
}

/** An uncompressed point: 0x04, x, y. */
function ecdsa({ crv, size }: { crv: string; size: number }, point: Buffer): KeyObject {
  if (point.length !== 1 + 2 * size || point[0] !== 4) throw new RangeError('its key is not an uncompressed point');
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)].map((half) => half.toString('base64url'));
  return createPublicKey({ key: { kty: 'EC', crv, x: x ?? '', y: y ?? '' }, format: 'jwk' });
}

/** r and s as SSH writes them (two integers) to the fixed length that Node takes. */
function flat(blob: Buffer, size: number): Buffer {
  const reader = new WireReader(blob);
  const halves = [reader.string(), reader.string()].map((number) => {
    const bytes = unsigned(number);
    if (bytes.length > size) throw new RangeError('its signature does not fit its curve');
    return Buffer.concat([Buffer.alloc(size - bytes.length), bytes]);
  });
  return Buffer.concat(halves);
}

/** Without the leading zeros that keep an integer positive. */
function unsigned(number: Buffer): Buffer {
  const first = number.findIndex((byte) => byte !== 0);
  return first === -1 ? Buffer.alloc(0) : number.subarray(first);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
