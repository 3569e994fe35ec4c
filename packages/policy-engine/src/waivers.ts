import type { Finding, Waiver } from '@lukko/formats';
import type { AllowedSigner } from './approval/allowed-signers.ts';
import { notApproved } from './approval/approval.ts';
import { type OwnFinding, ownFinding } from './own-findings.ts';
import type { Rule } from './rule.ts';

export interface WaiverInput {
  readonly waivers: readonly Waiver[];
  /** Calendar date, UTC: a waiver is good through the day it names. */
  readonly asOf: string;
  /** Who may approve; a signature is checked wherever there is one. */
  readonly approvers: readonly AllowedSigner[];
  /** Whether a waiver without a signature excuses nothing (eu-sovereign). */
  readonly signed: boolean;
  /** Where they stand, for the findings about them. */
  readonly file: string;
}

/**
 * Marks the findings that a valid waiver excuses, and adds what is wrong with the waivers themselves. A waiver matches by
 * rule and exact address; one that is expired, not approved, or names a rule that cannot be waived, excuses nothing.
 */
export function applyWaivers(
  findings: readonly Finding[],
  rules: readonly Rule[],
  input: WaiverInput,
): readonly Finding[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const own: Finding[] = [];
  const valid: Waiver[] = [];
  for (const waiver of input.waivers) {
    if (byId.get(waiver.rule)?.waivable === false) {
      own.push(
        about(waiver, 'waiver-refused', `waiver ${waiver.id} names ${waiver.rule}, which cannot be waived`, input),
      );
    } else if (waiver.expires < input.asOf) {
      own.push(
        about(waiver, 'waiver-expired', `waiver ${waiver.id} for ${waiver.rule} expired on ${waiver.expires}`, input),
      );
    } else {
      const why =
        input.signed || waiver.signature !== undefined ? notApproved(waiver, input.approvers, input.asOf) : undefined;
      if (why === undefined) valid.push(waiver);
      else own.push(about(waiver, 'waiver-unapproved', `waiver ${waiver.id} is not approved: ${why}`, input));
    }
  }
  const used = new Set<string>();
  const marked = findings.map((finding) => {
    if (finding.verdict !== 'fail' && finding.verdict !== 'unknown') return finding;
    const waiver = valid.find((candidate) => candidate.rule === finding.rule && candidate.address === finding.address);
    if (waiver === undefined) return finding;
    used.add(waiver.id);
    const { id, reason, owner, expires } = waiver;
    return { ...finding, waiver: { id, reason, owner, expires } };
  });
  for (const waiver of valid) {
    if (used.has(waiver.id)) continue;
    const why = byId.has(waiver.rule) ? 'excuses nothing' : `names ${waiver.rule}, which is no rule of this run`;
    own.push(about(waiver, 'waiver-unused', `waiver ${waiver.id} ${why}`, input));
  }
  return [...marked, ...own];
}

function about(waiver: Waiver, rule: OwnFinding, message: string, input: WaiverInput): Finding {
  const at = `${waiver.rule} ${waiver.address}`;
  const saw = `${at}, expires ${waiver.expires}, judged as of ${input.asOf}`;
  return ownFinding(rule, { address: waiver.id, at, message, file: input.file, saw });
}
