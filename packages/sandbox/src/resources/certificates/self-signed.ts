import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, context, integer, octets, oid, sequence, set, time, utf8 } from '../../der.ts';

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

const commonName = (text: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(text))));

/**
 * A certificate (RFC 5280) for domain names that nobody trusts: it signs itself with a key that is thrown away, since nothing
 * of the sandbox terminates TLS with it.
 *
 * @param from milliseconds since 1970, as `until`
 * @param subject the public key that is certified, when it is not the one that signs
 * @returns PEM
 */
export function selfSigned(domainNames: readonly string[], from: number, until: number, subject?: KeyObject): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = sequence(...domainNames.map((name) => context(2, Buffer.from(name), false)));
  const signed = sequence(
    context(0, integer(Buffer.from([2]))),
    // A first byte that is zero would not be the shortest form.
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    commonName('Lukko sandbox, trusted by nobody'),
    sequence(time(from), time(until)),
    commonName(domainNames[0] ?? ''),
    (subject ?? publicKey).export({ type: 'spki', format: 'der' }),
    // subjectAltName
    context(3, sequence(sequence(oid('2.5.29.17'), octets(names)))),
  );
  const base64 = sequence(signed, ECDSA_WITH_SHA256, bits(sign('sha256', signed, privateKey))).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
}
