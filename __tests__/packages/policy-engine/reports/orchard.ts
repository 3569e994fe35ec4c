import type { Report } from '@lukko/formats';
import { postures, type Rule, unknown, yes } from '@lukko/policy-engine';
import { computed, type Fruit, factsOf, known, variable } from '../fake-facts.ts';
import { context, grownInFinland, ruleWith, run } from '../fake-rules.ts';

/** A rule that stops at the fruit of that name. */
export const stops = ruleWith({
  id: 'peeled',
  title: 'Fruit is peeled',
  severity: 'medium',
  check: (fruit) => {
    if (fruit.name === 'apple') throw new Error('no knife');
    return yes({ at: fruit.id, saw: 'a peel' });
  },
});

/** A rule that never knows. */
export const seeded = ruleWith({
  id: 'seeded',
  title: 'Fruit has seeds',
  severity: 'low',
  check: ({ id }) => unknown({ at: id, saw: 'data.hcloud_image.seed is read at apply', causes: ['data'] }),
  message: ({ name }) => `${name} may have no seed`,
});

export const rules: readonly Rule[] = [grownInFinland, stops, seeded] as unknown as readonly Rule[];

export const orchard: readonly Fruit[] = [
  {
    id: 'orchard/hcloud_volume.apple',
    values: { location: known('ash') },
    origins: [{ attribute: 'location', place: { file: 'config/example.yaml', line: 14 } }],
  },
  { id: 'orchard/hcloud_volume.pear', values: { location: computed } },
  { id: 'orchard/hcloud_volume.plum', values: { location: variable('place') } },
  { id: 'orchard/hcloud_volume.quince', values: { location: known('hel1') } },
];

/** One of everything: a failure, an unknown, an obligation, a rule that stopped, passes. */
export function everything(changes: Partial<Parameters<typeof run>[0]> = {}): Report {
  return run({
    facts: factsOf(orchard),
    rules,
    posture: postures.recommended,
    context,
    asOf: '2026-06-01',
    ...changes,
  });
}

/** A text that tries every format at once. */
export const evil = [
  '\u001b[2J\u202e\u0000\ud800\ufffe',
  '<script>alert(1)</script>&amp;"\'',
  '`````` ](http://evil.example) @everyone #1 | www.evil.example',
  '\r\n## heading\n::error::x ]]> --> [a](b)',
].join('');
