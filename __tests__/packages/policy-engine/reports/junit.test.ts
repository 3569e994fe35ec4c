import { no, render } from '@lukko/policy-engine';
import fc from 'fast-check';
import { approver } from '../approval/approve.ts';
import { factsOf } from '../fake-facts.ts';
import { checking, run } from '../fake-rules.ts';
import { everything, evil, rules } from './orchard.ts';
import { type Element, parseXml } from './xml.ts';

const cases = (root: Element) => root.children.flatMap(({ children }) => children);

test('one suite a rule, one case for each thing it was asked about, passes among them', async () => {
  const text = await render('junit', everything({ collect: true }), rules);
  expect(text).toMatchSnapshot();
  const root = parseXml(text);
  expect(root.children.map(({ attributes }) => attributes.name)).toEqual(['grown-in-finland', 'peeled', 'seeded']);
  expect(cases(root)).toHaveLength(12);
  for (const suite of [root, ...root.children]) {
    const inside = suite === root ? cases(root) : suite.children;
    const many = (name: string) => inside.filter(({ children }) => children[0]?.name === name).length;
    expect(suite.attributes).toMatchObject({
      tests: String(inside.length),
      failures: String(many('failure')),
      errors: String(many('error')),
      skipped: String(many('skipped')),
    });
  }
});

test('waived and accepted cases are skipped with the reason, never missing', async () => {
  const board = approver();
  const plain = everything();
  const pick = (rule: string, verdict: string) =>
    plain.findings.find((one) => one.rule === rule && one.verdict === verdict);
  const accepted = pick('seeded', 'unknown') as NonNullable<ReturnType<typeof pick>>;
  const report = everything({
    approvers: board.signers('board'),
    waivers: [
      board.sign({
        id: 'apple-2026',
        rule: 'grown-in-finland',
        address: 'orchard/hcloud_volume.apple',
        reason: 'Moves with the next harvest',
        owner: 'orchard',
        approver: 'board',
        expires: '2026-12-31',
      }),
    ],
    baseline: { file: 'baseline.json', entries: [{ ...accepted, expires: '2026-09-01' }] },
    failOn: 'new',
  });
  const skipped = cases(parseXml(await render('junit', report, rules))).flatMap(({ children }) =>
    children.filter(({ name }) => name === 'skipped').map(({ attributes }) => attributes.message),
  );
  expect(skipped).toContain('waived by apple-2026 (orchard) until 2026-12-31: Moves with the next harvest');
  expect(skipped).toContain('accepted until 2026-09-01: not proven: apple may have no seed');
});

test('any text of the input leaves it well-formed', async () => {
  const texts = fc.oneof(fc.constant(evil), fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const report = run({
        facts: factsOf([{ id: `orchard/hcloud_volume.${text}`, place: { file: text } }]),
        rules: [
          {
            ...checking(() => no({ at: text, saw: text })),
            remediation: text,
            message: () => text,
            appliesTo: ['hcloud_volume'],
          },
        ],
      });
      const root = parseXml(await render('junit', report, []));
      expect(root.attributes.tests).toBe(String(report.findings.length));
    }),
    { numRuns: 200, seed: 5 },
  );
});
