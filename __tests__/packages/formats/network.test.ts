import { BlockList } from 'node:net';
import fc from 'fast-check';
import { hasHostBits, isInside, isPrivate, nth } from '../../../packages/formats/src/network.ts';

const byte = fc.integer({ min: 0, max: 255 });
const address = fc.tuple(byte, byte, byte, byte).map((parts) => parts.join('.'));
const bits = fc.integer({ min: 1, max: 32 });

test('an address is inside a network exactly when Node says so', () => {
  fc.assert(
    fc.property(address, address, bits, (inner, outer, prefix) => {
      const list = new BlockList();
      list.addSubnet(outer, prefix, 'ipv4');
      expect(isInside(inner, `${outer}/${prefix}`)).toBe(list.check(inner, 'ipv4'));
    }),
  );
});

test('a network is inside another when all of it is', () => {
  expect(isInside('10.20.1.0/24', '10.20.0.0/16')).toBe(true);
  expect(isInside('10.20.0.0/16', '10.20.0.0/16')).toBe(true);
  expect(isInside('10.20.0.0/15', '10.20.0.0/16')).toBe(false);
  expect(isInside('10.21.0.0/24', '10.20.0.0/16')).toBe(false);
});

test('bits behind the prefix', () => {
  expect(hasHostBits('10.20.1.0/24')).toBe(false);
  expect(hasHostBits('10.20.1.7/24')).toBe(true);
  expect(hasHostBits('0.0.0.0/0')).toBe(false);
  expect(hasHostBits('10.20.1.7/32')).toBe(false);
  expect(['2001:db8::/32', '::/0', '2001:db8:6c75::/48', '::ffff:0:0/96', '2001:db8::1/128'].map(hasHostBits)).toEqual(
    new Array(5).fill(false),
  );
  expect(['2001:db8::1/32', '::1/0', '2001:db8:6c75:1::/48', '::ffff:192.0.2.1/96'].map(hasHostBits)).toEqual(
    new Array(4).fill(true),
  );
});

test('the first, second and last address', () => {
  expect(nth('10.20.1.0/24', 0)).toBe('10.20.1.0');
  expect(nth('10.20.0.0/16', 1)).toBe('10.20.0.1');
  expect(nth('10.20.1.0/24', -1)).toBe('10.20.1.255');
  expect(nth('nonsense', 1)).toBeUndefined();
});

test('private networks are those of RFC 1918', () => {
  expect(['10.0.0.0/8', '172.31.0.0/16', '192.168.4.0/22'].every(isPrivate)).toBe(true);
  expect(['100.64.0.0/10', '172.32.0.0/16', '10.0.0.0/7', '198.51.100.0/24'].some(isPrivate)).toBe(false);
});
