import * as z from 'zod';
import { date, pattern, schemaVersion, sha256 } from './common.ts';
import { controlId, controlIds } from './controls.ts';

const text = z.string().min(1);
const sentence = z.string().min(10);
const key = pattern(
  /^[a-z0-9]+(-[a-z0-9]+)*$/,
  'expected lower-case letters, digits and single hyphens, such as access-policy',
);

/** What the organisation says of a control; never what evidence shows. */
export const claimStatus = z.enum(['implemented', 'partly', 'planned', 'not-implemented', 'not-assessed']);
export type ClaimStatus = z.infer<typeof claimStatus>;

const claim = z
  .strictObject({
    control: controlId,
    applicable: z.boolean(),
    /** Why it is in, or why it is out, in terms of the scope. */
    justification: sentence,
    /** Why it is included, where it is. */
    reasons: z.array(z.enum(['risk', 'law', 'contract', 'practice'])).optional(),
    status: claimStatus,
    /** Who does it: the organisation, its provider, or both. */
    responsibility: z.enum(['own', 'shared', 'inherited', 'none']),
    /** A role, such as `head-of-operations`; never a person's name. */
    owner: key,
    /** Number of the risk treatment that asked for it. */
    risk: text.optional(),
    documents: z.array(key).optional(),
    /** Ids of `inherited` below. */
    inherits: z.array(key).optional(),
    /** Files of signed statements, relative to this file. */
    attestations: z.array(text).optional(),
  })
  .superRefine((claim, context) => {
    const wrong = (path: string, message: string, next: string) =>
      context.addIssue({ code: 'custom', path: [path], message, params: { next } });
    if (claim.applicable && (claim.reasons ?? []).length === 0)
      wrong('reasons', 'expected at least one reason why it is included', 'name risk, law, contract or practice');
    if (!claim.applicable && claim.responsibility !== 'none')
      wrong('responsibility', 'expected none for a control that is out of scope', 'write none');
    if (claim.applicable && claim.responsibility === 'none')
      wrong('responsibility', 'expected own, shared or inherited for a control that applies', 'say who does it');
    if (claim.responsibility === 'inherited' && (claim.inherits ?? []).length === 0)
      wrong('inherits', 'expected what it is inherited from', 'name an entry of inherited');
  });
export type Claim = z.infer<typeof claim>;

/** A provider's certificate that carries controls for the organisation: issuer, scope and validity decide what it is worth. */
const inherited = z.strictObject({
  id: key,
  provider: text,
  certificate: text,
  issuer: text,
  scope: sentence,
  validFrom: date,
  validUntil: date,
  source: text,
  sha256: sha256.optional(),
});
export type Inherited = z.infer<typeof inherited>;

const document = z.strictObject({
  id: key,
  title: text,
  kind: z.enum(['policy', 'procedure', 'runbook', 'review', 'register', 'agreement']),
  owner: key,
  version: text,
  reviewed: date,
  reviewBy: date,
  /** Relative to this file; its digest is computed, so that what was reviewed is what is named. */
  file: text.optional(),
  audience: z.enum(['public', 'nda', 'auditor']),
});
export type ClaimDocument = z.infer<typeof document>;

/** Numbers people typed on a page, so that they can be computed again. */
const publishedTotals = z.strictObject({
  source: text,
  date,
  /** Per theme (`A.8`): how many controls in each state. */
  themes: z.record(z.string(), z.record(z.string(), z.number().int().min(0))),
  /** What the page says for all themes together. */
  totals: z.record(z.string(), z.number().int().min(0)).optional(),
  /** What the page says in percent. */
  percent: z.record(z.string(), z.number()).optional(),
});
export type PublishedTotals = z.infer<typeof publishedTotals>;

/** A file of typed totals alone, for `lukko evidence lint`. */
export const typedTotals = z.strictObject({ schemaVersion, published: z.array(publishedTotals).min(1) });

/** `claims.yaml`: what an organisation claims of each control of Annex A, and on what it rests besides machines. */
export const claims = z
  .strictObject({
    schemaVersion,
    standard: z.literal('ISO/IEC 27001:2022'),
    organisation: z.strictObject({ name: text, scope: sentence }),
    version: text,
    owner: key,
    approver: key,
    approved: date,
    reviewBy: date,
    claims: z.array(claim),
    inherited: z.array(inherited).optional(),
    documents: z.array(document).optional(),
    /** Standards and schemes nobody may read into this statement. */
    notClaimed: z.array(z.strictObject({ standard: text, remark: sentence })).optional(),
    /** How a person's data is found, handed over and erased. */
    dataSubjects: z
      .array(z.strictObject({ store: text, erasure: sentence, export: sentence, owner: key, tried: date.optional() }))
      .optional(),
    /** Why one tenant cannot reach another's data, and who tried. */
    tenantIsolation: z
      .array(z.strictObject({ layer: text, means: sentence, owner: key, tried: date.optional() }))
      .optional(),
    published: z.array(publishedTotals).optional(),
  })
  .superRefine((file, context) => {
    const wrong = (path: PropertyKey[], message: string, next: string) =>
      context.addIssue({ code: 'custom', path, message, params: { next } });
    if (file.owner === file.approver) wrong(['approver'], 'expected someone other than the owner', 'name another role');
    if (file.reviewBy <= file.approved)
      wrong(['reviewBy'], `expected a day after approved, ${file.approved}`, 'name a later day');
    const seen = new Set<string>();
    const documents = new Set((file.documents ?? []).map(({ id }) => id));
    const certificates = new Set((file.inherited ?? []).map(({ id }) => id));
    file.claims.forEach(({ control, documents: named = [], inherits = [] }, index) => {
      if (seen.has(control))
        wrong(['claims', index, 'control'], `expected each control once, found ${control} a second time`, 'remove one');
      seen.add(control);
      for (const id of named)
        if (!documents.has(id))
          wrong(['claims', index, 'documents'], `expected a document listed in documents, found ${id}`, 'list it');
      for (const id of inherits)
        if (!certificates.has(id))
          wrong(['claims', index, 'inherits'], `expected a certificate listed in inherited, found ${id}`, 'list it');
    });
    const missing = controlIds.filter((id) => !seen.has(id));
    if (missing.length > 0)
      wrong(
        ['claims'],
        `expected all ${controlIds.length} controls of Annex A, found ${seen.size}: ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''} missing`,
        'add them; a control nobody looked at has the status not-assessed',
      );
  })
  .meta({ title: 'Claims', description: 'claims.yaml: what the organisation says of each control.' });
export type Claims = z.infer<typeof claims>;
