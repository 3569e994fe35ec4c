import { sha256 } from '../canonical.ts';
import { attestationText, problemsOfAttestation } from '../claims/attestation.ts';
import { distinct, type Table, type TablesInput } from './table.ts';

/**
 * What stands for a claim where no machine looks: certificates of providers with scope and validity, and signed statements. One
 * that is past its end, or not signed by who must, stands here with the reason, and carries nothing.
 */
export function standingTable({ held, evidence }: TablesInput): Table {
  const today = evidence.asOf.slice(0, 10);
  const claims = held?.claims.claims ?? [];
  const certificates = (held?.claims.inherited ?? []).map((one) => [
    'certificate of a provider',
    one.id,
    one.provider,
    one.issuer,
    one.certificate,
    one.scope,
    one.validFrom,
    one.validUntil,
    one.validUntil < today ? 'expired' : one.validFrom > today ? 'not yet valid' : 'valid, not our own',
    claims.flatMap(({ control, inherits }) => (inherits?.includes(one.id) === true ? [control] : [])).join(' '),
    one.source,
    one.sha256 ?? '',
  ]);
  const statements = claims.flatMap((claim) =>
    (claim.attestations ?? []).map((path) => {
      const one = held?.attestations.get(path);
      if (one === undefined)
        return ['signed statement', path, claim.owner, '', '', '', '', '', 'not there', claim.control, path, ''];
      const [problem] = problemsOfAttestation(one, claim, today, held?.signers ?? []);
      return [
        'signed statement',
        one.id,
        one.owner,
        one.owner,
        '',
        one.statement,
        one.made,
        one.expires,
        problem ?? 'signed by its owner',
        claim.control,
        path,
        sha256(attestationText(one)),
      ];
    }),
  );
  return {
    name: 'certificates-and-statements',
    title: 'Certificates and signed statements',
    about:
      'What controls rest on that no machine can look at. A certificate is as good as its scope; the digest of a statement is of the text its owner signed.',
    columns: [
      'kind',
      'id',
      'of',
      'issued or signed by',
      'number',
      'scope or statement',
      'from',
      'until',
      'state',
      'controls',
      'source',
      'SHA-256',
    ],
    rows: distinct([...certificates, ...statements]),
    from: 'nda',
  };
}
