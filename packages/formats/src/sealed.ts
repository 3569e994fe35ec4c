import * as z from 'zod';
import { instant, pattern, schemaVersion } from './common.ts';

const compact = pattern(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]*\.[\w-]+$/, 'expected a JWE in compact form (RFC 7516)');

/**
 * `config/<environment>.advertisements.json`: what the key servers advertise, public keys signed by the pinned ones. With them a secret is
 * sealed while no key server can be reached. Trusted is only the thumbprint in the configuration.
 */
export const advertisements = z.strictObject({
  schemaVersion,
  servers: z.record(z.string(), z.strictObject({ advertisement: z.string(), fetched: instant })),
});
export type Advertisements = z.infer<typeof advertisements>;

/**
 * `config/<environment>.sealed.json`: secrets from outside, as ciphertext. One private key is sealed to the key servers, any
 * `threshold` of which open it; each secret is encrypted to its public part, so that more can be added without opening anything.
 * On a host: `clevis decrypt <key >key.jwk`, then `jose jwe dec -k key.jwk -i <secret>`.
 */
export const sealed = z.strictObject({
  schemaVersion,
  environment: z.string(),
  threshold: z.number().int().min(1),
  servers: z.array(z.strictObject({ name: z.string(), url: z.string(), thumbprint: z.string() })),
  /** The public key secrets are encrypted to (JWK, P-256). */
  public: z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
  /** Its private part, sealed: a JWE of clevis' pin sss. */
  key: compact,
  secrets: z.record(
    pattern(
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      'expected lower-case letters, digits and single hyphens, starting with a letter',
    ),
    z.strictObject({ sealed: compact, at: instant }),
  ),
});
export type Sealed = z.infer<typeof sealed>;
