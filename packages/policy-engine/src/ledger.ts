import type { Obligation } from '@lukko/formats';
import type { Gate } from './obligations.ts';

/**
 * The ledger of obligations after one gate let something pass: `found` are those it saw. One that stood there before keeps its
 * first sighting; one this gate looked for and no longer sees is settled or gone, and leaves. What only a plan could show is
 * never taken back by a synth.
 *
 * @param covers whether this gate looked at an address: the plan gate sees one stack
 * @param at instant of this run, for what is seen for the first time
 */
export function mergeObligations(
  ledger: readonly Obligation[],
  found: readonly Obligation[],
  { gate, covers, at }: { readonly gate: Gate; readonly covers: (address: string) => boolean; readonly at: string },
): readonly Obligation[] {
  const key = ({ rule, address, attribute }: Obligation) => JSON.stringify([rule, address, attribute]);
  const merged = new Map<string, Obligation>();
  for (const one of ledger) {
    if (!covers(one.address) || (gate === 'synth' && one.due === 'live')) merged.set(key(one), one);
  }
  const before = new Map(ledger.map((one) => [key(one), one]));
  for (const one of found) {
    const known = before.get(key(one));
    merged.set(key(one), {
      ...one,
      firstSeen: known?.firstSeen ?? { ...one.firstSeen, at },
      due: known?.due === 'live' ? 'live' : one.due,
    });
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, one]) => one);
}
