import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Graph, readPlan } from '@lukko/terraform-model';
import { inCopies, type Plan } from '../../../../scripts/bench/plan.ts';

const fixture = (theme: string): string =>
  readFileSync(path.join(__dirname, '../../../fixtures/plans', theme, 'plan.json'), 'utf8');
const keys = ['e', 'b', 'f', 'a', 'g', 'd', 'c'];

interface Change {
  address: string;
  name: string;
  change: { after: Record<string, unknown> };
}
interface Loose extends Omit<Plan, 'resource_changes' | 'configuration'> {
  resource_changes: Change[];
  prior_state?: unknown;
  configuration: {
    provider_config?: unknown;
    root_module: {
      resources?: unknown[];
      outputs?: unknown;
      module_calls: Record<string, Record<string, unknown>>;
    };
  };
}

const read = (plan: unknown, copies: 'each' | 'once' = 'once'): Graph =>
  readPlan({ bytes: Buffer.from(JSON.stringify(plan)), file: 'plan.json', copies });
const ids = ({ resources }: Graph): string[] => resources.map(({ id }) => id);

/** Each with objects of its own. */
const copied = (): Loose => JSON.parse(JSON.stringify(inCopies(JSON.parse(fixture('foreign-loops')), keys)));

/** What a graph keeps of the same plan in copies, after a change of it. */
function kept(change: (plan: Loose) => void = () => {}) {
  const plan = copied();
  change(plan);
  const { copies } = read(plan);
  expect(read(plan, 'each').copies).toEqual([]);
  return copies;
}
const ALL = [{ kept: ['a', 'b', 'e', 'g'].map((key) => `module.copy["${key}"]`), count: 7 }];
const copy = (plan: Loose): Record<string, unknown> => plan.configuration.root_module.module_calls.copy as never;
const of = ({ resource_changes: changes }: Loose, key: string, type: string): Change[] =>
  changes.filter(({ address }) => address.startsWith(`module.copy["${key}"].${type}.`));

test('of instances that are alike a few are read, in the order of the plan, and the graph says of how many', () => {
  const plan = inCopies(JSON.parse(fixture('foreign-loops')), keys);
  const graph = read(plan);
  expect(graph.copies).toEqual(ALL);
  const whole = ids(read(plan, 'each'));
  expect(ids(graph)).toEqual(whole.filter((id) => /^module\.copy\["[abeg]"\]/.test(id)));
  expect(ids(graph)).toHaveLength((whole.length / 7) * 4);
});

test('of five none is left out', () => {
  const plan = inCopies(JSON.parse(fixture('foreign-loops')), keys.slice(0, 5));
  expect(read(plan).copies).toEqual([]);
  expect(ids(read(plan))).toEqual(ids(read(plan, 'each')));
});

test('as terraform plans them: names tell nothing apart; a place, a volume each, and being picked do', () => {
  const graph = read(JSON.parse(fixture('foreign-copies')));
  expect(graph.copies).toEqual([{ kept: ['kemi', 'lahti', 'vaasa'].map((key) => `module.shop["${key}"]`), count: 6 }]);
  const modules = new Set(ids(graph).flatMap((id) => /^module\.\w+\[.+?\]/.exec(id)?.[0] ?? []));
  expect([...modules].filter((each) => !each.startsWith('module.shop'))).toHaveLength(12);
  expect(modules).toContain('module.shop["pori"]');
});

test.each<[string, (plan: Loose) => void]>([
  [
    'a name of their own',
    (plan) =>
      keys.forEach((key, index) => {
        name(plan, key, `web-${index}`);
      }),
  ],
  [
    'names that are the same',
    (plan) =>
      keys.forEach((key) => {
        name(plan, key, 'web');
      }),
  ],
  [
    'a payload of which the plan shows the digest',
    (plan) => {
      const text = JSON.stringify(plan.configuration).replaceAll('"constant_value":"#cloud', '"references":["x');
      plan.configuration = JSON.parse(text);
      for (const [index, key] of keys.entries())
        set(plan, key, 'hcloud_server', { user_data: `${'A'.repeat(26)}${index}=` });
    },
  ],
  ['an argument that is its key alone', (plan) => argue(plan, { name: ['each.key'] })],
  ['an argument they share', (plan) => argue(plan, { net: ['hcloud_network.n.id', 'hcloud_network.n'] })],
  ['one of each', (plan) => argue(plan, { name: ['each.key'], net: ['hcloud_network.n.id', 'hcloud_network.n'] })],
  [
    'an output over all of them',
    (plan) => {
      plan.configuration.root_module.outputs = { all: { expression: { references: ['module.copy'] } } };
    },
  ],
])('alike with %s', (_, change) => {
  expect(kept(change)?.map(({ count }) => count)).toEqual([7]);
});

test.each<[string, (plan: Loose) => void]>([
  ['what it leads to is chosen by its key', (plan) => argue(plan, { net: ['hcloud_network.n', 'each.key'] })],
  ['so it is in for_each', (plan) => argue(plan, { net: ['each.value'] }, { references: ['hcloud_network.n'] })],
  [
    'the text of an expression may choose',
    (plan) => {
      argue(plan, { name: ['each.key'], net: ['hcloud_network.n'] });
      Object.assign(copy(plan).expressions as object, { also: { constant_value: '${each.key}' } });
    },
  ],
  ['a resource refers to them', (plan) => refer(plan, ['module.copy', 'each.key'])],
  [
    'a resource refers to one of them',
    (plan) => refer(plan, ['module.copy["a"].id', 'module.copy["a"]', 'module.copy']),
  ],
  [
    'another call refers to them',
    (plan) => {
      const { module_calls: calls } = plan.configuration.root_module;
      calls.other = { source: './other', expressions: { id: { references: ['module.copy'] } }, module: {} };
    },
  ],
  [
    'a provider is made of one',
    (plan) => {
      plan.configuration.provider_config = { x: { name: 'x', expressions: { host: { references: ['module.copy'] } } } };
    },
  ],
  [
    'an output names one of them',
    (plan) => {
      plan.configuration.root_module.outputs = { one: { expression: { references: ['module.copy["a"].id'] } } };
    },
  ],
  [
    'the text of an expression inside may ask for their key',
    (plan) => {
      argue(plan, { name: ['each.key'] });
      const { resources } = copy(plan).module as { resources: { expressions: object }[] };
      Object.assign(resources[0]?.expressions ?? {}, { labels: { constant_value: '${var.name == "d" ? 1 : 2}' } });
    },
  ],
  [
    'the text of an output may pick one',
    (plan) => {
      plan.configuration.root_module.outputs = { all: { expression: { constant_value: '${module.copy}' } } };
    },
  ],
  [
    'data sources were read in them',
    (plan) => {
      const address = 'module.copy["a"]';
      const data = { address: `${address}.data.x.y`, mode: 'data', type: 'x', name: 'y', values: {} };
      plan.prior_state = { values: { root_module: { child_modules: [{ address, resources: [data] }] } } };
    },
  ],
  [
    'the configuration does not show the call',
    (plan) => {
      plan.configuration.root_module.module_calls = {};
    },
  ],
])('not alike where %s', (_, change) => {
  expect(kept(change)).toEqual([]);
});

test.each<[string, (plan: Loose) => void]>([
  ['a place', (plan) => set(plan, 'c', 'hcloud_server', { location: 'nbg1' })],
  ['a label', (plan) => set(plan, 'c', 'hcloud_server', { labels: { role: 'other' } })],
  ['a label called name', (plan) => set(plan, 'c', 'hcloud_server', { labels: { name: 'other' } })],
  ['a name that is no word', (plan) => name(plan, 'c', 'c.example.com')],
  ['a name that may be a secret', (plan) => name(plan, 'c', 'deadbeefdeadbeefdeadbeefdeadbeef')],
  ['a name that is a token of Slack', (plan) => name(plan, 'c', 'xoxb-1234567890')],
  ['a name that ends in a token of Slack', (plan) => name(plan, 'c', 'web-xoxb-1234567890')],
  ['a name that is a token of GitLab', (plan) => name(plan, 'c', 'glpat-aaaaaaaaaaaa-bbbbbbb')],
  ['a name that is a key of OpenAI', (plan) => name(plan, 'c', 'sk-bratislava-frontend-customer-one')],
  [
    'digest of a payload where one is a constant',
    (plan) => {
      set(plan, 'c', 'hcloud_server', { user_data: `${'B'.repeat(27)}=` });
      const { resources } = copy(plan).module as { resources: { type: string; expressions: object }[] };
      const server = resources.find(({ type }) => type === 'hcloud_server');
      Object.assign(server?.expressions ?? {}, { user_data: { constant_value: '#!/bin/sh' } });
    },
  ],
  [
    'what is done to it',
    (plan) => Object.assign(of(plan, 'c', 'hcloud_server')[0]?.change ?? {}, { actions: ['read'] }),
  ],
  ['a resource more', (plan) => plan.resource_changes.push(renamed(of(plan, 'c', 'hcloud_network')[0] as Change))],
  [
    'a resource less',
    (plan) => {
      const [gone] = of(plan, 'c', 'hcloud_network');
      plan.resource_changes = plan.resource_changes.filter((each) => each !== gone);
    },
  ],
  ['a text about another one', (plan) => name(plan, 'c', 'module.copy["a"].x')],
])('one instance with another %s is read itself', (_, change) => {
  const copies = kept(change);
  expect(copies).toEqual([{ ...ALL[0], count: 6 }]);
});

test('a key of other characters, and no key, leave a module as it is', () => {
  const strange = inCopies(JSON.parse(fixture('foreign-loops')), ['ä', 'b c', '"', 'd/e', '${f}', 'g h']);
  expect(read(strange).copies).toEqual([]);
  expect(ids(read(strange))).toEqual(ids(read(strange, 'each')));
});

test('many texts that differ are told apart by their digests', () => {
  const plan = copied();
  const long = 'x'.repeat(1 << 18);
  for (const key of keys)
    for (const [index, { change }] of plan.resource_changes.entries())
      if (index % 17 === 0 && change.after !== null)
        set(plan, key, 'hcloud_network', { labels: { long: `${long}${key}` } });
  expect(read(plan).copies).toEqual([]);
  const alike = copied();
  for (const { change } of alike.resource_changes)
    Object.assign(change.after, { long: `${long}${change.after.ip_range}` });
  expect(read(alike).copies).toEqual(ALL);
});

test('in JSON that another program wrote each is read where its text does not begin as terraform writes it', () => {
  const plan = copied();
  const sorted = (value: unknown): unknown =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .sort()
            .map(([key, inner]) => [key, sorted(inner)]),
        );
  plan.resource_changes = plan.resource_changes.map(
    (change, index) => sorted(index % 17 === 3 ? { ...change, action_reason: 'replace_by_request' } : change) as Change,
  );
  const graph = read(plan);
  expect(graph.copies).toEqual([]);
  expect(ids(graph)).toEqual(ids(read(plan, 'each')));
});

test('what stands twice in other words is refused as ever', () => {
  const plan = copied();
  const text = JSON.stringify(plan);
  const one = JSON.stringify(of(plan, 'd', 'hcloud_network')[0]);
  const twice = text.replace(one, `${one},{ ${one.slice(1)}`);
  expect(() => readPlan({ bytes: Buffer.from(twice), file: 'plan.json', copies: 'once' })).toThrow('stands twice');
});

test('what stands twice is refused as ever', () => {
  const plan = copied();
  for (const key of keys) plan.resource_changes.push(...of(plan, key, 'hcloud_network'));
  expect(() => read(plan)).toThrow('stands twice');
});

function name(plan: Loose, key: string, to: string): void {
  set(plan, key, 'hcloud_server', { name: to });
}

function set(plan: Loose, key: string, type: string, values: object): void {
  for (const { change } of of(plan, key, type)) change.after = { ...change.after, ...values };
}

function renamed(change: Change): Change {
  return { ...change, name: 'more', address: change.address.replace(/[^.]+$/, 'more') };
}

function argue(plan: Loose, references: Record<string, string[]>, each: object = { references: ['var.keys'] }): void {
  const expressions = Object.fromEntries(Object.entries(references).map(([key, to]) => [key, { references: to }]));
  Object.assign(copy(plan), { expressions, for_each_expression: each });
}

function refer(plan: Loose, references: string[]): void {
  const more = { mode: 'managed', type: 'hcloud_rdns', name: 'x', expressions: { server_id: { references } } };
  plan.configuration.root_module.resources = [more];
}
