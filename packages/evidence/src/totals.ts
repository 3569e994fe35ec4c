import type { EvidenceControl, EvidenceExport, EvidenceState } from '@lukko/formats';

/** In the order in which pages show them. */
export const states: readonly EvidenceState[] = [
  'failed',
  'open',
  'planned',
  'declared',
  'not-assessed',
  'not-evidenceable',
];

/** Counts per state and their share. Nothing here observes anything, so `observed` is 0 by type. */
export function totalsOf(controls: readonly EvidenceControl[]): EvidenceExport['totals'] {
  const entries = states.map((state) => [state, controls.filter((control) => control.state === state).length] as const);
  return {
    controls: controls.length,
    states: record(entries),
    percent: record(
      entries.map(([state, number]) => [state, Math.round((number / controls.length) * 1000) / 10] as const),
    ),
    observed: 0,
  };
}

function record(entries: readonly (readonly [EvidenceState, number])[]): Record<EvidenceState, number> {
  return Object.fromEntries(entries) as Record<EvidenceState, number>;
}
