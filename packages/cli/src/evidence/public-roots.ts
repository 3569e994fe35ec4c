import { rootCertificates } from 'node:tls';
import { Roots } from '@lukko/evidence';

let roots: Roots | undefined;

/**
 * The public roots that came with Node. Neither NODE_EXTRA_CA_CERTS nor the system's store changes them, and nothing else is
 * ever handed to the classification of observations.
 */
export function publicRoots(): Roots {
  roots ??= new Roots(rootCertificates);
  return roots;
}
