import { listAt, recordAt, textAt } from '../host/json.ts';
import { Refusal } from './refusal.ts';

/** Where the provider will send its requests, and with which token. */
export interface Asked {
  readonly endpoint: string;
  readonly token: string | undefined;
}

/** How long the API may take to say a price, in milliseconds: it is told for orientation, and nothing waits for it. */
const LONGEST = 5_000;

/**
 * What every server that a plan makes will cost a month, and whether its type can be had there now: a server that is replaced is
 * gone before it turns out that there is no other, and pays today's price.
 * @param plan what `terraform show -json` printed
 * @returns one line for each, also when the API does not say. @throws Refusal for a replacement by a type that is sold out
 */
export async function priceLines(plan: Uint8Array, asked: Asked): Promise<readonly string[]> {
  const made = serversMade(JSON.parse(Buffer.from(plan).toString('utf8')));
  if (made.length === 0) return [];
  const currency = textAt(await get(asked, '/pricing'), 'pricing', 'currency');
  const lines: string[] = [];
  for (const { address, type, location, replaces } of made) {
    const [found] = listAt(await get(asked, `/server_types?name=${encodeURIComponent(type)}`), 'server_types');
    const price = listAt(found, 'prices').find((each) => textAt(each, 'location') === location);
    const net = Number(textAt(price, 'price_monthly', 'net'));
    const there = listAt(found, 'locations').find((each) => textAt(each, 'name') === location);
    const available = recordAt({ there }, 'there').available;
    if (replaces && available === false)
      throw new Refusal(
        `${address} would be replaced, and ${type} cannot be had in ${location} now: it would be gone, and none would take its place`,
        'wait until the type is available, or declare another',
      );
    const cost =
      Number.isFinite(net) && currency !== undefined
        ? `${net.toFixed(2)} ${currency} a month without VAT`
        : 'price not known';
    const stock = available === true ? 'available' : available === false ? 'sold out now' : 'availability not known';
    lines.push(`lukko: ${address}: ${type} in ${location}: ${cost}, ${stock}`);
  }
  return lines;
}

function serversMade(plan: unknown): readonly { address: string; type: string; location: string; replaces: boolean }[] {
  return listAt(plan, 'resource_changes').flatMap((change) => {
    const actions = listAt(change, 'change', 'actions');
    if (textAt(change, 'type') !== 'hcloud_server' || !actions.includes('create')) return [];
    const after = recordAt(change, 'change', 'after');
    const [address, type, location] = [
      textAt(change, 'address'),
      textAt(after, 'server_type'),
      textAt(after, 'location'),
    ];
    if (address === undefined || type === undefined || location === undefined) return [];
    return [{ address, type, location, replaces: actions.includes('delete') }];
  });
}

/** One answer of the API, or undefined: a price that is not known stops nothing. */
async function get({ endpoint, token }: Asked, path: string): Promise<unknown> {
  if (token === undefined) return undefined;
  try {
    const answer = await fetch(`${endpoint}${path}`, {
      headers: { authorization: `Bearer ${token}`, 'user-agent': 'lukko' },
      redirect: 'error',
      signal: AbortSignal.timeout(LONGEST),
    });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}
