import type { Waiver } from '@lukko/formats';
import type { AllowedSigner } from './allowed-signers.ts';
import { readSshSignature, signs } from './ssh-signature.ts';

/** Namespace of the signature: `ssh-keygen -Y sign -n lukko-waiver`. */
const namespace = 'lukko-waiver';

/**
 * What an approver signs: every field but the signature, as canonical JSON (RFC 8785: keys sorted, no white space), without a
 * final newline.
 */
export function waiverText(waiver: Waiver): string {
  const { signature: _, ...fields } = waiver;
  return JSON.stringify(fields, Object.keys(fields).sort());
}

/**
 * Why a waiver is not approved; undefined when it is: signed by a key that stands for its approver in the allowed signers, on
 * a day that key is valid, by someone other than its owner.
 */
export function notApproved(waiver: Waiver, signers: readonly AllowedSigner[], asOf: string): string | undefined {
  if (waiver.signature === undefined) return `it carries no signature of ${waiver.approver}`;
  if (waiver.approver === waiver.owner) return `${waiver.owner} owns it and approves it; the approver is somebody else`;
  try {
    const signature = readSshSignature(waiver.signature);
    const today = asOf.replaceAll('-', '');
    const known = signers.filter((signer) => signer.principals.includes(waiver.approver));
    if (known.length === 0) return `${waiver.approver} is not among the approvers`;
    const byKey = known.filter((signer) => signer.key.equals(signature.key));
    if (byKey.length === 0) return `it is signed by a key that is not ${waiver.approver}'s`;
    const valid = byKey.filter(
      ({ namespaces, validAfter = '', validBefore = '99999999' }) =>
        (namespaces === undefined || namespaces.includes(namespace)) && validAfter <= today && today < validBefore,
    );
    if (valid.length === 0) return `the key of ${waiver.approver} may not approve waivers on ${asOf}`;
    return signs(signature, namespace, waiverText(waiver)) ? undefined : 'its signature is not one of what it says now';
  } catch (error) {
    return `its signature cannot be read: ${error instanceof Error ? error.message : error}`;
  }
}
