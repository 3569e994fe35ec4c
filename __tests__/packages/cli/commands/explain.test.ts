import { catalogue } from '../../../../packages/cli/src/catalogue.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

test('the page of a rule, as text', async () => {
  const { code, out } = await lukko(directoryWith({}), ['explain', 'locations-in-eu']);
  expect(code).toBe(0);
  expect(out).toMatch(/^locations-in-eu\n\nSummary\n\nEverything that stands somewhere /);
  expect(out).toMatch(/^ {4}error\[locations-in-eu\]: .* \(Ashburn, US\)$/m);
  expect(out).not.toMatch(/^(#|```)|<https/m);
});

test('--format markdown is the page docs/rules holds', async () => {
  const { out } = await lukko(directoryWith({}), ['explain', 'locations-in-eu', '--format', 'markdown']);
  expect(out).toMatch(/^# locations-in-eu\n\n## Summary\n/);
});

test.each(catalogue.rules)('$id can be explained', async ({ id }) => {
  expect(await lukko(directoryWith({}), ['explain', id])).toMatchObject({ code: 0, err: '' });
});

test.each([
  ['locations-in-eo', 'error: locations-in-eo: no such rule; did you mean locations-in-eu?\n'],
  ['weather', 'error: weather: no such rule; `lukko rules` lists them\n'],
])('%s is no rule', async (id, err) => {
  expect(await lukko(directoryWith({}), ['explain', id])).toEqual({ code: 2, out: '', err });
});
