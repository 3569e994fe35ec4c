import { readFileSync } from 'node:fs';
import { type Lock, missingPlatforms } from '../../scripts/complete-lock.ts';

const committed = () => JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;

test('the committed lock file holds every platform package it names, so that npm ci accepts it anywhere', () => {
  expect([...missingPlatforms(committed()).keys()]).toEqual([]);
});

test('a platform package that was left out is named with where it runs', () => {
  const lock = committed();
  delete lock.packages['node_modules/@biomejs/cli-linux-x64-musl'];
  expect(Object.fromEntries(missingPlatforms(lock))).toEqual({
    'node_modules/@biomejs/cli-linux-x64-musl': {
      version: '2.6.8',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
  });
});

test('no entry names the address of a registry', () => {
  expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved": "https?:/);
});
