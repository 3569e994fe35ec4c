import fc from 'fast-check';
import {
  contains,
  formatAddress,
  isPrivate,
  overlaps,
  parseAddress,
  parseRange,
  type Range,
} from '../../../packages/sandbox/src/ipv4.ts';

const range = (text: string): Range => {
  const found = parseRange(text);
  if (found === undefined) throw new Error(text);
  return found;
};

test.each([
  ['10.0.0.0'],
  ['10.0.0.1/24'],
  ['10.0.0.0/33'],
  ['10.0.0.0/'],
  ['10.0.0/8'],
  ['256.0.0.0/8'],
  ['10.0.0.0/8/8'],
  ['::/0'],
  [''],
])('%j is no range', (text) => {
  expect(parseRange(text)).toBeUndefined();
});

test('an address is what it was before it was a number', () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      expect(formatAddress(parseAddress(text) ?? -1)).toBe(text);
    }),
  );
});

test('ranges contain and overlap', () => {
  expect(contains(range('10.0.0.0/8'), range('10.255.255.0/24'))).toBe(true);
  expect(contains(range('10.0.0.0/24'), range('10.0.0.0/8'))).toBe(false);
  expect(overlaps(range('10.0.0.0/24'), range('10.0.1.0/24'))).toBe(false);
  expect(overlaps(range('10.0.0.0/16'), range('10.0.1.0/24'))).toBe(true);
});

test.each([
  ['10.0.0.0/8', true],
  ['172.16.0.0/12', true],
  ['172.32.0.0/16', false],
  ['192.168.0.0/16', true],
  ['0.0.0.0/0', false],
])('%s is private: %s', (text, expected) => {
  expect(isPrivate(range(text))).toBe(expected);
});
