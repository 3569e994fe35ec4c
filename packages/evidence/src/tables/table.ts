import type { Facts } from '@lukko/facts';
import type { Claims, EvidenceExport, EvidenceProfile, RegisterEntry } from '@lukko/formats';
import type { ClaimsInput } from '../claims/held.ts';
import type { PayloadProof } from '../payload-proof.ts';

/** One table of an export: a page, a CSV and a JSON file are made of the same rows. */
export interface Table {
  /** File name without its ending. */
  readonly name: string;
  readonly title: string;
  /** What it shows, and what it does not. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The least confidential profile it stands in. */
  readonly from: EvidenceProfile;
  /** Columns that the profile `public` leaves out. */
  readonly notPublic?: readonly string[];
}

export interface TablesInput {
  readonly evidence: EvidenceExport;
  readonly facts: readonly Facts[];
  readonly services: readonly RegisterEntry[];
  readonly payloads?: readonly PayloadProof[];
  readonly claims?: Claims;
  /** The claims with the statements and certificates they name, and who may sign. */
  readonly held?: ClaimsInput;
  /** SHA-256 of the documents that are there, by the path in the claims. */
  readonly documents?: ReadonlyMap<string, string>;
}

/** Sorted, without rows that stand twice: two stacks may say the same. */
export function distinct(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const seen = new Map(rows.map((row) => [row.join('\0'), row]));
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

const ranks: readonly EvidenceProfile[] = ['public', 'nda', 'auditor'];

/** Whether a profile shows what is meant for an audience. */
export function mayRead(profile: EvidenceProfile, audience: EvidenceProfile): boolean {
  return ranks.indexOf(profile) >= ranks.indexOf(audience);
}

/** `true`, `false` or `unknown` in words of evidence. */
export function shown(is: boolean | 'unknown'): string {
  return is === 'unknown' ? 'not proven' : is ? 'holds' : 'fails';
}
