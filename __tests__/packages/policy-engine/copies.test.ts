import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deriveFacts } from '@lukko/facts';
import { evaluate, no, postures, type Rule, rule, survey, yes } from '@lukko/policy-engine';
import { type Graph, readPlan } from '@lukko/terraform-model';
import fc from 'fast-check';
import { surveyOf } from '../../../packages/policy-engine/src/survey.ts';
import { operators, rules } from '../../../policies/index.ts';
import { inCopies, type Plan } from '../../../scripts/bench/plan.ts';
import { evaluationOf, grownInFinland } from './fake-rules.ts';

const plans = path.join(__dirname, '../../fixtures/plans');
const planOf = (theme: string): Plan => JSON.parse(readFileSync(path.join(plans, theme, 'plan.json'), 'utf8'));
const graphOf = (plan: unknown, copies: 'each' | 'once'): Graph =>
  readPlan({ bytes: Buffer.from(JSON.stringify(plan)), file: 'plan.json', copies });
const evaluationAt = (graph: Graph, asked: readonly Rule[] = rules) =>
  evaluationOf({ facts: deriveFacts(graph, { operators, register: [] }), rules: asked, posture: postures.recommended });

/** A survey without the names of what stands for others. */
function shown(found: ReturnType<typeof survey>) {
  if (found === undefined) return undefined;
  const { notLookedAt: _, ...summary } = found.summary;
  return { ...found, summary };
}

/** What is counted of a few copies, which must be what a whole report lists of all. */
function same(plan: unknown, asked: readonly Rule[] = rules) {
  const graph = graphOf(plan, 'once');
  const found = survey(evaluationAt(graph, asked));
  const whole = surveyOf(evaluate(evaluationAt(graphOf(plan, 'each'), asked)));
  if (found !== undefined) expect(shown(found)).toEqual(shown(whole));
  return { found, graph };
}

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

test.each(['foreign-012', 'foreign-loops', 'own-dns', 'own-edge', 'own-logs', 'own-network'])(
  '%s, called seven times: counted as it is listed',
  (theme) => {
    const { found, graph } = same(inCopies(planOf(theme), keys));
    expect(graph.copies).toEqual([expect.objectContaining({ count: 7 })]);
    expect(found).toBeDefined();
  },
);

test('what an exception lets pass is listed by its address, so each copy is asked about', () => {
  expect(same(inCopies(planOf('own-keys'), keys)).found).toBeUndefined();
});

test('modules that are called for many, as terraform plans them: counted as they are listed', () => {
  const { found, graph } = same(planOf('foreign-copies'));
  expect(graph.copies).toHaveLength(1);
  expect(found).toBeDefined();
});

test('whatever tells copies apart, the count is that of the list', () => {
  const values = fc.constantFrom<Record<string, unknown>>(
    { location: 'ash' },
    { name: 'other' },
    { name: 'other.example.com' },
    { name: 'xoxb-123456789012' },
    { name: 'glpat-aaaaaaaaaaaa-bbbbbbbbb' },
    { name: 'sk-bratislava-frontend-customer-one' },
    { labels: { role: 'web' } },
    { labels: { owner: 'ops', data_class: 'public' } },
    { delete_protection: true },
    { ip_range: '10.41.0.0/16' },
    { size: 11 },
    { user_data: `${'C'.repeat(27)}=` },
    { rule: [{ direction: 'in', protocol: 'tcp', port: '22', source_ips: ['0.0.0.0/0'] }] },
    { apply_to: [{ label_selector: 'role=web', server: null }] },
  );
  let few = 0;
  const place = fc.record({ copy: fc.nat(11), resource: fc.nat(16), values });
  fc.assert(
    fc.property(fc.array(place, { maxLength: 6 }), fc.boolean(), (places, named) => {
      const many = Array.from({ length: 12 }, (_, index) => `k${index}`);
      // Each with objects of its own.
      const plan = JSON.parse(JSON.stringify(inCopies(planOf('foreign-loops'), many))) as Plan;
      const changes = plan.resource_changes as unknown as { change: { after: object } }[];
      const put = (at: number, more: object): void => {
        const { change } = changes[at % changes.length] as (typeof changes)[number];
        change.after = { ...change.after, ...more };
      };
      if (named)
        for (const [index, { change }] of changes.entries())
          if ('name' in change.after) put(index, { name: `n-${Math.floor(index / 17)}` });
      for (const each of places) put(each.copy * 17 + each.resource, each.values);
      const { graph, found } = same(plan);
      if (graph.copies?.length && found !== undefined) few += 1;
    }),
    { numRuns: 40, seed: 7 },
  );
  // It says something only where copies were left out, and counted all the same.
  expect(few).toBeGreaterThan(30);
});

const { appliesWhen: _none, ...texts } = grownInFinland;
const about = (check: Rule<'hcloud_server'>['check'], more: Partial<Rule<'hcloud_server'>> = {}): Rule =>
  rule<'hcloud_server'>({
    ...texts,
    appliesTo: ['hcloud_server'],
    message: ({ id }) => `${id} is odd`,
    check,
    ...more,
  });
const fruit = (id: string) => ({ at: id, saw: 'fruit' });
const copied = inCopies(planOf('foreign-loops'), keys);

test('a rule that tells one copy from another is not counted from a few', () => {
  const first = about(({ id }, { graph }) =>
    graph.all('hcloud_server')[0]?.id === id ? no(fruit(id)) : yes(fruit(id)),
  );
  expect(same(copied, [first]).found).toBeUndefined();
});

test('nor is one that grants an exception, or finds of a whole what is of one', () => {
  const excepted = about(({ id }) => [{ truth: yes(fruit(id)), message: 'fine', exception: 'sweet' }]);
  expect(same(copied, [excepted]).found).toBeUndefined();
  const root = rule<'root'>({
    ...texts,
    appliesTo: ['root'],
    message: () => 'servers are odd',
    check: (_, { graph }) =>
      graph.all('hcloud_server').map(({ id }) => ({ truth: no(fruit(id)), message: id, at: id })),
  });
  expect(same(copied, [root]).found).toBeUndefined();
});

test('a report of each is not made of a few', () => {
  expect(() => evaluate(evaluationAt(graphOf(copied, 'once')))).toThrow('read the plan with copies: each');
});

test('nothing that no type is left of is listed by name', () => {
  const some = about(({ id }) => (/\.web|front/.test(id) ? yes(fruit(id)) : []));
  const { found } = same(copied, [some]);
  expect(found === undefined || found.summary.coverage.typesNotLookedAt.length > 0).toBe(true);
});
