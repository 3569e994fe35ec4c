import type { Severity } from '../rule.ts';

/** How each format calls a severity. Numbers: GitHub shows 9.0 and more as critical, 7.0 high, 4.0 medium, above 0 low. */
export const severities: {
  readonly [S in Severity]: {
    readonly sarif: 'error' | 'warning' | 'note';
    readonly score: string;
    readonly gitlab: 'blocker' | 'critical' | 'major' | 'minor';
  };
} = {
  critical: { sarif: 'error', score: '9.5', gitlab: 'blocker' },
  high: { sarif: 'error', score: '8.0', gitlab: 'critical' },
  medium: { sarif: 'warning', score: '5.5', gitlab: 'major' },
  low: { sarif: 'note', score: '2.0', gitlab: 'minor' },
};
