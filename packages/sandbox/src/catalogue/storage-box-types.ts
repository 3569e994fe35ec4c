import type { LocationName } from './locations.ts';
import { locationPrice, price } from './prices.ts';
import type { StorageBoxType } from './types.ts';

const tebibyte = 2 ** 40;
const locations: readonly LocationName[] = ['fsn1', 'hel1'];

/**
 * Storage box types. **Realistic, not Hetzner's list**: id, size and limits of bx11 and that there are four types is held by
 * the acceptance tests of the Terraform provider (v1.68.0, internal/storageboxtype); the rest, and all prices, look alike.
 */
export const storageBoxTypes: readonly StorageBoxType[] = [
  type(1333, 'bx11', { size: 1, snapshots: 10, cents: 320 }),
  type(1334, 'bx21', { size: 5, snapshots: 20, cents: 1090 }),
  type(1335, 'bx31', { size: 10, snapshots: 30, cents: 2080 }),
  type(1336, 'bx41', { size: 20, snapshots: 40, cents: 4060 }),
];

interface Limits {
  /** TiB. */
  readonly size: number;
  readonly snapshots: number;
  readonly cents: number;
}

function type(id: number, name: string, { size, snapshots, cents }: Limits): StorageBoxType {
  return {
    id,
    name,
    description: name.toUpperCase(),
    snapshot_limit: snapshots,
    automatic_snapshot_limit: snapshots,
    subaccounts_limit: 100,
    size: size * tebibyte,
    prices: locations.map((location) => ({ ...locationPrice(location, cents), setup_fee: price(0) })),
    deprecation: null,
  };
}
