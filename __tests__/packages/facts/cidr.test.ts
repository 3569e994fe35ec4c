import fc from 'fast-check';
import { contains, coversWorld, isPrivate, isWorld, parseBlock } from '../../../packages/facts/src/cidr.ts';

const blocks = (...texts: string[]) => texts.flatMap((text) => parseBlock(text) ?? []);

it.each([
  [['0.0.0.0/0'], 4],
  [['::/0'], 6],
  [['0.0.0.0/1', '128.0.0.0/1'], 4],
  [['128.0.0.0/1', '0.0.0.0/2', '64.0.0.0/2'], 4],
  [['::/1', '8000::/1'], 6],
  [['0.0.0.0/1'], undefined],
  [['0.0.0.0/1', '128.0.0.1/32'], undefined],
  [['1.2.3.4/0'], 4],
  [['10.0.0.0/8', '192.168.0.0/16'], undefined],
  [[], undefined],
] as const)('%j covers %s', (texts, version) => {
  expect(coversWorld(blocks(...texts))).toBe(version);
});

it.each([
  '1.2.3',
  '1.2.3.4/33',
  '::1/129',
  '1::2::3',
  'a.b.c.d',
  '1.2.3.4/',
  '',
  '1.2.3.4/8/8',
  ':::',
  '12345::',
  '1:2:3:4:5:6:7:8:9',
])('%j is no block', (text) => {
  expect(parseBlock(text)).toBeUndefined();
});

it('reads every form of an IPv6 address', () => {
  expect(parseBlock('::ffff:192.0.2.1')).toEqual(parseBlock('::ffff:c000:201'));
  expect(parseBlock('1:2:3:4:5:6:7:8')?.first).toBe(parseBlock('1:2:3:4:5:6:7:8/128')?.last);
  expect(blocks('10.1.2.3', 'fd00::1', '8.8.8.8').map(isPrivate)).toEqual([true, true, false]);
});

it.each([
  ['::ffff:0:0/96', '0.0.0.0/0'],
  ['::FFFF:0.0.0.0/96', '0.0.0.0/0'],
  ['::ffff:128.0.0.0/97', '128.0.0.0/1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
])('%s is %s to the provider, whose net.IPNet prints it so', (mapped, plain) => {
  expect(parseBlock(mapped)).toEqual(parseBlock(plain));
});

it('a block that is wider than the mapped addresses stays one of IPv6', () => {
  expect(parseBlock('::ffff:0:0/95')?.version).toBe(6);
  expect(parseBlock('::/0')?.version).toBe(6);
});

it.each([
  [['64.0.0.0/2'], true],
  [['2000::/5'], true],
  [['64.0.0.0/3', '96.0.0.0/3'], true],
  [['64.0.0.0/3'], false],
  [['5.0.0.0/8', '2a00::/12'], false],
] as const)('%j is the internet: %s', (texts, is) => {
  expect(isWorld(blocks(...texts))).toBe(is);
});

it('a split of the world covers it, and with one part missing it does not', () => {
  const split = fc
    .integer({ min: 1, max: 6 })
    .chain((depth) => fc.tuple(fc.constant(depth), fc.nat({ max: 2 ** depth - 1 })));
  fc.assert(
    fc.property(split, ([depth, missing]) => {
      const parts = Array.from(
        { length: 2 ** depth },
        (_, index) => `${(index * 2 ** (8 - depth)).toString()}.0.0.0/${depth}`,
      );
      expect(coversWorld(blocks(...parts))).toBe(4);
      expect(coversWorld(blocks(...parts.filter((_, index) => index !== missing)))).toBeUndefined();
    }),
  );
});

it('a block holds its own addresses', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.nat({ max: 32 }), (address, bits) => {
      const [block, inner] = blocks(`${address}/${bits}`, address);
      if (block === undefined || inner === undefined) throw new Error(address);
      expect(contains(block, inner)).toBe(true);
    }),
  );
});
