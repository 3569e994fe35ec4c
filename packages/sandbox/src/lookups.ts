import {
  isListed,
  isos,
  type Location,
  loadBalancerTypes,
  locations,
  pricing,
  type ServerType,
  type SystemImage,
  serverTypes,
  storageBoxTypes,
  systemImages,
} from './catalogue/index.ts';

/** What can be found by id or by name. */
interface Named {
  readonly id: number;
  readonly name: string;
}

type Find<T> = (idOrName: number | string) => T | undefined;

/** The id that a number or a text is, or NaN: `1e1` and ` 10` are no ids although JavaScript reads them as numbers. */
export const idIn = (idOrName: number | string): number =>
  typeof idOrName === 'number' || /^\d{1,16}$/.test(idOrName) ? Number(idOrName) : Number.NaN;

/** What resources ask of the catalogue. */
export const lookups = {
  location: finder(locations),
  serverType: finder(serverTypes),
  iso: finder(isos),
  loadBalancerType: finder(loadBalancerTypes),
  storageBoxType: finder(storageBoxTypes),
  networkZones: new Set(locations.map((location: Location) => location.network_zone)) as ReadonlySet<string>,
  /** An image by id, or by name for one architecture: both have images of the same name. */
  image: (idOrName: number | string, architecture?: string): SystemImage | undefined =>
    systemImages.find(
      (image) =>
        (image.id === idIn(idOrName) || image.name === idOrName) &&
        (architecture === undefined || image.architecture === architecture),
    ),
  /** Whether a location has servers of a type at an instant: always, for now sold out, or not at all or no longer. */
  supply: (type: ServerType, location: string, now: number): 'there' | 'sold out' | 'unsupported' => {
    const found = type.locations.find(({ name }) => name === location);
    const until = found?.deprecation?.unavailable_after;
    if (found === undefined || (until !== undefined && now >= Date.parse(until))) return 'unsupported';
    // What is being withdrawn is no longer recommended, and sold until then.
    return found.available || found.deprecation !== null ? 'there' : 'sold out';
  },
  locations,
  isos,
  images: systemImages,
  loadBalancerTypes,
  storageBoxTypes,
  listedServerTypes: (now: number): readonly ServerType[] => serverTypes.filter((type) => isListed(type, now)),
  pricing,
} as const;

export type Lookups = typeof lookups;

function finder<T extends Named>(list: readonly T[]): Find<T> {
  const byId = new Map(list.map((each) => [each.id, each]));
  const byName = new Map(list.map((each) => [each.name, each]));
  return (idOrName) => byName.get(String(idOrName)) ?? byId.get(idIn(idOrName));
}
