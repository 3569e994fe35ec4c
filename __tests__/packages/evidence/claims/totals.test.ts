import fc from 'fast-check';
import { percent, problemsOfTotals } from '../../../../packages/evidence/src/index.ts';

/**
 * What a company publishes of itself, as totals per theme: https://getklai.com/handbook/security/, read in a stored copy on
 * 2026-11-21. Its counts add up; one of its three shares does not follow from them.
 */
const published = {
  source: 'https://getklai.com/handbook/security/',
  date: '2026-11-21',
  themes: {
    'A.5': { covered: 19, partial: 17, gap: 1 },
    'A.6': { covered: 3, partial: 4, gap: 1 },
    'A.7': { covered: 12, partial: 2, gap: 0 },
    'A.8': { covered: 25, partial: 9, gap: 0 },
  },
  totals: { covered: 59, partial: 32, gap: 2 },
  percent: { covered: 63, partial: 35, gap: 2 },
};

test('32 of 93 is 34 %, not 35 %', () => {
  expect(problemsOfTotals(published)).toEqual(['partial: 32 of 93 is 34 %, not 35 %']);
});

test('decimals are judged as many as were typed', () => {
  const share = (partial: number) => problemsOfTotals({ ...published, percent: { partial } });
  expect(share(34.4)).toEqual([]);
  expect(share(34.41)).toEqual([]);
  expect(share(34.5)).toEqual(['partial: 32 of 93 is 34.4 %, not 34.5 %']);
});

test('themes that do not have that many controls, sums that do not add up, themes left out', () => {
  const { 'A.7': _, ...rest } = published.themes;
  expect(
    problemsOfTotals({
      ...published,
      themes: {
        ...rest,
        'A.5': { covered: 20, partial: 17, gap: 1 },
        'A.9': {},
      },
    }),
  ).toMatchInlineSnapshot(`
    [
      "A.5: expected 37 controls, found 38",
      "A.9: expected one of A.5, A.6, A.7, A.8",
      "A.7: expected 14 controls, found none",
      "covered: the themes come to 48, the total says 59",
      "partial: the themes come to 30, the total says 32",
      "covered: 48 of 80 is 60 %, not 63 %",
      "partial: 30 of 80 is 38 %, not 35 %",
      "gap: 2 of 80 is 3 %, not 2 %",
    ]
  `);
});

test('a share is never off by more than half of its last digit', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 1000 }), fc.nat(3), (part, whole, decimals) => {
      const exact = (part * 100) / whole;
      expect(Math.abs(percent(part, whole, decimals) - exact)).toBeLessThanOrEqual(0.5 / 10 ** decimals + 1e-9);
    }),
  );
});
