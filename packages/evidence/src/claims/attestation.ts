import type { Attestation, Claims } from '@lukko/formats';
import type { AllowedSigner } from '@lukko/policy-engine';
import { canonical } from '../canonical.ts';
import { checkSignature, fingerprintOf } from '../integrity/ssh-signature.ts';

/** Namespace of a signed statement: `ssh-keygen -Y sign -n lukko-attestation`. */
export const attestationNamespace = 'lukko-attestation';

/** What its owner signs: every field but the signature, as canonical JSON without a final newline. */
export function attestationText(statement: Attestation): string {
  const { signature: _, ...fields } = statement;
  return canonical(fields);
}

/** Why a statement does not carry a claim on a day; empty when it does. */
export function problemsOfAttestation(
  statement: Attestation,
  claim: Pick<Claims['claims'][number], 'control'>,
  today: string,
  signers: readonly AllowedSigner[],
): readonly string[] {
  const problems: string[] = [];
  if (!statement.controls.includes(claim.control)) problems.push('the statement does not name this control');
  if (statement.made > today) problems.push(`it is dated ${statement.made}, which is still to come`);
  if (statement.expires < today) problems.push(`it expired on ${statement.expires}; sign a new one`);
  const why = notSigned(statement, today, signers);
  if (why !== undefined) problems.push(why);
  return problems;
}

function notSigned(statement: Attestation, today: string, signers: readonly AllowedSigner[]): string | undefined {
  if (statement.signature === undefined) return `it carries no signature of ${statement.owner}`;
  const signed = checkSignature(statement.signature, attestationText(statement));
  if ('problem' in signed) return `its signature is not one of what it says: ${signed.problem}`;
  if (signed.namespace !== attestationNamespace)
    return `it is signed for ${JSON.stringify(signed.namespace)}, expected ${attestationNamespace}`;
  const day = today.replaceAll('-', '');
  const keys = signers.filter(
    ({ principals, namespaces, validAfter = '', validBefore = '99999999' }) =>
      principals.includes(statement.owner) &&
      (namespaces === undefined || namespaces.includes(attestationNamespace)) &&
      validAfter <= day &&
      day < validBefore,
  );
  if (keys.length === 0) return `${statement.owner} is not among those who may attest on ${today}`;
  return keys.some(({ key }) => fingerprintOf(key) === signed.fingerprint)
    ? undefined
    : `it is signed by a key that is not ${statement.owner}'s`;
}
