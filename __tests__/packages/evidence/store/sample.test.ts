import type { Observation } from '@lukko/formats';
import fc from 'fast-check';
import { draw, population, populationDigest, readStore } from '../../../../packages/evidence/src/index.ts';
import { runOn, text } from '../observe/runs.ts';

const observation = (id: string, at: string, facts: Observation['facts'] = {}, holds = true): Observation => ({
  schemaVersion: 1,
  sequence: 0,
  previous: '0'.repeat(64),
  digest: '0'.repeat(64),
  kind: 'observation',
  id: '00000000-0000-5000-8000-000000000001',
  run: '00000000-0000-5000-8000-000000000002',
  collector: 'hetzner',
  subject: { kind: 'server', id, name: id },
  at,
  took: 1,
  attempts: 1,
  outcome: 'observed',
  source: { endpoint: 'https://api.hetzner.cloud/v1' },
  checks: [{ id: 'rescue-is-off', holds, saw: '' }],
  facts,
  expires: at,
});
const history = [
  observation('a', '2026-01-01T00:00:00Z', { server_type: 'cx23' }),
  observation('b', '2026-01-01T00:00:00Z'),
  observation('a', '2026-02-01T00:00:00Z', { server_type: 'cx33' }),
  observation('b', '2026-02-01T00:00:00Z', {}, false),
  observation('c', '2026-03-01T00:00:00Z'),
];

test('the population of a period: what was seen in it, and what changed in it', () => {
  expect(
    population(history, '2026-01-15T00:00:00Z', '2026-02-15T00:00:00Z').map(({ kind, id, what }) => [kind, id, what]),
  ).toEqual([
    ['change', 'a@2026-02-01T00:00:00Z', 'server_type: cx23 to cx33'],
    ['change', 'b@2026-02-01T00:00:00Z', 'rescue-is-off true to false'],
    ['resource', 'a', 'server'],
    ['resource', 'b', 'server'],
  ]);
});

test('what came to a project and what left it are changes; what the first run lists is none', () => {
  const run = (day: string, ...servers: readonly string[]) =>
    runOn(day, ['hetzner:project:main', ...servers.map((one) => `hetzner:server:${one}`)]);
  const { records } = readStore(
    text(run('2026-01-01', '1', '2'), run('2026-02-01', '2', '3'), run('2026-03-01', '2', '3')),
  );
  const changes = (since: string) =>
    population(records, since, '2027-01-01T00:00:00Z')
      .filter(({ kind }) => kind === 'change')
      .map(({ id, at, what }) => [id, at, what]);
  const both = [
    ['hetzner:server:1@2026-02-01T12:00:00Z', '2026-02-01T12:00:00Z', 'is no longer listed'],
    ['hetzner:server:3@2026-02-01T12:00:00Z', '2026-02-01T12:00:00Z', 'is listed for the first time'],
  ];
  expect(changes('0000')).toEqual(both);
  expect(changes('2026-01-15T00:00:00Z')).toEqual(both);
  expect(changes('2026-02-15T00:00:00Z')).toEqual([]);
});

test('a merged change belongs to the period in which it was merged, whenever a forge lists it', () => {
  const changes = ['#2 merged 2026-02-01T00:00:00Z by p-1, approved by p-2', '#1 merged 2025-02-01T00:00:00Z by p-1'];
  const forge: Observation = { ...observation('forge:x', '2026-03-01T00:00:00Z', { changes }), collector: 'forge' };
  const drawn = population([forge], '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z');
  expect(drawn.filter(({ kind }) => kind === 'change').map(({ id, at }) => [id, at])).toEqual([
    ['forge:x#2', '2026-02-01T00:00:00Z'],
  ]);
});

test('a seed draws the same again, a larger sample holds the smaller, another seed another', () => {
  const members = population(history, '0000', '2027-01-01T00:00:00Z');
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 4 }), (seed, size) => {
      const drawn = draw(members, seed, size);
      expect(draw([...members].reverse(), seed, size)).toEqual(drawn);
      expect(draw(members, seed, size + 1).slice(0, size)).toEqual(drawn);
      expect(new Set(drawn).size).toBe(size);
    }),
  );
  expect(new Set(['1', '2', '3', '4', '5'].map((seed) => draw(members, seed, 1)[0]?.id)).size).toBeGreaterThan(1);
  expect(populationDigest(members)).toBe(populationDigest([...members]));
});
