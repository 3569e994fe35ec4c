import { verify } from 'node:crypto';
import { InputError } from '../errors.ts';
import { isRecord, listAt, textAt } from '../host/json.ts';
import { type EcJwk, publicKeyOf, thumbprint } from './jwk.ts';

/** What a Tang server advertises: its keys, signed by those that sign. */
export interface Advertisement {
  readonly keys: readonly EcJwk[];
  /** The key that answers: what secrets and volumes are bound to. */
  readonly exchange: EcJwk;
}

/** Curves and hashes of the algorithms Tang signs with (RFC 7518 section 3.4). */
const SIGNS: Readonly<Record<string, string>> = { ES256: 'sha256', ES384: 'sha384', ES512: 'sha512' };

/**
 * Reads an advertisement (a JWS, RFC 7515, over a JWK set) and believes it only when it is signed by the key that was pinned.
 * @param pinned thumbprint of the signing key, 43 characters for SHA-256, 27 for SHA-1
 * @throws InputError naming the server when it is anything else.
 */
export function readAdvertisement(text: string, pinned: string, server: string): Advertisement {
  const refuse = (why: string): never => {
    throw new InputError(`the advertisement of ${server} ${why}; fetch it again with \`lukko keys pin\``);
  };
  let jws: unknown;
  try {
    jws = JSON.parse(text);
  } catch {
    return refuse('is no JSON');
  }
  const payload = textAt(jws, 'payload') ?? refuse('has no payload');
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return refuse('holds no JSON');
  }
  const keys = listAt(content, 'keys').filter(isEc);
  const length = pinned.length === 27 ? 27 : 43;
  const signer = keys.find((key) => ops(key, 'verify') && thumbprint(key, length) === pinned);
  if (signer === undefined)
    return refuse(
      `is of another key than the pinned ${pinned}: found ${
        keys
          .filter((key) => ops(key, 'verify'))
          .map((key) => thumbprint(key))
          .join(', ') || 'none that signs'
      }`,
    );
  const signatures = isRecord(jws) && Array.isArray(jws.signatures) ? jws.signatures : [jws];
  if (!signatures.some((each) => signedBy(signer, payload, each))) return refuse('is not signed by the pinned key');
  const exchange = keys.find((key) => ops(key, 'deriveKey'));
  return exchange === undefined ? refuse('names no key to bind to') : { keys, exchange };
}

/** Thumbprints of the keys that sign in an advertisement, whoever made it: what there is to pin. */
export function signersOf(text: string): readonly string[] {
  const payload = textAt(JSON.parse(text), 'payload') ?? '';
  const content: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return listAt(content, 'keys')
    .filter(isEc)
    .filter((key) => ops(key, 'verify'))
    .map((key) => thumbprint(key));
}

function signedBy(signer: EcJwk, payload: string, signature: unknown): boolean {
  const head = textAt(signature, 'protected') ?? '';
  const bytes = Buffer.from(textAt(signature, 'signature') ?? '', 'base64url');
  try {
    const alg = textAt(JSON.parse(Buffer.from(head, 'base64url').toString('utf8')), 'alg') ?? '';
    const hash = Object.hasOwn(SIGNS, alg) ? SIGNS[alg] : undefined;
    return (
      hash !== undefined &&
      verify(hash, Buffer.from(`${head}.${payload}`), { key: publicKeyOf(signer), dsaEncoding: 'ieee-p1363' }, bytes)
    );
  } catch {
    return false;
  }
}

function isEc(value: unknown): value is EcJwk {
  return textAt(value, 'kty') === 'EC' && ['crv', 'x', 'y'].every((name) => textAt(value, name) !== undefined);
}

function ops({ key_ops: written = [] }: EcJwk, wanted: string): boolean {
  return written.includes(wanted);
}
