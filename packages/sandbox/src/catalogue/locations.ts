import type { Location } from './types.ts';

/**
 * The six locations. Ids, names, descriptions and network zones are those the acceptance tests of the Terraform provider
 * expect (hetznercloud/terraform-provider-hcloud v1.68.0, internal/location/data_source_test.go); the coordinates of
 * Falkenstein stand in hcloud-go's schema tests, the others are those of the cities.
 */
export const locations: readonly Location[] = [
  {
    id: 1,
    name: 'fsn1',
    description: 'Falkenstein DC Park 1',
    country: 'DE',
    city: 'Falkenstein',
    latitude: 50.47612,
    longitude: 12.370071,
    network_zone: 'eu-central',
  },
  {
    id: 2,
    name: 'nbg1',
    description: 'Nuremberg DC Park 1',
    country: 'DE',
    city: 'Nuremberg',
    latitude: 49.452102,
    longitude: 11.076665,
    network_zone: 'eu-central',
  },
  {
    id: 3,
    name: 'hel1',
    description: 'Helsinki DC Park 1',
    country: 'FI',
    city: 'Helsinki',
    latitude: 60.169855,
    longitude: 24.938379,
    network_zone: 'eu-central',
  },
  {
    id: 4,
    name: 'ash',
    description: 'Ashburn, VA',
    country: 'US',
    city: 'Ashburn, VA',
    latitude: 39.045821,
    longitude: -77.487073,
    network_zone: 'us-east',
  },
  {
    id: 5,
    name: 'hil',
    description: 'Hillsboro, OR',
    country: 'US',
    city: 'Hillsboro, OR',
    latitude: 45.54222,
    longitude: -122.951924,
    network_zone: 'us-west',
  },
  {
    id: 6,
    name: 'sin',
    description: 'Singapore',
    country: 'SG',
    city: 'Singapore',
    latitude: 1.283333,
    longitude: 103.833333,
    network_zone: 'ap-southeast',
  },
];

export type LocationName = 'fsn1' | 'nbg1' | 'hel1' | 'ash' | 'hil' | 'sin';

export const europe: readonly LocationName[] = ['fsn1', 'nbg1', 'hel1'];
export const america: readonly LocationName[] = ['ash', 'hil'];
export const everywhere: readonly LocationName[] = [...europe, ...america, 'sin'];

/** @throws Error for a name that is no location */
export function locationNamed(name: string): Location {
  const location = locations.find((candidate) => candidate.name === name);
  if (location === undefined) throw new Error(`no location ${name}`);
  return location;
}
