import type { Location } from './types.ts';

/**
 * Hetzner's cloud locations. Source: https://docs.hetzner.com/cloud/general/locations and, for network zones,
 * https://docs.hetzner.com/cloud/networks/faq (read 2026-11-21). Storage boxes stand in fsn1 and hel1.
 */
export const LOCATIONS: readonly Location[] = [
  { name: 'fsn1', city: 'Falkenstein', country: 'DE', networkZone: 'eu-central', eu: true },
  { name: 'nbg1', city: 'Nuremberg', country: 'DE', networkZone: 'eu-central', eu: true },
  { name: 'hel1', city: 'Helsinki', country: 'FI', networkZone: 'eu-central', eu: true },
  { name: 'ash', city: 'Ashburn', country: 'US', networkZone: 'us-east', eu: false },
  { name: 'hil', city: 'Hillsboro', country: 'US', networkZone: 'us-west', eu: false },
  { name: 'sin', city: 'Singapore', country: 'SG', networkZone: 'ap-southeast', eu: false },
];

/**
 * The location behind a name: `hel1`, a former datacenter such as `hel1-dc2`; undefined when Hetzner has none of that name. Its API knows names
 * in lower case only: `HEL1` is no place, and what is written so is never created.
 */
export function locationOf(name: string): Location | undefined {
  const short = name.replace(/-dc\d+$/, '');
  return LOCATIONS.find((location) => location.name === short);
}

/** Every location of a network zone; empty when Hetzner has no zone of that name. */
export function locationsOfZone(zone: string): readonly Location[] {
  return LOCATIONS.filter((location) => location.networkZone === zone);
}

/** Whether a whole zone lies in the EU; undefined for a zone that does not exist. */
export function zoneInEu(zone: string): boolean | undefined {
  const locations = locationsOfZone(zone);
  return locations.length === 0 ? undefined : locations.every((location) => location.eu);
}
