import type { LocationName } from './locations.ts';
import type { LocationPrice, Price, TrafficPrice } from './types.ts';

/** Per cent; what the API description shows. */
export const vatRate = 19;

/** Hetzner caps a month at as many hours' prices; found by dividing one of its monthly prices by its hourly one. */
const billedHours = 624;
const tebibyte = 2 ** 40;

/** A price of whole ten-thousandths of a euro: ten places net, sixteen gross, as the API writes them. */
export function price(tenThousandths: number): Price {
  const gross = tenThousandths * (100 + vatRate);
  return { net: decimal(tenThousandths, 4, 10), gross: decimal(gross, 6, 16) };
}

/** The monthly price and what follows from it by the hour. */
export function locationPrice(location: LocationName, monthlyCents: number): LocationPrice {
  const monthly = Math.round(monthlyCents * abroad(location)) * 100;
  return { location, price_hourly: price(Math.round(monthly / billedHours)), price_monthly: price(monthly) };
}

export function trafficPrice(location: LocationName, monthlyCents: number): TrafficPrice {
  const inEurope = abroad(location) === 1;
  return {
    ...locationPrice(location, monthlyCents),
    included_traffic: (inEurope ? 20 : 1) * tebibyte,
    price_per_tb_traffic: price(location === 'sin' ? 74_000 : 10_000),
  };
}

/** How much dearer the same is outside Europe. Realistic, not Hetzner's list. */
function abroad(location: LocationName): number {
  if (location === 'sin') return 1.72;
  return location === 'ash' || location === 'hil' ? 1.08 : 1;
}

function decimal(units: number, places: number, padded: number): string {
  const digits = String(units).padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places).padEnd(padded, '0')}`;
}
