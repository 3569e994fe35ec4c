import { catalogue } from '../../packages/cli/src/catalogue.ts';
import { pages, stale } from '../../scripts/docs.ts';

test('the pages say what the rules and the command say (npm run docs)', () => {
  expect(stale(pages())).toEqual([]);
});

describe.each(catalogue.rules)('docs/rules/$id.md', (rule) => {
  const page = pages().get(`docs/rules/${rule.id}.md`) ?? '';

  test('has every section in its order', () => {
    const titles = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    const expected = ['Summary', 'Applies to', 'Controls', 'Why', 'Passes', 'Fails', 'Unknown when', 'Fix', 'Source'];
    expect(titles.filter((title) => title !== 'Not applicable when')).toEqual(expected);
  });

  test('shows the finding as it is printed', () => {
    expect(page).toContain(`error[${rule.id}]: `);
  });
});
