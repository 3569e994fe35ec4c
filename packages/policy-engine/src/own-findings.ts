import type { Finding } from '@lukko/formats';
import { fingerprint } from './fingerprint.ts';
import type { Severity } from './rule.ts';

/** What the engine itself finds: about waivers, the baseline and coverage. Not rules, since they judge no resource; nothing excuses them. */
export const ownFindings = {
  'waiver-expired': {
    title: 'Waivers are within their time',
    severity: 'medium',
    fix: 'fix the finding it excused, or have it approved again with a new date',
  },
  'waiver-unused': { title: 'Every waiver excuses something', severity: 'low', fix: 'remove it from the waivers' },
  'waiver-unapproved': {
    title: 'Waivers are approved',
    severity: 'high',
    fix: 'let its approver sign the text `lukko waiver <id>` prints: ssh-keygen -Y sign -n lukko-waiver -f <key>',
  },
  'waiver-refused': {
    title: 'Waivers name rules that may be waived',
    severity: 'medium',
    fix: 'remove it: this rule allows no exception',
  },
  'baseline-expired': {
    title: 'What the baseline accepts is within its time',
    severity: 'medium',
    fix: 'fix the finding it accepted, or write the baseline again: lukko baseline write',
  },
  'coverage-below-minimum': {
    title: 'Rules looked at as much as was asked for',
    severity: 'high',
    fix: 'see what no rule looked at, and write a rule for it (--rules), or lower --min-coverage',
  },
} as const satisfies Record<string, { title: string; severity: Severity; fix: string }>;

export type OwnFinding = keyof typeof ownFindings;

export function isOwnFinding(rule: string): rule is OwnFinding {
  return Object.hasOwn(ownFindings, rule);
}

/** A finding of the engine about one entry of a file. */
export function ownFinding(
  rule: OwnFinding,
  about: {
    readonly address: string;
    readonly at?: string;
    readonly message: string;
    readonly file: string;
    readonly saw: string;
  },
): Finding {
  const { address, at, message, file, saw } = about;
  return {
    rule,
    verdict: 'fail',
    severity: ownFindings[rule].severity,
    address,
    ...(at === undefined ? {} : { at }),
    message,
    file,
    because: [{ at: address, saw }],
    reasons: 1,
    controls: [],
    fix: ownFindings[rule].fix,
    fingerprint: fingerprint(rule, address, at),
  };
}
