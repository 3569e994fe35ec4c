import { heldOf } from '../claims/held.ts';
import { annexA } from '../controls/index.ts';
import type { Table, TablesInput } from './table.ts';

const where: Readonly<Record<string, string>> = {
  risk: 'a risk',
  law: 'law',
  contract: 'a contract',
  practice: 'good practice',
};

/** The statement of applicability: all 93 controls, three axes side by side, never mixed. */
export function statementTable({ claims, evidence, held }: TablesInput): Table {
  const today = evidence.asOf.slice(0, 10);
  const rows = new Map(evidence.controls.map((control) => [control.id, control]));
  const byControl = new Map((claims?.claims ?? []).map((claim) => [claim.control, claim]));
  return {
    name: 'statement-of-applicability',
    title: 'Statement of applicability',
    about:
      'ISO/IEC 27001:2022 Annex A by number, in our words. Whether it applies and what is claimed is what the organisation says; what evidence shows stands beside it. Evidence is joined for Annex A.8; other themes show statements and certificates.',
    columns: [
      'control',
      'in our words',
      'applicable',
      'because',
      'included for',
      'claimed',
      'responsibility',
      'owner',
      'risk treatment',
      'documents',
      'evidence',
      'last observed',
      'expires',
      'rests on',
      'claims version',
      'approved',
    ],
    rows: annexA.map((control) => {
      const claim = byControl.get(control.id);
      const row = rows.get(control.id);
      const named = [...(claim?.attestations ?? []), ...(claim?.inherits ?? [])];
      const { attested, inherited } = heldOf(control.id, held, today);
      const ends = [...attested.map(({ expires }) => expires), ...inherited.map(({ validUntil }) => validUntil)].sort();
      // What is named and is past its end, or not signed, stands for nothing.
      const stands =
        ends.length > 0 ? 'stated or inherited' : named.length > 0 ? 'named, and not valid' : 'nothing joined';
      return [
        control.id,
        control.summary,
        claim === undefined ? 'not stated' : claim.applicable ? 'yes' : 'no',
        claim?.justification ?? '',
        (claim?.reasons ?? []).map((reason) => where[reason] ?? reason).join(', '),
        claim?.applicable === false ? 'not applicable' : (claim?.status ?? 'not stated'),
        claim?.responsibility ?? '',
        claim?.owner ?? '',
        claim?.risk ?? '',
        (claim?.documents ?? []).join(' '),
        row?.state ?? stands,
        row?.observed?.last ?? '',
        row?.observed?.expires ?? ends[0] ?? '',
        [...(row?.observed?.ids.slice(0, 3) ?? []), ...named].join(' '),
        claims?.version ?? '',
        claims?.approved ?? '',
      ];
    }),
    from: 'nda',
  };
}
