import { no, postures, render, type Severity, unknown, yes } from '@lukko/policy-engine';
import fc from 'fast-check';
import { type Fruit, factsOf, known } from '../fake-facts.ts';
import { ruleWith, run } from '../fake-rules.ts';
import { everything, evil, rules } from './orchard.ts';

const first = (
  report: Parameters<typeof render>[1],
  color = false,
  screen?: { readonly columns: number; readonly rows: number },
) => render('terminal', report, [], { first: true, color, screen });

test('what is proven, what is not and why, and what to do next', async () => {
  expect(await first(everything())).toMatchSnapshot();
});

test('on a terminal of 80 columns and 24 rows', async () => {
  expect(await first(everything(), false, { columns: 80, rows: 24 })).toMatchSnapshot();
});

test('nothing refused is not called clean', async () => {
  const text = await first(
    run({
      facts: factsOf([{ id: 'orchard/hcloud_volume.pear', values: { location: known('hel1') } }]),
      posture: postures.recommended,
    }),
  );
  expect(text).toMatchSnapshot();
  expect(text).not.toContain('clean');
});

test('fits one screen of 25 lines and 100 columns, whatever was found', async () => {
  const severity = fc.constantFrom<Severity>('low', 'medium', 'high', 'critical');
  const name = fc.oneof(fc.constant(evil), fc.stringMatching(/^[a-z-]{1,60}$/), fc.constant('漢字'.repeat(40)));
  const one = fc.record({ id: name, severity, verdict: fc.constantFrom('pass', 'fail', 'unknown'), message: name });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 40 }), fc.nat(30), async (list, more) => {
      const fruits: Fruit[] = Array.from({ length: 1 + more }, (_, index) => ({
        id: `orchard/hcloud_volume.v${index}`,
        place: { file: `${'deep/'.repeat(more)}x.ts`, line: 7 },
      }));
      const made = list.map(({ id, severity: weight, verdict, message }, index) =>
        ruleWith({
          id: `${id}-${index}`,
          severity: weight,
          check: (fruit) => {
            const reason = { at: fruit.id, saw: message };
            if (verdict === 'unknown') return unknown({ ...reason, saw: `var.v${index}`, causes: ['variable'] });
            return verdict === 'pass' ? yes(reason) : no(reason);
          },
          message: () => message,
        }),
      );
      const report = run({
        facts: factsOf([...fruits, { id: 'orchard/hcloud_network.path' }]),
        rules: made,
        posture: postures.recommended,
      });
      const lines = (await first(report)).trimEnd().split('\n');
      expect(lines.length).toBeLessThanOrEqual(25);
      for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(100);
      // With a note below it, and the prompt.
      const small = (await first(report, false, { columns: 80, rows: 24 })).trimEnd().split('\n');
      expect(small.length).toBeLessThanOrEqual(21);
      for (const line of small) expect(columnsOf(line)).toBeLessThanOrEqual(80);
      expect(await first(report, false, { columns: 200, rows: 60 })).toBe(await first(report));
      expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is what is taken away
      const colored = (await first(report, true)).replace(/\u001b\[\d+m/g, '');
      expect(colored).toBe(`${lines.join('\n')}\n`);
    }),
    { numRuns: 60, seed: 5 },
  );
});

const columnsOf = (line: string) => [...line].reduce((sum, mark) => sum + (/[漢字]/.test(mark) ? 2 : 1), 0);

test('a file gets every finding in full', async () => {
  expect(await render('terminal', everything(), rules, {})).toContain('= because:');
});
