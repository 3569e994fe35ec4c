import { nearest } from '@lukko/formats';

const fields = ['location', 'serverType', 'privateAddress', 'volume', 'thumbprint', 'edge'];

test.each([
  ['locaton', 'location'],
  ['lcoation', 'location'],
  ['servertype', 'serverType'],
  ['volumes', 'volume'],
  ['private', 'privateAddress'],
  ['egde', 'edge'],
])('%s means %s', (written, meant) => expect(nearest(written, fields)).toBe(meant));

test.each(['x', 'vol', 'provider', 'token', '', '__proto__'])('%s is like none', (written) =>
  expect(nearest(written, fields)).toBeUndefined(),
);
