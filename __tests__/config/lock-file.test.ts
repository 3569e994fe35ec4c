import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { providerVersion } from '../../scripts/provider.ts';

const lock = readFileSync(resolve(__dirname, '../../.terraform.lock.hcl'), 'utf8');
const hashes = [...lock.matchAll(/"((?:h1|zh):[^"]+)"/g)].map((match) => match[1] ?? '');

test('locks the one provider at the version of the bindings', () => {
  expect([...lock.matchAll(/^provider "([^"]+)"/gm)].map((match) => match[1])).toEqual([
    'registry.terraform.io/hetznercloud/hcloud',
  ]);
  expect(lock).toContain(`version     = "${providerVersion()}"`);
  expect(lock).toContain(`constraints = "${providerVersion()}"`);
});

test('holds a hash of the archive and one of its content for each of 13 platforms, well-formed and once', () => {
  expect(hashes.filter((hash) => /^h1:[A-Za-z0-9+/]{43}=$/.test(hash))).toHaveLength(13);
  expect(hashes.filter((hash) => /^zh:[0-9a-f]{64}$/.test(hash))).toHaveLength(13);
  expect(new Set(hashes).size).toBe(26);
  expect(hashes).toEqual([...hashes].sort());
});

test('its decision record names the hash that two registries share', () => {
  const record = readFileSync(resolve(__dirname, '../../docs/decisions/0003-provider-lock.md'), 'utf8');
  const [named = ''] = /h1:[A-Za-z0-9+/=]{44}/.exec(record) ?? [];
  expect(hashes).toContain(named);
});
