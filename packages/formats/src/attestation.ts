import * as z from 'zod';
import { date, pattern, schemaVersion, sha256 } from './common.ts';
import { controlId } from './controls.ts';

/** `SHA256:` and the base64 of the digest of a public key, as `ssh-keygen -l` prints it. */
export const keyFingerprint = pattern(
  /^SHA256:[A-Za-z0-9+/]{43}$/,
  'expected a fingerprint as `ssh-keygen -l` prints it: SHA256: and 43 characters',
);

/** An armoured signature as `ssh-keygen -Y sign` writes it. */
export const armouredSignature = pattern(
  /^-----BEGIN SSH SIGNATURE-----\s[A-Za-z0-9+/=\s]+-----END SSH SIGNATURE-----\s*$/,
  'expected what `ssh-keygen -Y sign` writes (-----BEGIN SSH SIGNATURE-----)',
);

/**
 * A statement by somebody who answers for it, where no machine can look. The signature is one in namespace
 * `lukko-attestation` over the canonical JSON (RFC 8785) of all other fields, by a key of the approvers file.
 */
export const attestation = z.strictObject({
  schemaVersion,
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  controls: z.array(controlId).min(1),
  statement: z.string().min(20),
  /** A role; it is the principal of the approvers file whose key signs. */
  owner: z.string().min(1),
  made: date,
  expires: date,
  /** What the statement is about, fixed by digest. */
  attachments: z.array(z.strictObject({ file: z.string().min(1), sha256 })).optional(),
  signature: armouredSignature.optional(),
});
export type Attestation = z.infer<typeof attestation>;
