import type { EvidenceControl, EvidenceExport, EvidenceState } from '@lukko/formats';

/** In the order in which pages show them. */
export const states: readonly EvidenceState[] = [
  'failed',
  'overdue',
  'open',
  'observed',
  'planned',
  'declared',
  'attested',
  'inherited',
  'not-assessed',
  'not-evidenceable',
];

/** Counts per state and their share, and what is claimed beside it. Computed from the rows, never typed. */
export function totalsOf(controls: readonly EvidenceControl[]): EvidenceExport['totals'] {
  const entries = states.map((state) => [state, controls.filter((control) => control.state === state).length] as const);
  const claimed: Record<string, number> = {};
  for (const { claim, applicable } of controls) {
    const status = applicable === false ? 'not-applicable' : claim?.status;
    if (status !== undefined) claimed[status] = (claimed[status] ?? 0) + 1;
  }
  return {
    controls: controls.length,
    states: record(entries),
    percent: record(
      entries.map(([state, number]) => [state, Math.round((number / controls.length) * 1000) / 10] as const),
    ),
    observed: controls.filter(({ observed }) => observed !== undefined).length,
    claimed,
  };
}

function record(entries: readonly (readonly [EvidenceState, number])[]): Record<EvidenceState, number> {
  return Object.fromEntries(entries) as Record<EvidenceState, number>;
}
