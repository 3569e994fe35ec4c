import type { JoinedObligation, Obligation, Observation, Reconciled } from '@lukko/formats';
import { counts, type Observed } from './observe/current.ts';

/** Days an obligation may wait for somebody to look, once everything was deployed. */
const patience = 7;
const day = 24 * 60 * 60 * 1000;

function seenText(fact: Observation['facts'][string] | undefined): string {
  return (Array.isArray(fact) ? fact.join('; ') : String(fact ?? '')).slice(0, 200);
}

/**
 * Each unknown a gate let pass, with its age: discharged by the real observation that shows the attribute, overdue when nobody
 * looked in time. An attribute the observations do not carry stays open, and becomes overdue.
 */
export function joinObligations(
  obligations: readonly Obligation[],
  reconciled: readonly Reconciled[],
  observed: Observed | undefined,
  asOf: string,
): JoinedObligation[] {
  const subjects = new Map(
    reconciled.flatMap(({ address, id }) => (address === undefined ? [] : [[address, id] as const])),
  );
  const real = new Map<string, Observation>();
  for (const judged of observed?.judged ?? [])
    if (counts(judged)) real.set(judged.observation.subject.id, judged.observation);
  return obligations
    .map(({ rule, address, attribute, firstSeen, due }) => {
      const subject = subjects.get(address);
      const observation = subject === undefined ? undefined : real.get(subject);
      const name = attribute.slice(attribute.lastIndexOf('.') + 1).replace(/\[.*$/, '');
      const by = observation !== undefined && Object.hasOwn(observation.facts, name) ? observation.id : undefined;
      const ageDays =
        firstSeen.at === undefined ? 0 : Math.max(0, Math.floor((Date.parse(asOf) - Date.parse(firstSeen.at)) / day));
      const state = by !== undefined ? 'discharged' : ageDays > patience ? 'overdue' : 'open';
      return {
        rule,
        address,
        attribute,
        ...(firstSeen.at === undefined ? {} : { firstSeen: firstSeen.at }),
        ageDays,
        due,
        state: state as JoinedObligation['state'],
        ...(by === undefined ? {} : { by, saw: seenText(observation?.facts[name]) }),
      };
    })
    .sort((a, b) => (`${a.address}\0${a.attribute}\0${a.rule}` < `${b.address}\0${b.attribute}\0${b.rule}` ? -1 : 1));
}
