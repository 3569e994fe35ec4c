import { america, europe, everywhere, type LocationName, locationNamed } from './locations.ts';
import { trafficPrice } from './prices.ts';
import type { Architecture, Deprecation, ServerType, ServerTypeLocation } from './types.ts';

/** What the types of one line have in common. */
interface Line {
  readonly category: string;
  readonly cpu: 'shared' | 'dedicated';
  readonly architecture: Architecture;
  readonly locations: readonly LocationName[];
  readonly recommended: boolean;
  /** Where the line is being withdrawn. */
  readonly withdrawn?: { readonly from: readonly LocationName[]; readonly deprecation: Deprecation };
  /** Old lines are written with a space: `CPX 11`. */
  readonly spaced?: true;
}

/** Name, id, cores, memory, disk, monthly net price in cents. */
type Row = readonly [name: string, id: number, cores: number, memory: number, disk: number, cents: number];

const oldCpx: Line = {
  category: 'regular_purpose',
  cpu: 'shared',
  architecture: 'x86',
  locations: [...europe, ...america],
  recommended: false,
  withdrawn: {
    from: europe,
    deprecation: { announced: '2025-10-16T06:00:00Z', unavailable_after: '2026-01-01T00:00:00Z' },
  },
  spaced: true,
};
const cpx: Line = {
  category: 'regular_purpose',
  cpu: 'shared',
  architecture: 'x86',
  locations: [...europe, 'sin'],
  recommended: true,
};
const cx: Line = {
  category: 'cost_optimized',
  cpu: 'shared',
  architecture: 'x86',
  locations: europe,
  recommended: true,
};
const cax: Line = { ...cx, architecture: 'arm' };
const ccx: Line = {
  category: 'general_purpose',
  cpu: 'dedicated',
  architecture: 'x86',
  locations: everywhere,
  recommended: true,
};
const gone: Line = {
  category: 'cost_optimized',
  cpu: 'shared',
  architecture: 'x86',
  locations: europe,
  recommended: false,
  withdrawn: {
    from: europe,
    deprecation: { announced: '2024-06-06T12:00:00Z', unavailable_after: '2024-09-06T00:00:00Z' },
  },
};

const rows: readonly (readonly [Line, readonly Row[]])[] = [
  [gone, [['cx11', 1, 1, 2, 20, 329]]],
  [
    oldCpx,
    [
      ['cpx11', 22, 2, 2, 40, 449],
      ['cpx21', 23, 3, 4, 80, 849],
      ['cpx31', 24, 4, 8, 160, 1549],
      ['cpx41', 25, 8, 16, 240, 2849],
      ['cpx51', 26, 16, 32, 360, 5999],
    ],
  ],
  [
    cax,
    [
      ['cax11', 45, 2, 4, 40, 599],
      ['cax21', 93, 4, 8, 80, 1049],
      ['cax31', 94, 8, 16, 160, 1999],
      ['cax41', 95, 16, 32, 320, 3999],
    ],
  ],
  [
    ccx,
    [
      ['ccx13', 96, 2, 8, 80, 4299],
      ['ccx23', 97, 4, 16, 160, 8599],
      ['ccx33', 98, 8, 32, 240, 13849],
      ['ccx43', 99, 16, 64, 360, 27599],
      ['ccx53', 100, 32, 128, 600, 54999],
      ['ccx63', 101, 48, 192, 960, 82499],
    ],
  ],
  [
    cpx,
    [
      ['cpx12', 108, 1, 2, 40, 1149],
      ['cpx22', 109, 2, 4, 80, 1949],
      ['cpx32', 110, 4, 8, 160, 3549],
      ['cpx42', 111, 8, 16, 320, 6949],
      ['cpx52', 112, 12, 24, 480, 10049],
      ['cpx62', 113, 16, 32, 640, 12999],
    ],
  ],
  [
    cx,
    [
      ['cx23', 114, 2, 4, 40, 549],
      ['cx33', 115, 4, 8, 80, 849],
      ['cx43', 116, 8, 16, 160, 1599],
      ['cx53', 117, 16, 32, 320, 2949],
    ],
  ],
];

/** Supported but sold out, so that a stack meets it without a fault being set. */
const soldOut: Readonly<Record<string, readonly LocationName[]>> = { cax41: ['nbg1'], ccx63: ['hil', 'sin'] };

/**
 * Server types. **Realistic, not Hetzner's list**: cpx22 (id, size, four locations), cpx11 (id, size), the id of cpx21 and the
 * fate of cx11 are held by the acceptance tests of the Terraform provider (v1.68.0, internal/servertype and internal/server),
 * the id of cpx32 was found in a test of a public repository; European prices of cx23–53, cpx22–62 and ccx13–43 and their sizes
 * follow somebody's snapshot of 2026-09-08 in a public repository. Every other id, price and date, all prices outside
 * Europe and what is sold out are made up to look alike. Sorted by id, as the API answers.
 */
export const serverTypes: readonly ServerType[] = rows
  .flatMap(([line, types]) => types.map((row) => serverType(line, row)))
  .sort((a, b) => a.id - b.id);

function serverType(line: Line, [name, id, cores, memory, disk, cents]: Row): ServerType {
  const everywhereWithdrawn = line.withdrawn !== undefined && line.withdrawn.from.length === line.locations.length;
  return {
    id,
    name,
    description: line.spaced ? name.toUpperCase().replace(/(?=\d)/, ' ') : name.toUpperCase(),
    category: line.category,
    cores,
    memory,
    disk,
    storage_type: 'local',
    cpu_type: line.cpu,
    architecture: line.architecture,
    included_traffic: 0,
    prices: line.locations.map((location) => trafficPrice(location, cents)),
    locations: line.locations.map((location) => typeLocation(line, name, location)),
    deprecated: everywhereWithdrawn,
    deprecation: everywhereWithdrawn ? (line.withdrawn?.deprecation ?? null) : null,
  };
}

function typeLocation(line: Line, name: string, location: LocationName): ServerTypeLocation {
  const deprecation = line.withdrawn?.from.includes(location) ? line.withdrawn.deprecation : null;
  const available = deprecation === null && soldOut[name]?.includes(location) !== true;
  return {
    id: locationNamed(location).id,
    name: location,
    available,
    recommended: available && line.recommended,
    deprecation,
  };
}

/**
 * Whether a list answers the type at that moment: once it is unavailable in every location the API finds it by id only.
 *
 * @param now milliseconds since 1970
 */
export function isListed({ locations }: ServerType, now: number): boolean {
  return locations.some(({ deprecation }) => deprecation === null || Date.parse(deprecation.unavailable_after) > now);
}
