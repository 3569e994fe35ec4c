import { no, render } from '@lukko/policy-engine';
import fc from 'fast-check';
import { factsOf, known } from '../fake-facts.ts';
import { checking, run } from '../fake-rules.ts';
import { everything, evil, rules } from './orchard.ts';

test('the whole comment', async () => {
  expect(await render('markdown', everything(), rules)).toMatchSnapshot();
});

test('compared with an earlier report, by the policy of another commit', async () => {
  const [apple, pear] = [known('ash'), known('fsn1')];
  const facts = (first: typeof apple, second: typeof apple) =>
    factsOf([
      { id: 'orchard/hcloud_volume.apple', values: { location: first } },
      { id: 'orchard/hcloud_volume.pear', values: { location: second } },
    ]);
  const report = run({
    facts: facts(apple, known('hel1')),
    earlier: { file: 'main.json', sha256: 'c'.repeat(64), report: run({ facts: facts(known('hel1'), pear) }) },
    policy: {
      sha256: 'b'.repeat(64),
      files: ['lukko.yaml'],
      from: { ref: 'origin/main', commit: 'd'.repeat(40) },
      changes: [{ file: 'waivers.yaml', change: 'changed', what: ['adds waiver apple-2026'] }],
    },
  });
  expect(await render('markdown', report, [])).toMatchSnapshot();
});

test('is cut at 65,000 characters, between findings, and says how much is left out', async () => {
  const many = Array.from({ length: 2000 }, (_, index) => ({
    id: `orchard/hcloud_volume.v${index}`,
    values: { location: known('ash') },
  }));
  const report = run({ facts: factsOf(many) });
  const text = await render('markdown', report, []);
  expect(text.length).toBeLessThanOrEqual(65_000);
  expect(text.length).toBeGreaterThan(64_000);
  const shown = [...text.matchAll(/<details>/g)].length;
  expect([...text.matchAll(/<\/details>/g)]).toHaveLength(shown);
  expect(text).toContain(`**${2000 - shown} lines left out here**`);
});

test('text of the input stays inside code', async () => {
  const texts = fc.oneof(fc.constant(evil), fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const report = run({
        facts: factsOf([
          { id: 'orchard/hcloud_volume.apple', place: { file: text } },
          { id: `orchard/hcloud_network.${text}` },
        ]),
        rules: [{ ...checking(() => no({ at: text, saw: text })), message: () => text, remediation: text }],
      });
      const page = await render('markdown', report, []);
      // Without fenced blocks, code spans and numbered characters nothing of the text is left that Markdown would read.
      const outside = page
        .replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, '')
        .replace(/(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/g, '')
        .replace(/<code>[^<]*<\/code>/g, (code) => (/[`*_[\]!|~@\\:]|https?:|www\./.test(code) ? code : ''));
      expect(outside).not.toMatch(/evil|script|everyone|heading/);
      expect(outside.replace(/<\/?(details|summary|b|i)>/g, '')).not.toMatch(/[<>]/);
    }),
    { numRuns: 200, seed: 5 },
  );
});
