import { type Block, parseBlock } from '@lukko/facts';
import type { Cause, Graph, Resource, Value } from '@lukko/terraform-model';

/** Some networks in the order of the graph, the one that is asked about among them, and how many there are. */
export interface SomeNetworks {
  readonly first: readonly Resource[];
  readonly of: number;
}

interface Ranged {
  readonly network: Resource;
  readonly block: Block;
  /** Among all, in the order of the graph. */
  readonly position: number;
}
interface Networks {
  readonly ranged: readonly Ranged[];
  /** Those whose range is not known, and all causes why. */
  readonly unclear: readonly Resource[];
  readonly causes: readonly Cause[];
  /** By block, each in the order of the graph. */
  readonly byBlock: ReadonlyMap<string, readonly Ranged[]>;
  /** Each block once, by where it begins, the wider first. */
  readonly sorted: readonly Block[];
  readonly overlaps: Map<string, SomeNetworks>;
}

const known = new WeakMap<Graph, Networks>();

/** All networks of a graph, read once: a plan may hold thousands, and each is asked about all others. */
export function networksOf(graph: Graph): Networks {
  const found = known.get(graph) ?? readNetworks(graph);
  known.set(graph, found);
  return found;
}

function readNetworks(graph: Graph): Networks {
  const ranged: Ranged[] = [];
  const unclear: Resource[] = [];
  const byBlock = new Map<string, Ranged[]>();
  for (const network of graph.all('hcloud_network')) {
    if (network.mode !== 'managed' || network.change === 'delete') continue;
    const block = parseBlock(network.attr('ip_range').text ?? '');
    if (block === undefined) {
      unclear.push(network);
      continue;
    }
    const one = { network, block, position: ranged.length };
    ranged.push(one);
    const same = byBlock.get(key(block));
    if (same === undefined) byBlock.set(key(block), [one]);
    else same.push(one);
  }
  const sorted = [...byBlock.values()].flatMap(([one]) => (one === undefined ? [] : [one.block])).sort(byPlace);
  const causes = [...new Set(unclear.flatMap((network) => whyUnclear(network.attr('ip_range').value)))].sort();
  return { ranged, unclear, causes, byBlock, sorted, overlaps: new Map() };
}

export function whyUnclear(value: Value): readonly Cause[] {
  return value.state === 'unknown' ? value.causes : ['function'];
}

const key = ({ version, first, last }: Block): string => `${version} ${first} ${last}`;

function byPlace(a: Block, b: Block): number {
  if (a.version !== b.version) return a.version - b.version;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1;
}

/** Networks whose addresses are also the block's, itself among them. Two blocks share addresses only where one holds the other. */
export function overlapping(block: Block, networks: Networks, kept: number): SomeNetworks {
  const asked = key(block);
  const before = networks.overlaps.get(asked);
  if (before !== undefined) return before;
  const blocks = [...holding(block), ...inside(block, networks.sorted)];
  const groups = blocks.map((one) => networks.byBlock.get(key(one)) ?? []);
  const first = groups
    .flatMap((group) => group.slice(0, kept))
    .sort((a, b) => a.position - b.position)
    .slice(0, kept);
  const of = groups.reduce((sum, group) => sum + group.length, 0);
  const found = { first: first.map(({ network }) => network), of };
  networks.overlaps.set(asked, found);
  return found;
}

/** The blocks that hold this one: each of twice the size of the one before. */
function* holding({ version, first, last }: Block): Generator<Block> {
  const world = 1n << (version === 4 ? 32n : 128n);
  for (let size = (last - first + 1n) * 2n; size <= world; size *= 2n) {
    const start = (first / size) * size;
    yield { version, first: start, last: start + size - 1n };
  }
}

/** The block itself and those that lie in it, of blocks sorted by place. */
function* inside(block: Block, sorted: readonly Block[]): Generator<Block> {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (byPlace(sorted[middle] as Block, block) < 0) from = middle + 1;
    else to = middle;
  }
  for (let at = from; at < sorted.length; at++) {
    const one = sorted[at] as Block;
    if (one.version !== block.version || one.first > block.last) return;
    yield one;
  }
}
