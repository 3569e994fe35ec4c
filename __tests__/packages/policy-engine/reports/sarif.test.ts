import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { no, postures, render } from '@lukko/policy-engine';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { approver } from '../approval/approve.ts';
import { factsOf, known } from '../fake-facts.ts';
import { checking, grownInFinland, run } from '../fake-rules.ts';
import { everything, evil, orchard, rules } from './orchard.ts';

const file = join(__dirname, '../../../fixtures/sarif/sarif-schema-2.1.0.json');
const validate = addFormats(new Ajv({ strict: false })).compile(JSON.parse(readFileSync(file, 'utf8')));

interface Result {
  ruleId: string;
  ruleIndex?: number;
  kind: string;
  level: string;
  message: { text: string };
  locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
  partialFingerprints: Record<string, string>;
  suppressions?: { kind: string; justification: string; properties: object }[];
  baselineState?: string;
}
interface Log {
  runs: {
    tool: { driver: { rules: { id: string; properties: { tags: string[] } }[] } };
    invocations: { toolExecutionNotifications: { message: { text: string } }[] }[];
    results: Result[];
  }[];
}

async function sarif(report: Parameters<typeof render>[1], asked = rules): Promise<Log> {
  const log = JSON.parse(await render('sarif', report, asked)) as Log;
  if (!validate(log)) throw new Error(JSON.stringify(validate.errors?.slice(0, 3)));
  return log;
}
const results = async (...args: Parameters<typeof sarif>) => (await sarif(...args)).runs[0]?.results ?? [];

test('the whole log', async () => {
  expect(await sarif(everything())).toMatchSnapshot();
});

test('a result stands at the line of TypeScript, keeps its fingerprint when that moves, and is of the rule its index names', async () => {
  const moved = orchard.map((fruit) => ({ ...fruit, place: { file: 'stacks/orchard.ts', line: 99 } }));
  const [before, after] = [await sarif(everything()), await sarif(everything({ facts: factsOf(moved) }))];
  const [one, other] = [before.runs[0]?.results[0], after.runs[0]?.results[0]];
  expect(one?.locations[0]?.physicalLocation).toMatchObject({
    artifactLocation: { uri: 'stacks/orchard.ts' },
    region: { startLine: 7 },
  });
  expect(other?.locations[0]?.physicalLocation.region.startLine).toBe(99);
  expect(other?.partialFingerprints).toEqual(one?.partialFingerprints);
  for (const result of before.runs[0]?.results ?? [])
    expect(before.runs[0]?.tool.driver.rules[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
});

test('an unknown that refuses is a failure, one that does not is open and has no level', async () => {
  const of = async (posture: keyof typeof postures) =>
    (await results(everything({ posture: postures[posture] })))
      .filter(({ ruleId }) => ruleId === 'seeded')
      .map(({ kind, level }) => `${kind} ${level}`);
  expect(new Set(await of('recommended'))).toEqual(new Set(['open none']));
  expect(new Set(await of('eu-sovereign'))).toEqual(new Set(['fail note']));
});

test('waived and accepted results are suppressed with their reason and their day', async () => {
  const board = approver();
  const waiver = {
    id: 'apple-2026',
    rule: 'grown-in-finland',
    address: 'orchard/hcloud_volume.apple',
    reason: 'Moves with the next harvest',
    owner: 'orchard',
    approver: 'board',
    expires: '2026-12-31',
  };
  const open = everything().findings.find(({ rule, verdict }) => rule === 'seeded' && verdict === 'unknown');
  const report = everything({
    approvers: board.signers('board'),
    waivers: [board.sign(waiver)],
    baseline: {
      file: 'baseline.json',
      entries: [{ ...(open as NonNullable<typeof open>), expires: '2026-09-01' }],
    },
  });
  expect((await results(report)).flatMap(({ suppressions = [] }) => suppressions)).toEqual([
    {
      kind: 'external',
      status: 'accepted',
      justification: 'Moves with the next harvest',
      properties: { waiver: 'apple-2026', owner: 'orchard', expires: '2026-12-31' },
    },
    {
      kind: 'external',
      status: 'accepted',
      justification: 'accepted by the baseline baseline.json until 2026-09-01',
      properties: { expires: '2026-09-01' },
    },
  ]);
});

test("GitHub's limits: 5,000 results, 20 tags a rule, and what is left out is said", async () => {
  const many = Array.from({ length: 5010 }, (_, index) => ({
    id: `orchard/hcloud_volume.v${index}`,
    values: { location: known('ash') },
  }));
  const control = (index: number) => `GDPR/${index}` as const;
  const busy = { ...grownInFinland, controls: Array.from({ length: 30 }, (_, index) => control(index)) as never };
  const log = await sarif(run({ facts: factsOf(many), rules: [busy] }), [busy] as never);
  expect(log.runs[0]?.results).toHaveLength(5000);
  expect(log.runs[0]?.tool.driver.rules[0]?.properties.tags).toHaveLength(20);
  expect(log.runs[0]?.invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text)).toEqual([
    '10 results that weigh least are left out: code scanning keeps 5000; the JSON report has them all',
  ]);
});

test('what stands in the input makes no link, no scheme and no control character, and the log stays valid', async () => {
  const texts = fc.oneof(fc.constant(evil), fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const report = run({
        facts: factsOf([{ id: 'orchard/hcloud_volume.apple', place: { file: text } }]),
        rules: [{ ...checking(() => no({ at: text, saw: text })), message: () => text }],
      });
      const [result] = await results(report, [grownInFinland] as never);
      const said = (result?.message.text ?? '').replaceAll('\n', '');
      expect(said).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      expect(said.replace(/\\[\\[\]]/g, '')).not.toMatch(/[[\]]/);
      expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toMatch(/^[\w\-.!~*'()%/]*$/);
    }),
    { numRuns: 200, seed: 5 },
  );
});
