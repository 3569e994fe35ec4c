import type { KeyOrigin } from '../types.ts';
import { hasHole } from './marked.ts';

const PINS_DEEPEST = 4;

/**
 * Who can open what clevis sealed (clevis-decrypt(1)): a JWE in compact form (RFC 7516, §3.1) whose protected header names the pin. With Tang the
 * key is exchanged over the network, and the text itself, which anybody may read, opens nothing; with a threshold (`sss`) all parts must be so.
 */
export function sealedKey(text: string): KeyOrigin | undefined {
  const packed = text.trim();
  if (hasHole(packed) || packed.length > 65_536 || packed.split('.').length !== 5) return undefined;
  return pinOf(packed, 0);
}

function pinOf(jwe: string, depth: number): KeyOrigin | undefined {
  const clevis = member(header(jwe), 'clevis');
  const pin = member(clevis, 'pin');
  switch (pin) {
    case 'tang': {
      const url = member(member(clevis, 'tang'), 'url');
      return { is: true, saw: `sealed by clevis to Tang${typeof url === 'string' ? ` at ${url.slice(0, 120)}` : ''}` };
    }
    case 'sss': {
      const parts = member(member(clevis, 'sss'), 'jwe');
      if (depth >= PINS_DEEPEST || !Array.isArray(parts) || parts.length === 0 || parts.length > 32) return undefined;
      const pins = parts.map((part) => (typeof part === 'string' ? pinOf(part, depth + 1) : undefined));
      return pins.every((each) => each?.is === true)
        ? { is: true, saw: `sealed by clevis to ${parts.length} Tang servers together` }
        : (pins.find((each) => each?.is === false) ?? pins.find((each) => each?.is === 'unknown'));
    }
    case 'null':
      return { is: false, saw: 'sealed by clevis to nobody (pin null)' };
    case 'tpm2':
      return { is: 'unknown', saw: 'sealed by clevis to a TPM, which this machine is not shown to have' };
    default:
      return undefined;
  }
}

/** The protected header: base64url of a JSON object. */
function header(jwe: string): unknown {
  const [first = ''] = jwe.split('.');
  if (!/^[A-Za-z0-9_-]+$/.test(first)) return undefined;
  try {
    return JSON.parse(Buffer.from(first, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function member(holder: unknown, key: string): unknown {
  return holder !== null && typeof holder === 'object' && Object.hasOwn(holder, key)
    ? (holder as Record<string, unknown>)[key]
    : undefined;
}
