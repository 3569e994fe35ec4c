import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { der } from '@lukko/sandbox';

const { bits, context, integer, octets, oid, sequence, set, time, utf8, yes } = der;

/** A certificate and its key, in PEM. */
interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of one run. Its key never leaves the memory of this process. */
export interface Authority {
  /** PEM, for clients to trust. */
  readonly certificate: string;
  /** A server certificate for one of the names it was made for. */
  issue(name: string): Identity;
}

const DAY = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/**
 * Makes an authority that can speak for these DNS names and no other (RFC 5280, 4.2.1.10), for a day.
 * @param now milliseconds since 1970
 */
export function makeAuthority(names: readonly string[], now: number): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = nameOf('Lukko sandbox, this run only');
  const keyId = keyIdOf(own.publicKey);
  const make = (of: Buffer, publicKey: KeyObject, extensions: readonly Buffer[]): string => {
    const toBeSigned = sequence(
      context(0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
      ECDSA_WITH_SHA256,
      subject,
      // Clocks of a container and its host may differ a little.
      sequence(time(now - DAY / 24), time(now + DAY)),
      of,
      publicKey.export({ type: 'spki', format: 'der' }),
      context(3, sequence(...extensions)),
    );
    return pem(sequence(toBeSigned, ECDSA_WITH_SHA256, bits(sign('sha256', toBeSigned, own.privateKey))));
  };
  return {
    certificate: make(subject, own.publicKey, [
      extension('2.5.29.19', sequence(yes(), integer(Buffer.from([0]))), true),
      // keyCertSign
      extension('2.5.29.15', bits(Buffer.from([0x04]), 2), true),
      extension('2.5.29.30', sequence(context(0, Buffer.concat(names.map((name) => sequence(dnsName(name)))))), true),
      extension('2.5.29.14', octets(keyId)),
    ]),
    issue: (name) => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const certificate = make(nameOf(name), publicKey, [
        extension('2.5.29.19', sequence(), true),
        // digitalSignature
        extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
        // serverAuth
        extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
        extension('2.5.29.17', sequence(dnsName(name))),
        extension('2.5.29.14', octets(keyIdOf(publicKey))),
        extension('2.5.29.35', sequence(context(0, keyId, false))),
      ]);
      return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

const nameOf = (text: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(text))));
const dnsName = (name: string): Buffer => context(2, Buffer.from(name, 'latin1'), false);
const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [yes()] : []), octets(value));

/** RFC 5280, 4.2.1.2: a digest of the key names it, and protects nothing. */
const keyIdOf = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
