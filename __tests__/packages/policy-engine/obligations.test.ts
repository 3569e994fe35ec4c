import { obligation } from '@lukko/formats';
import { gateOf, obligationsOf } from '@lukko/policy-engine';
import { computed, factsOf } from './fake-facts.ts';
import { run } from './fake-rules.ts';

const facts = factsOf([{ id: 'orchard/hcloud_volume.apple', values: { location: computed } }]);

test.each([
  ['synth', 'plan'],
  ['plan', 'live'],
] as const)('first seen at %s, due at %s', (gate, due) => {
  const [entry] = obligationsOf(run({ facts, gate }), gate, '2026-06-01T00:00:00Z');
  expect(obligation.parse(entry)).toEqual(entry);
  expect(entry).toMatchObject({
    rule: 'grown-in-finland',
    address: 'orchard/hcloud_volume.apple',
    attribute: 'orchard/hcloud_volume.apple.location',
    firstSeen: { gate, at: '2026-06-01T00:00:00Z' },
    due,
  });
});

test('the live gate leaves none', () => {
  expect(obligationsOf(run({ facts, gate: 'live' }), 'live')).toEqual([]);
});

test.each([
  ['synth', 'synth'],
  ['configuration', 'synth'],
  ['plan', 'plan'],
  ['state', 'plan'],
  ['live', 'live'],
] as const)('%s belongs to the gate %s', (kind, gate) => {
  expect(gateOf(factsOf([], [], kind).graph)).toBe(gate);
});
