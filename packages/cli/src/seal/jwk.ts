import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** A public key on an elliptic curve, as Tang advertises it (RFC 7517, RFC 7518 section 6.2). */
export interface EcJwk {
  readonly kty: 'EC';
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly alg?: string;
  readonly key_ops?: readonly string[];
}

/** SHA-256 thumbprint (RFC 7638), or SHA-1 where 27 characters are asked for. */
export function thumbprint({ crv, kty, x, y }: EcJwk, length: 27 | 43 = 43): string {
  const hash = createHash(length === 43 ? 'sha256' : 'sha1');
  return hash.update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

export function publicKeyOf(jwk: EcJwk): KeyObject {
  return createPublicKey({ key: jwk as unknown as JsonWebKey, format: 'jwk' });
}

export const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
