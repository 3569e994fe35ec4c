import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlIds, claims as format, parseFile } from '@lukko/formats';
import { annexA } from '../../../../packages/evidence/src/index.ts';
import { lukko } from '../../cli/fake-ports.ts';

const root = join(__dirname, '../../../..');
const now = { now: () => new Date('2026-11-21T12:00:00Z') };

test('the claims of the fictional organisation are whole and without findings', async () => {
  const { code, out, err } = await lukko(root, ['evidence', 'lint'], now);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatchSnapshot();
});

test('they name every control once, and nobody by name', () => {
  const { value } = parseFile(format, readFileSync(join(root, 'claims.yaml'), 'utf8'), 'claims.yaml');
  expect(value.claims.map(({ control }) => control)).toEqual(controlIds);
  expect(new Set(annexA.map(({ id }) => id))).toEqual(new Set(controlIds));
});

test('a year later its dates are findings', async () => {
  const { code, out } = await lukko(root, ['evidence', 'lint', '--as-of', '2028-06-01'], now);
  expect(code).toBe(1);
  const lines = out.split('\n').filter((line) => line.includes('.yaml:'));
  expect(lines.map((line) => line.replace(/^claims\.yaml:\d+: /, ''))).toMatchSnapshot();
});
