import {
  createCipheriv,
  createHash,
  diffieHellman,
  generateKeyPairSync,
  type JsonWebKey,
  randomBytes,
} from 'node:crypto';
import { type EcJwk, encoded, publicKeyOf, thumbprint } from './jwk.ts';

const CURVES: Readonly<Record<string, string>> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };
const ENC = 'A256GCM';

/**
 * Encrypts to a public key: ECDH-ES with A256GCM in compact form (RFC 7516, RFC 7518 section 4.6), as `jose jwe enc` writes it.
 * @param header more for the protected header; what clevis needs to decrypt stands there.
 */
export function encryptTo(key: EcJwk, plain: Uint8Array, header: Readonly<Record<string, unknown>> = {}): string {
  const curve = CURVES[key.crv];
  if (curve === undefined) throw new Error(`no elliptic curve ${key.crv} is known`);
  const ephemeral = generateKeyPairSync('ec', { namedCurve: curve });
  const secret = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: publicKeyOf(key) });
  const { kty, crv, x, y } = ephemeral.publicKey.export({ format: 'jwk' }) as JsonWebKey & EcJwk;
  const head = { alg: 'ECDH-ES', enc: ENC, kid: thumbprint(key), epk: { kty, crv, x, y }, ...header };
  return sealed(head, derived(secret), plain);
}

/** Encrypts with a key of 32 bytes that both sides have: `dir` with A256GCM. */
export function encryptWith(
  key: Uint8Array,
  plain: Uint8Array,
  header: Readonly<Record<string, unknown>> = {},
): string {
  return sealed({ alg: 'dir', enc: ENC, ...header }, key, plain);
}

function sealed(header: Readonly<Record<string, unknown>>, key: Uint8Array, plain: Uint8Array): string {
  const head = encoded(header);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(head));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return [
    head,
    '',
    iv.toString('base64url'),
    text.toString('base64url'),
    cipher.getAuthTag().toString('base64url'),
  ].join('.');
}

/** One round of the Concat KDF (NIST SP 800-56A, RFC 7518 section 4.6.2): 256 bits for A256GCM, no party information. */
function derived(secret: Uint8Array): Buffer {
  const counted = (bytes: Uint8Array) => Buffer.concat([uint32(bytes.length), bytes]);
  const parts = [
    uint32(1),
    secret,
    counted(Buffer.from(ENC)),
    counted(Buffer.alloc(0)),
    counted(Buffer.alloc(0)),
    uint32(256),
  ];
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
