import fc from 'fast-check';
import { lineDiff } from '../../../../packages/cli/src/pages/line-diff.ts';

test('shows what changed with three lines around it', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\n';
  expect(lineDiff(before, before.replace('e', 'E\nE2'))).toBe('  …\n  b\n  c\n  d\n- e\n+ E\n+ E2\n  f\n  g\n  h\n  …');
});

test('taking the marked lines out gives both texts back', () => {
  const line = fc.constantFrom('a', 'b', 'c', 'd');
  const text = fc.array(line, { minLength: 1, maxLength: 7 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const rows = lineDiff(before, after).split('\n');
      fc.pre(!rows.includes('  …'));
      const side = (mark: string) =>
        rows
          .filter((row) => row[0] === ' ' || row[0] === mark)
          .map((row) => row.slice(2))
          .join('\n');
      expect([side('-'), side('+')]).toEqual([before, after]);
    }),
    { numRuns: 200 },
  );
});
