import { no, postures, type Severity, survey, unknown, yes } from '@lukko/policy-engine';
import fc from 'fast-check';
import { surveyOf } from '../../../packages/policy-engine/src/survey.ts';
import { computed, factsOf } from './fake-facts.ts';
import { context, evaluationOf, grownInFinland, ruleWith, run } from './fake-rules.ts';

const fruits = ['pear', 'apple', 'plum'].map((name) => ({ id: `orchard/hcloud_volume.${name}` }));

test('counts what a report lists, whatever the rules answer', () => {
  const answer = fc.record({
    verdict: fc.constantFrom('pass', 'fail', 'unknown', 'computed', 'variable', 'throws', 'several', 'nothing'),
    severity: fc.constantFrom<Severity>('low', 'medium', 'high', 'critical'),
    message: fc.constantFrom('rots', 'is sour', 'is eaten'),
  });
  const rules = fc.array(fc.array(answer, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(rules, fc.constantFrom(postures.recommended, postures['eu-sovereign']), (list, posture) => {
      const made = list.map((answers, index) =>
        ruleWith({
          id: `rule-${index}`,
          severity: answers[0]?.severity ?? 'high',
          check: (fruit) => {
            const said = answers[fruits.findIndex(({ id }) => id === fruit.id)];
            const reason = { at: `${fruit.id}.location`, saw: 'var.orchard' };
            switch (said?.verdict) {
              case 'pass':
                return yes(reason);
              case 'fail':
                return no(reason);
              case 'throws':
                throw new Error(said.message);
              case 'several':
                return [no(reason), unknown(reason), no(reason)].map((truth) => ({ truth, message: said.message }));
              case 'nothing':
                return [];
              case 'computed':
              case 'variable':
                return unknown({ ...reason, causes: [said.verdict] });
              default:
                return unknown(reason);
            }
          },
          message: (fruit) => `${fruit.name} ${answers[0]?.message}`,
        }),
      );
      const asked = { facts: factsOf(fruits), rules: made, posture };
      expect(survey(evaluationOf(asked))).toEqual(surveyOf(run(asked)));
    }),
    { numRuns: 200, seed: 5 },
  );
});

test('makes a message only for the finding that is shown', () => {
  const asked: string[] = [];
  const rule = ruleWith({
    check: (fruit) => no({ at: fruit.id, saw: 'rot' }),
    message: (fruit) => {
      asked.push(fruit.name);
      return `${fruit.name} rots`;
    },
  });
  const counted = survey(evaluationOf({ facts: factsOf(fruits), rules: [rule], posture: postures.recommended }));
  expect(counted?.groups.map(({ count, first }) => [count, first.message])).toEqual([[3, 'apple rots']]);
  expect(asked).toEqual(['apple']);
});

test('a message that cannot be made says so, and the verdict stands', () => {
  const rule = ruleWith({
    check: (fruit) => no({ at: fruit.id, saw: 'rot' }),
    message: () => {
      throw new Error('no words');
    },
  });
  const counted = survey(evaluationOf({ facts: factsOf(fruits), rules: [rule], posture: postures.recommended }));
  expect(counted?.summary).toMatchObject({ fail: 3, exitCode: 1 });
  expect(counted?.groups[0]?.first.message).toBe(
    'rule grown-in-finland could not say what it found at orchard/hcloud_volume.apple: no words',
  );
});

test('what speaks of single findings asks for the whole report', () => {
  const facts = factsOf([{ id: 'orchard/hcloud_volume.pear', values: { location: computed } }]);
  const plain = evaluationOf({ facts, context, rules: [grownInFinland], posture: postures.recommended });
  expect(survey(plain)).toBeDefined();
  expect(survey({ ...plain, minCoverage: 10 })).toBeUndefined();
  expect(survey({ ...plain, baseline: { file: 'b.json', entries: [] } })).toBeUndefined();
});
