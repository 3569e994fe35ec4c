import { all, any, holds, no, not, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Attr, Value } from '@lukko/terraform-model';
import fc from 'fast-check';

const at = 'orchard/hcloud_volume.apple.location';
const t = yes({ at, saw: 'ripe' });
const f = no({ at, saw: 'rotten' });
const u = unknown({ at, saw: 'in a box', causes: ['outside'] });
const truths = fc.array(fc.constantFrom(t, f, u), { maxLength: 5 });
const is = (truth: Truth) => truth.is;

describe("Kleene's truth", () => {
  test.each([
    [all, [t, t], true],
    [all, [t, u], 'unknown'],
    [all, [f, u], false],
    [any, [f, f], false],
    [any, [f, u], 'unknown'],
    [any, [t, u], true],
  ] as const)('%p of %j is %j', (combine, parts, expected) => {
    expect(combine(parts).is).toBe(expected);
  });

  test('not all is any not, not any is all not', () => {
    fc.assert(
      fc.property(truths, (parts) => {
        expect(is(not(all(parts)))).toBe(is(any(parts.map(not))));
        expect(is(not(any(parts)))).toBe(is(all(parts.map(not))));
      }),
    );
  });

  test('knowing less never turns a verdict around', () => {
    fc.assert(
      fc.property(truths, fc.nat(4), (parts, index) => {
        const less = parts.map((part, position) => (position === index ? u : part));
        for (const combine of [all, any]) expect([is(combine(parts)), 'unknown']).toContain(is(combine(less)));
      }),
    );
  });

  test('only the parts that decided are reasons', () => {
    expect(all([t, f, u]).because).toEqual(f.because);
    expect(all([t, u]).because).toEqual(u.because);
    expect(any([f, t, u]).because).toEqual(t.because);
    expect(all([t, t]).because).toHaveLength(2);
  });
});

describe('holds', () => {
  const attr = (value: Value): Attr => ({
    at,
    owner: 'orchard/hcloud_volume.apple',
    path: ['location'],
    value,
    references: [],
    attr: () => attr(value),
    items: () => [],
    text: undefined,
  });
  const known = (value: string): Value => ({ state: 'known', value });
  const open = (candidates?: readonly Value[]): Value => ({
    state: 'unknown',
    causes: ['possible'],
    expression: 'x',
    references: [],
    ...(candidates === undefined ? {} : { candidates }),
  });
  const inHelsinki = (value: string | number | boolean) => value === 'hel1';

  test.each<readonly [string, Value, boolean | 'unknown']>([
    ['known and right', known('hel1'), true],
    ['known and wrong', known('ash'), false],
    ['null', { state: 'known', value: null }, false],
    ['unset', { state: 'unset' }, false],
    ['unknown', open(), 'unknown'],
    ['right either way', open([known('hel1'), known('hel1')]), true],
    ['wrong either way', open([known('ash'), known('sin')]), false],
    ['right or wrong', open([known('hel1'), known('ash')]), 'unknown'],
    ['right or unknown', open([known('hel1'), open()]), 'unknown'],
    ['text with holes', { state: 'text', parts: ['hel', open() as never] }, 'unknown'],
    ['a list', { state: 'list', items: [], complete: true }, 'unknown'],
  ])('%s', (_, value, expected) => {
    const truth = holds(attr(value), inHelsinki);
    expect(truth.is).toBe(expected);
    expect(truth.because).toMatchObject([{ at }]);
  });

  test('an unknown names its causes', () => {
    expect(holds(attr(open()), inHelsinki).because).toMatchObject([{ causes: ['possible'] }]);
  });

  test('a default may be said to hold', () => {
    expect(holds(attr({ state: 'unset' }), inHelsinki, true).is).toBe(true);
    expect(holds(attr(open([known('hel1'), { state: 'unset' }])), inHelsinki, true).is).toBe(true);
  });
});

test('of a proof that failed only the failed steps are reasons', () => {
  const step = (truth: Truth) => ({ claim: 'c', ...truth });
  expect(shown({ is: false, steps: [step(t), step(f)] })).toEqual(f);
  expect(shown(step(u))).toMatchObject({ is: 'unknown' });
});
