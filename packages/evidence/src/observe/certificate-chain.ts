import { X509Certificate } from 'node:crypto';

/** Certificates that are believed without an issuer, in DER or PEM. */
export class Roots {
  readonly #bySubject = new Map<string, X509Certificate[]>();
  readonly #fingerprints = new Set<string>();

  constructor(certificates: readonly (string | Uint8Array)[]) {
    for (const one of certificates) {
      const certificate = new X509Certificate(one);
      this.#fingerprints.add(certificate.fingerprint256);
      this.#bySubject.set(certificate.subject, [...(this.#bySubject.get(certificate.subject) ?? []), certificate]);
    }
  }

  has(certificate: X509Certificate): boolean {
    return this.#fingerprints.has(certificate.fingerprint256);
  }

  issuersOf(certificate: X509Certificate): readonly X509Certificate[] {
    return this.#bySubject.get(certificate.issuer) ?? [];
  }
}

/**
 * Why a chain, leaf first, does not lead from a name to one of the roots at an instant; undefined when it does. Every
 * signature, every validity and the name are checked here, so that what a record says of itself decides nothing.
 */
export function chainProblem(chain: readonly Uint8Array[], name: string, at: string, roots: Roots): string | undefined {
  if (chain.length === 0) return 'no certificate was recorded';
  let certificates: readonly X509Certificate[];
  try {
    certificates = chain.map((der) => new X509Certificate(der));
  } catch {
    return 'a certificate cannot be read';
  }
  const [leaf] = certificates as [X509Certificate];
  const named = /^[\d.]+$|:/.test(name) ? leaf.checkIP(name) : leaf.checkHost(name, { subject: 'never' });
  if (named === undefined) return `the certificate is not for ${name}`;
  const instant = Date.parse(at);
  for (const [index, certificate] of certificates.entries()) {
    if (instant < Date.parse(certificate.validFrom) || instant > Date.parse(certificate.validTo))
      return `${subjectOf(certificate)} was not valid at ${at}`;
    if (roots.has(certificate)) return index === 0 ? 'the certificate is a root itself' : undefined;
    const next = certificates[index + 1];
    const issuers = next === undefined ? roots.issuersOf(certificate) : [next];
    const issuer = issuers.find((one) => one.ca && certificate.checkIssued(one) && certificate.verify(one.publicKey));
    if (issuer === undefined) {
      const root = roots.issuersOf(certificate).find((one) => one.ca && certificate.verify(one.publicKey));
      if (root !== undefined && lastsAt(root, instant)) return undefined;
      return `${subjectOf(certificate)} is not signed by what stands behind it`;
    }
    if (next === undefined) return lastsAt(issuer, instant) ? undefined : `its root was not valid at ${at}`;
  }
  return 'it does not end in a known root';
}

function lastsAt(certificate: X509Certificate, instant: number): boolean {
  return instant >= Date.parse(certificate.validFrom) && instant <= Date.parse(certificate.validTo);
}

function subjectOf({ subject }: X509Certificate): string {
  return /(?:^|\n)CN=([^\n]*)/.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');
}
