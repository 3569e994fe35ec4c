import type { Attestation, Claims, EvidenceControl, EvidenceFinding } from '@lukko/formats';
import type { AllowedSigner } from '@lukko/policy-engine';
import type { Control } from '../controls/index.ts';
import { problemsOfAttestation } from './attestation.ts';

/** Claims with what they name, as read from disk. */
export interface ClaimsInput {
  readonly claims: Claims;
  readonly attestations: ReadonlyMap<string, Attestation | undefined>;
  readonly signers: readonly AllowedSigner[];
}

export type Held = Pick<EvidenceControl, 'applicable' | 'attested' | 'inherited'> & {
  readonly claim?: NonNullable<EvidenceControl['claim']>;
};

/** What an organisation says of one control, and which statements and certificates stand for it on a day. */
export function heldOf(control: string, input: ClaimsInput | undefined, today: string): Held {
  const claim = input?.claims.claims.find((one) => one.control === control);
  if (input === undefined || claim === undefined) return { applicable: 'not-stated', attested: [], inherited: [] };
  const { status, owner, justification } = claim;
  return {
    applicable: claim.applicable,
    claim: { status, owner, justification },
    attested: (claim.attestations ?? []).flatMap((path) => {
      const statement = input.attestations.get(path);
      if (statement === undefined || problemsOfAttestation(statement, claim, today, input.signers).length > 0)
        return [];
      return [{ id: statement.id, owner: statement.owner, expires: statement.expires }];
    }),
    inherited: (claim.inherits ?? []).flatMap((id) => {
      const one = input.claims.inherited?.find((candidate) => candidate.id === id);
      if (one === undefined || one.validFrom > today || one.validUntil < today) return [];
      return [{ id, provider: one.provider, scope: one.scope, validUntil: one.validUntil }];
    }),
  };
}

/** What an auditor would ask of a claim, given what evidence shows. A claim nobody has looked behind is a finding. */
export function findingsOfClaim(
  control: Control,
  held: Held,
  row: Pick<EvidenceControl, 'state' | 'observed'> | undefined,
  documents: readonly string[],
): readonly EvidenceFinding[] {
  const { claim, applicable, attested, inherited } = held;
  if (claim === undefined || applicable !== true) return [];
  if (claim.status !== 'implemented' && claim.status !== 'partly') return [];
  const say = (code: EvidenceFinding['code'], message: string): EvidenceFinding => ({
    code,
    controls: [control.id],
    subject: control.id,
    message: `${control.id} is claimed ${claim.status}, and ${message}`,
  });
  if (row?.state === 'failed') return [say('claim-contradicted', 'evidence shows a failure')];
  if (row?.state === 'overdue') return [say('claim-outdated', 'what showed it is past its time')];
  if (control.class !== 'none' && row?.observed === undefined)
    return [say('claim-without-observation', 'nothing real and fresh was observed for it')];
  if (control.class === 'none' && attested.length + inherited.length + documents.length === 0)
    return [say('claim-without-evidence', 'no signed statement, certificate or document stands for it')];
  return [];
}
