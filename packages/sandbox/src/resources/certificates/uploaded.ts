import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { ApiError, invalidField } from '../../errors.ts';
import type { Issued } from '../../types.ts';

/** What a certificate in PEM says of itself. @throws ApiError invalid_input when it is none */
export function readCertificate(
  pem: string,
): Issued & { readonly domainNames: readonly string[]; readonly x509: X509Certificate } {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(pem);
  } catch {
    throw invalidField('certificate', 'must be a certificate in PEM format');
  }
  const names = (x509.subjectAltName ?? '')
    .split(', ')
    .flatMap((each) => (each.startsWith('DNS:') ? [each.slice(4)] : []));
  return {
    certificate: pem,
    fingerprint: x509.fingerprint.toLowerCase(),
    notBefore: Date.parse(x509.validFrom),
    notAfter: Date.parse(x509.validTo),
    domainNames: names,
    x509,
  };
}

/** A certificate with its key, as it is uploaded; the key is compared and not kept. @throws ApiError invalid_input */
export function readUploaded(pem: string | undefined, keyPem: string | undefined): ReturnType<typeof readCertificate> {
  if (pem === undefined) throw invalidField('certificate', 'is required for this type');
  if (keyPem === undefined) throw invalidField('private_key', 'is required for this type');
  const read = readCertificate(pem);
  let key: KeyObject;
  try {
    key = createPrivateKey(keyPem);
  } catch {
    throw invalidField('private_key', 'must be a private key in PEM format');
  }
  if (!read.x509.checkPrivateKey(key)) throw invalidField('private_key', 'does not belong to the certificate');
  const bits = key.asymmetricKeyDetails?.modulusLength;
  // The answer as hetznercloud/hcloud-go#507 quotes it: without details.
  if (bits !== undefined && bits < 2048) throw new ApiError('invalid_input', 'certificate must use larger key size');
  return read;
}
