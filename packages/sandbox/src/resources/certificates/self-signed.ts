import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Tags of ITU-T X.690 that a certificate needs. */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT = 0x06;
const UTF8 = 0x0c;
const SEQUENCE = 0x30;
const SET = 0x31;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

const COMMON_NAME = Buffer.from('550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('551d11', 'hex');
const ECDSA_WITH_SHA256 = Buffer.from('2a8648ce3d040302', 'hex');

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const hex = body.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

const commonName = (text: string): Buffer =>
  der(SEQUENCE, der(SET, der(SEQUENCE, der(OBJECT, COMMON_NAME), der(UTF8, Buffer.from(text)))));

/** Two digits for the year until 2050 (RFC 5280 §4.1.2.5). */
function time(milliseconds: number): Buffer {
  const text = `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`;
  return Number(text.slice(0, 4)) < 2050
    ? der(UTC_TIME, Buffer.from(text.slice(2)))
    : der(GENERALIZED_TIME, Buffer.from(text));
}

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
  const algorithm = der(SEQUENCE, der(OBJECT, ECDSA_WITH_SHA256));
  const names = der(SEQUENCE, ...domainNames.map((name) => der(0x82, Buffer.from(name))));
  const extension = der(SEQUENCE, der(OBJECT, SUBJECT_ALT_NAME), der(OCTET_STRING, names));
  const signed = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    // A first bit that is set would make the number negative.
    der(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    commonName('Lukko sandbox, trusted by nobody'),
    der(SEQUENCE, time(from), time(until)),
    commonName(domainNames[0] ?? ''),
    (subject ?? publicKey).export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, extension)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', signed, privateKey)]);
  const base64 = der(SEQUENCE, signed, algorithm, der(BIT_STRING, signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
}
