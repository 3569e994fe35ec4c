import type { Attestation, Claims, Parsed } from '@lukko/formats';
import type { AllowedSigner } from '@lukko/policy-engine';
import { problemsOfAttestation } from './attestation.ts';
import { problemsOfTotals } from './totals.ts';

export interface LintFinding {
  readonly file: string;
  readonly line: number;
  readonly code:
    | 'totals-wrong'
    | 'review-overdue'
    | 'document-overdue'
    | 'document-missing'
    | 'certificate-expired'
    | 'certificate-not-yet-valid'
    | 'attestation-missing'
    | 'attestation-wrong'
    | 'scope-contradiction';
  readonly message: string;
}

export interface LintInput {
  readonly claims: Parsed<Claims>;
  /** Calendar date, UTC. */
  readonly today: string;
  /** By the path written in the claims; undefined where there is no such file. */
  readonly attestations: ReadonlyMap<string, Attestation | undefined>;
  readonly documents: ReadonlyMap<string, boolean>;
  readonly signers: readonly AllowedSigner[];
}

/** What is wrong with claims by themselves, before anybody looks at a system. */
export function lintClaims({ claims, today, attestations, documents, signers }: LintInput): readonly LintFinding[] {
  const { value, file, at } = claims;
  const found: LintFinding[] = [];
  const say = (path: readonly (string | number)[], code: LintFinding['code'], message: string) =>
    found.push({ file, line: at(path).line, code, message });
  if (value.reviewBy < today)
    say(['reviewBy'], 'review-overdue', `the claims were to be reviewed by ${value.reviewBy}; review and approve them`);
  value.claims.forEach((claim, index) => {
    if (!claim.applicable && claim.status === 'implemented')
      say(
        ['claims', index, 'status'],
        'scope-contradiction',
        `${claim.control}: is out of scope and implemented; decide`,
      );
    (claim.attestations ?? []).forEach((path, position) => {
      const place = ['claims', index, 'attestations', position];
      const statement = attestations.get(path);
      if (statement === undefined) {
        say(place, 'attestation-missing', `${claim.control}: expected a signed statement at ${path}, found none`);
        return;
      }
      for (const problem of problemsOfAttestation(statement, claim, today, signers))
        say(place, 'attestation-wrong', `${claim.control}: ${path}: ${problem}`);
    });
  });
  value.inherited?.forEach(({ id, validFrom, validUntil }, index) => {
    if (validUntil < today)
      say(
        ['inherited', index],
        'certificate-expired',
        `${id}: the certificate ended on ${validUntil}; get the new one`,
      );
    if (validFrom > today)
      say(['inherited', index], 'certificate-not-yet-valid', `${id}: the certificate is valid from ${validFrom} only`);
  });
  value.documents?.forEach(({ id, reviewBy, file: path }, index) => {
    if (reviewBy < today)
      say(['documents', index], 'document-overdue', `${id}: was to be reviewed by ${reviewBy}; review it`);
    if (path !== undefined && documents.get(path) !== true)
      say(['documents', index, 'file'], 'document-missing', `${id}: expected a file at ${path}, found none`);
  });
  value.published?.forEach((typed, index) => {
    for (const problem of problemsOfTotals(typed))
      say(['published', index], 'totals-wrong', `${typed.source} (${typed.date}): ${problem}`);
  });
  return found;
}
