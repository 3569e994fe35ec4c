/** A block of addresses: first and last as integers, both included. */
export interface Block {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const WIDTH = { 4: 32n, 6: 128n } as const;

/** IPv4 inside IPv6 (RFC 4291, §2.5.5.2): `::ffff:0:0/96`. */
const MAPPED = 0xffffn;

/**
 * A CIDR block or one address (RFC 4632, RFC 4291); undefined when the text is neither. Host bits are cleared. A block of mapped
 * addresses is one of IPv4: Go's net.IPNet, by which the provider sends it on, prints `::ffff:0:0/96` as `0.0.0.0/0`.
 */
export function parseBlock(text: string): Block | undefined {
  const [address = '', bits, ...more] = text.trim().split('/');
  const version = address.includes(':') ? 6 : 4;
  const value = version === 6 ? parse6(address) : parse4(address);
  if (value === undefined || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  const width = WIDTH[version];
  const prefix = bits === undefined ? width : BigInt(bits);
  if (prefix > width) return undefined;
  const size = 1n << (width - prefix);
  const first = (value / size) * size;
  const last = first + size - 1n;
  if (version === 6 && first >> 32n === MAPPED && last >> 32n === MAPPED)
    return { version: 4, first: first & 0xffff_ffffn, last: last & 0xffff_ffffn };
  return { version, first, last };
}

function parse4(text: string): bigint | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.some((byte) => byte > 255) ? undefined : bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function parse6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (text.length > 45 || halves.length > 2) return undefined;
  const [head, tail] = halves.map(groups);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...new Array<number>(halves.length === 2 ? missing : 0).fill(0), ...(tail ?? [])];
  return all.reduce((sum, group) => sum * 65_536n + BigInt(group), 0n);
}

function groups(text: string): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts[parts.length - 1] ?? '';
  if (last.includes('.')) {
    const v4 = parse4(last);
    if (v4 === undefined) return undefined;
    parts.splice(-1, 1, (v4 >> 16n).toString(16), (v4 & 0xffffn).toString(16));
  }
  return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))
    ? parts.map((part) => Number.parseInt(part, 16))
    : undefined;
}

/** What is routed on the internet at all: of IPv6 only 2000::/3 (IANA, IPv6 Global Unicast Address Space). */
const ROUTED = { 4: '0.0.0.0/0', 6: '2000::/3' } as const;

/**
 * Whether blocks together hold every address of one IP version that is routed: `0.0.0.0/0`, two halves, or any set that leaves no
 * gap. Leaving out only what is never routed within IPv4 (RFC 6890) would be worth little, so a gap of any size counts there.
 */
export function coversWorld(blocks: readonly Block[]): 4 | 6 | undefined {
  for (const version of [4, 6] as const) {
    const sorted = blocks
      .filter((block) => block.version === version)
      .sort((left, right) => (left.first < right.first ? -1 : 1));
    const world = parseBlock(ROUTED[version]);
    let next = world?.first ?? 0n;
    for (const block of sorted) {
      if (block.first > next) break;
      if (block.last >= next) next = block.last + 1n;
    }
    if (world !== undefined && next > world.last) return version;
  }
  return undefined;
}

/** Share of the routed address space of its version that blocks hold, from 0 to 1, counted without overlaps. */
export function shareOfWorld(blocks: readonly Block[], version: 4 | 6): number {
  const sorted = blocks
    .filter((block) => block.version === version)
    .sort((left, right) => (left.first < right.first ? -1 : 1));
  const world = parseBlock(ROUTED[version]);
  if (world === undefined) return 0;
  let next = world.first;
  let held = 0n;
  for (const { first, last } of sorted) {
    let from = first;
    if (from < next) from = next;
    let to = last;
    if (to > world.last) to = world.last;
    if (to < from) continue;
    held += to - from + 1n;
    next = to + 1n;
  }
  return Number((held * 1_000_000n) / (world.last - world.first + 1n)) / 1_000_000;
}

/** From this share of one version's addresses on, it is the internet that is let in and no network anybody could name. */
const WORLD = 0.25;

/**
 * Whether blocks together are the internet: all that is routed of IPv4 or IPv6, or a quarter of it and more, since the other halves, thirds or
 * quarters may stand in another rule, or in another firewall that this input does not show.
 */
export function isWorld(blocks: readonly Block[]): boolean {
  return coversWorld(blocks) !== undefined || shareOfWorld(blocks, 4) >= WORLD || shareOfWorld(blocks, 6) >= WORLD;
}

export function contains(block: Block, inner: Block): boolean {
  return block.version === inner.version && block.first <= inner.first && inner.last <= block.last;
}

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].flatMap((text) => parseBlock(text) ?? []);

/** RFC 1918 and RFC 4193: not reachable from the internet. */
export function isPrivate(block: Block): boolean {
  return PRIVATE.some((each) => contains(each, block));
}
