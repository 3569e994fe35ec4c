import { X509Certificate } from 'node:crypto';
import { makeAuthority } from '../../../../../packages/cli/src/sandbox/intercept/authority.ts';
import { integer, oid, time } from '../../../../../packages/sandbox/src/der.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');

test('an authority issues certificates that hold for their name alone, for a day', () => {
  const authority = makeAuthority(['api.hetzner.cloud'], NOW);
  const root = new X509Certificate(authority.certificate);
  const leaf = new X509Certificate(authority.issue('api.hetzner.cloud').certificate);
  expect(root.ca).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.checkIssued(root)).toBe(true);
  expect(leaf.verify(root.publicKey)).toBe(true);
  expect(root.verify(root.publicKey)).toBe(true);
  expect(leaf.checkHost('api.hetzner.cloud')).toBe('api.hetzner.cloud');
  expect(leaf.checkHost('example.com')).toBeUndefined();
  expect(new Date(leaf.validFrom) <= new Date(NOW)).toBe(true);
  expect(leaf.validTo).toBe('Jun  2 12:00:00 2026 GMT');
  // Two runs share nothing.
  expect(leaf.verify(new X509Certificate(makeAuthority(['api.hetzner.cloud'], NOW).certificate).publicKey)).toBe(false);
});

test('values in DER as ITU-T X.690 has them', () => {
  expect(oid('2.5.29.17').toString('hex')).toBe('0603551d11');
  expect(oid('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302');
  expect(integer(Buffer.from([0x80])).toString('hex')).toBe('02020080');
  expect(time(NOW).toString('latin1')).toBe('\u0017\r260601120000Z');
  expect(time(Date.parse('2051-01-02T03:04:05Z')).toString('latin1')).toBe('\u0018\u000f20510102030405Z');
});
