import type { Finding, Waiver } from '@lukko/formats';
import type { AllowedSigner } from './approval/allowed-signers.ts';
import { notApproved } from './approval/approval.ts';
import { fingerprint } from './fingerprint.ts';
import type { Rule, Severity } from './rule.ts';

/** What the engine itself finds about waivers; not rules, since they judge no resource and cannot be waived. */
export const waiverFindings = {
  'waiver-expired': {
    severity: 'medium',
    fix: 'fix the finding it excused, or have it approved again with a new date',
  },
  'waiver-unused': { severity: 'low', fix: 'remove it from the waivers' },
  'waiver-unapproved': {
    severity: 'high',
    fix: 'let its approver sign the text `lukko waiver <id>` prints: ssh-keygen -Y sign -n lukko-waiver -f <key>',
  },
  'waiver-refused': { severity: 'medium', fix: 'remove it: this rule allows no exception' },
} as const satisfies Record<string, { severity: Severity; fix: string }>;

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

function about(waiver: Waiver, rule: keyof typeof waiverFindings, message: string, input: WaiverInput): Finding {
  const at = `${waiver.rule} ${waiver.address}`;
  return {
    rule,
    verdict: 'fail',
    severity: waiverFindings[rule].severity,
    address: waiver.id,
    at,
    message,
    file: input.file,
    because: [{ at: waiver.id, saw: `${at}, expires ${waiver.expires}, judged as of ${input.asOf}` }],
    reasons: 1,
    controls: [],
    fix: waiverFindings[rule].fix,
    fingerprint: fingerprint(rule, waiver.id, at),
  };
}
