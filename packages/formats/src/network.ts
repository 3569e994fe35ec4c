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

/** Whether the text has bits set behind its prefix: 10.20.1.7/24, 2001:db8::1/32. */
export function hasHostBits(text: string): boolean {
  if (text.includes(':')) return hasHostBits6(text);
  const network = readNetwork(text);
  const address = readNetwork(text.split('/')[0] ?? '');
  return network !== undefined && address !== undefined && network.first !== address.first;
}

/** The same for IPv6 (RFC 4291, §2.2); false for what is no network, which is reported elsewhere. */
function hasHostBits6(text: string): boolean {
  const [address = '', bits = '128'] = text.split('/');
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const pair = (high: number, low: number): string =>
    (Number(dotted?.[high]) * 256 + Number(dotted?.[low])).toString(16);
  const plain = dotted === null ? address : `${dotted[1]}${pair(2, 3)}:${pair(4, 5)}`;
  const [head = [], tail = []] = plain.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const missing = new Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  const value = [...head, ...missing, ...tail].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
  return value % (1n << (128n - BigInt(bits))) !== 0n;
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
