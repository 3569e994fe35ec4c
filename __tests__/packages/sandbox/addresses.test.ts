import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { canonicalIpv6, canonicalRange, expandIpv6 } from '../../../packages/sandbox/src/addresses.ts';

// The examples of RFC 5952 §4 and of docs.hetzner.cloud, "Create a Firewall".
test.each([
  ['2001:0db8::0001', '2001:db8::1'],
  ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0DB8:9a3b:ee58:5ca:990c:8bc9:c03b', '2001:db8:9a3b:ee58:5ca:990c:8bc9:c03b'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['::10:0', '::10:0'],
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
])('%s is written %s', (text, canonical) => {
  expect(canonicalIpv6(text)).toBe(canonical);
});

test('what is canonical is the same address, and stays as it is', () => {
  const group = fc.oneof({ arbitrary: fc.constant(0), weight: 2 }, fc.nat(0xffff)).map((each) => each.toString(16));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const canonical = canonicalIpv6(groups.join(':')) ?? '';
      expect(isIPv6(canonical)).toBe(true);
      expect(expandIpv6(canonical)).toBe(groups.join(':'));
      expect(canonicalIpv6(canonical)).toBe(canonical);
      // As the platform writes it, but for the forms that hold IPv4.
      if (!/^0:0:0:0:0:(0|ffff):/.test(groups.join(':')))
        expect(new URL(`http://[${canonical}]`).hostname).toBe(`[${canonical}]`);
    }),
  );
});

test.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['10.0.1.1/32', '10.0.1.1/32'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['::/0', '::/0'],
  ['2001:DB8:ff00:42::/64', '2001:db8:ff00:42::/64'],
  ['2001:db8:ff00:42::8329/128', '2001:db8:ff00:42::8329/128'],
  ['10.0.0.1/8', undefined],
  ['10.0.0.0/33', undefined],
  ['10.0.0.0', undefined],
  ['2001:db8::1/64', undefined],
  ['::/129', undefined],
  ['::/', undefined],
  ['::/0/0', undefined],
  ['not-an-ip', undefined],
  ['', undefined],
])('the range %j: %s', (text, canonical) => {
  expect(canonicalRange(text)).toBe(canonical);
});
