import { nearest } from '@lukko/policy-engine';

const ids = ['locations-in-eu', 'volume-encrypted-at-rest', 'volumes-delete-protected'];

test.each([
  ['locations-in-eo', 'locations-in-eu'],
  ['volume-encrypted', 'volume-encrypted-at-rest'],
  ['volumes-delete-protcted', 'volumes-delete-protected'],
  ['encrypted', 'volume-encrypted-at-rest'],
  ['weather', undefined],
  ['', undefined],
])('%j most likely meant %j', (typed, expected) => {
  expect(nearest(typed, ids)).toBe(expected);
});
