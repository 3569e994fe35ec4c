import { loadBalancerTypes } from './load-balancer-types.ts';
import { everywhere } from './locations.ts';
import { locationPrice, price, vatRate } from './prices.ts';
import { isListed, serverTypes } from './server-types.ts';
import type { LocationPrice, Price, TrafficPrice } from './types.ts';

interface TypePrices {
  readonly id: number;
  readonly name: string;
  readonly prices: readonly TrafficPrice[];
}

interface Pricing {
  readonly currency: string;
  readonly vat_rate: string;
  readonly image: { readonly price_per_gb_month: Price };
  readonly volume: { readonly price_per_gb_month: Price };
  readonly floating_ip: { readonly price_monthly: Price };
  readonly floating_ips: readonly {
    readonly type: string;
    readonly prices: readonly Pick<LocationPrice, 'location' | 'price_monthly'>[];
  }[];
  readonly primary_ips: readonly { readonly type: string; readonly prices: readonly LocationPrice[] }[];
  readonly server_backup: { readonly percentage: string };
  readonly server_types: readonly TypePrices[];
  readonly load_balancer_types: readonly TypePrices[];
}

/** Ten-thousandths of a euro. */
const gigabyteMonth = { image: 143, volume: 572 };
/** Cents a month. */
const addresses = { floating: { ipv4: 300, ipv6: 100 }, primary: { ipv4: 50, ipv6: 0 } };

/**
 * What GET /pricing answers at a moment, for an owner in Germany. **Realistic, not Hetzner's list**: use it to try tools that
 * read prices, never to quote one.
 *
 * @param now milliseconds since 1970
 */
export function pricing(now: number): Pricing {
  const types = ['ipv4', 'ipv6'] as const;
  return {
    currency: 'EUR',
    vat_rate: vatRate.toFixed(2),
    image: { price_per_gb_month: price(gigabyteMonth.image) },
    volume: { price_per_gb_month: price(gigabyteMonth.volume) },
    floating_ip: { price_monthly: price(addresses.floating.ipv4 * 100) },
    floating_ips: types.map((type) => ({
      type,
      prices: everywhere.map((location) => {
        const { price_monthly } = locationPrice(location, addresses.floating[type]);
        return { location, price_monthly };
      }),
    })),
    primary_ips: types.map((type) => ({
      type,
      prices: everywhere.map((location) => locationPrice(location, addresses.primary[type])),
    })),
    server_backup: { percentage: '20.00' },
    server_types: serverTypes.filter((type) => isListed(type, now)).map(typePrices),
    load_balancer_types: loadBalancerTypes.map(typePrices),
  };
}

function typePrices({ id, name, prices }: TypePrices): TypePrices {
  return { id, name, prices };
}
