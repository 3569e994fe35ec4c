import { catalogue } from '../../../../packages/cli/src/catalogue.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

const rules = async (...args: readonly string[]) => (await lukko(directoryWith({}), ['rules', ...args])).out;

test('one line per rule, columns under their names', async () => {
  const lines = (await rules()).trimEnd().split('\n');
  expect(lines).toHaveLength(catalogue.rules.length + 1);
  const columns = ['RULE', 'SEVERITY', 'WHAT HOLDS', 'CONTROLS'].map((name) => lines[0]?.indexOf(name) ?? -1);
  for (const line of lines.slice(1)) for (const column of columns) expect(line.slice(column, column + 1)).toMatch(/\S/);
});

test('markdown is a table that links to the pages', async () => {
  expect((await rules('--format', 'markdown')).split('\n').slice(0, 3)).toMatchSnapshot();
});

test('json has what a rule says of itself', async () => {
  const list = JSON.parse(await rules('--format', 'json')) as Record<string, unknown>[];
  expect(list.map(({ id }) => id)).toEqual(catalogue.rules.map(({ id }) => id));
  expect(Object.keys(list[0] ?? {})).toEqual([
    'id',
    'title',
    'severity',
    'waivable',
    'controls',
    'appliesTo',
    'rationale',
    'remediation',
    'sources',
  ]);
});
