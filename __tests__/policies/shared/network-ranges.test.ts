import { parseBlock } from '@lukko/facts';
import type { Resource } from '@lukko/terraform-model';
import fc from 'fast-check';
import { networksOf, overlapping } from '../../../policies/shared/network-ranges.ts';
import { factsOf } from '../../packages/facts/sample.ts';

function graphOf(ranges: readonly string[]) {
  const networks = Object.fromEntries(ranges.map((range, index) => [`n${index}`, { name: 'n', ip_range: range }]));
  return factsOf({ resource: { hcloud_network: networks } }).graph;
}

/** Every pair compared: what the index must find. */
function compared(own: string, networks: readonly Resource[]): readonly string[] {
  const block = parseBlock(own);
  return networks.flatMap((network) => {
    const theirs = parseBlock(network.attr('ip_range').text ?? '');
    if (block === undefined || theirs === undefined || theirs.version !== block.version) return [];
    return theirs.first <= block.last && block.first <= theirs.last ? [network.id] : [];
  });
}

const byte = fc.integer({ min: 0, max: 3 });
const four = fc
  .tuple(byte, byte, byte, fc.integer({ min: 0, max: 32 }))
  .map(([a, b, c, bits]) => `10.${a}.${b}.${c}/${bits}`);
const six = fc.tuple(byte, byte, fc.integer({ min: 0, max: 128 })).map(([a, b, bits]) => `fd00:${a}::${b}/${bits}`);

test('finds what comparing every pair finds, in the order of the graph', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(four, six), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      (ranges, kept) => {
        const graph = graphOf(ranges);
        const networks = networksOf(graph);
        for (const range of ranges) {
          const block = parseBlock(range);
          if (block === undefined) throw new Error(range);
          const all = compared(range, graph.all('hcloud_network'));
          const found = overlapping(block, networks, kept);
          expect(found.of).toBe(all.length);
          expect(found.first.map(({ id }) => id)).toEqual(all.slice(0, kept));
        }
      },
    ),
    { numRuns: 100, seed: 4 },
  );
});
