/** An IPv4 network as two numbers: the first address and how many addresses it holds. */
interface Range {
  readonly first: number;
  readonly size: number;
}

/** Undefined when the text is no IPv4 network (an address alone counts as one of a single address). */
export function readNetwork(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1, 5).map(Number);
  const bits = match[5] === undefined ? 32 : Number(match[5]);
  if (bits > 32 || parts.some((part) => part > 255)) return undefined;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - bits);
  return { first: address - (address % size), size };
}

/** Whether the text has bits set behind its prefix: 10.20.1.7/24. */
export function hasHostBits(text: string): boolean {
  const network = readNetwork(text);
  const address = readNetwork(text.split('/')[0] ?? '');
  return network !== undefined && address !== undefined && network.first !== address.first;
}

/** Whether `inner` (network or address) lies wholly inside `outer`; true when either has another form, which is reported elsewhere. */
export function isInside(inner: string, outer: string): boolean {
  const a = readNetwork(inner);
  const b = readNetwork(outer);
  if (a === undefined || b === undefined) return true;
  return a.first >= b.first && a.first + a.size <= b.first + b.size;
}

/** The address `count` places after the first, or before the end when negative. */
export function nth(network: string, count: number): string | undefined {
  const range = readNetwork(network);
  if (range === undefined) return undefined;
  const number = count < 0 ? range.first + range.size + count : range.first + count;
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** The networks of RFC 1918, which are all that Hetzner's private networks accept (https://docs.hetzner.com/cloud/networks/faq). */
export function isPrivate(network: string): boolean {
  return (
    readNetwork(network) === undefined ||
    ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].some((block) => isInside(network, block))
  );
}
