import { generatePrimeSync, randomBytes } from 'node:crypto';
import type { Advertisement } from './advertisement.ts';
import { encryptTo, encryptWith } from './jwe.ts';

/** A Tang server to seal to: where whoever opens asks it, and what it advertises. */
export interface Tang {
  readonly url: string;
  readonly advertisement: Advertisement;
}

const BYTES = 32;

/**
 * Seals bytes so that any `threshold` of the Tang servers open them: what `clevis encrypt sss '{"t":…,"pins":{"tang":[…]}}'` makes
 * and `clevis decrypt` opens (clevis 20, src/pins/sss and src/pins/tang). No server is asked: their advertisements are enough.
 */
export function sealToTangs(threshold: number, tangs: readonly Tang[], plain: Uint8Array): string {
  if (threshold < 1 || threshold > tangs.length)
    throw new RangeError(`threshold ${threshold} of ${tangs.length} servers`);
  const prime = generatePrimeSync(BYTES * 8, { bigint: true });
  // Shamir's scheme: the key is the polynomial's constant, each server guards one point of it.
  const coefficients = Array.from({ length: threshold }, () => below(prime));
  const jwe = tangs.map(({ url, advertisement }) => {
    const x = below(prime);
    const y = coefficients.reduceRight((sum, coefficient) => (sum * x + coefficient) % prime, 0n);
    return encryptTo(advertisement.exchange, Buffer.concat([bytesOf(x), bytesOf(y)]), {
      clevis: { pin: 'tang', tang: { url, adv: { keys: advertisement.keys } } },
    });
  });
  const sss = { t: threshold, p: bytesOf(prime).toString('base64url'), jwe };
  return encryptWith(bytesOf(coefficients[0] ?? 0n), plain, { clevis: { pin: 'sss', sss } });
}

/** Evenly among 1 to prime − 1: drawn again while it is too large. */
function below(prime: bigint): bigint {
  for (;;) {
    const value = BigInt(`0x${randomBytes(BYTES).toString('hex')}`);
    if (value > 0n && value < prime) return value;
  }
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(BYTES * 2, '0'), 'hex');
}
