import { deriveFacts } from '@lukko/facts';
import { no, postures, type Rule, rule, survey, unknown, yes } from '@lukko/policy-engine';
import { readSynth } from '@lukko/terraform-model';
import { surveyOf } from '../../../packages/policy-engine/src/survey.ts';
import { operators, rules } from '../../../policies/index.ts';
import { evaluationOf, grownInFinland, run } from './fake-rules.ts';

const server = (more: object) => ({ name: 'a', server_type: 'cx23', image: 'debian-13', location: 'hel1', ...more });
const text = JSON.stringify({
  variable: { payload: { type: 'string' }, other: { type: 'string' } },
  data: { local_file: { payload: { filename: '/etc/payload' } } },
  resource: {
    hcloud_firewall: { web: { rule: [{ direction: 'in', protocol: 'tcp', port: '443', source_ips: ['0.0.0.0/0'] }] } },
    hcloud_server: {
      third: server({ user_data: '${var.payload}' }),
      first: server({ user_data: '${var.payload}', labels: { owner: 'ops' } }),
      second: server({ user_data: '${var.other}', firewall_ids: ['${hcloud_firewall.web.id}'], location: 'ash' }),
      data: server({ user_data: '${data.local_file.payload.content}' }),
      none: server({}),
      read: server({ user_data: '#!/bin/sh\nswapon /swap\n' }),
      drifts: { ...server({ user_data: '${var.payload}' }), lifecycle: { ignore_changes: ['user_data'] } },
    },
  },
});
const facts = deriveFacts(readSynth({ roots: [{ files: [{ file: 'main.tf.json', text }] }] }), {
  operators,
  register: [],
});

const { appliesWhen: _none, ...texts } = grownInFinland;

/** A rule about servers that counts how often it is asked. */
function counting(changes: Partial<Rule<'server'>> & Pick<Rule<'server'>, 'check'>) {
  const asked: string[] = [];
  const made = rule<'server'>({
    ...texts,
    appliesTo: ['server'],
    message: ({ resource }) => `${resource.address} is not seen`,
    ...changes,
    check: (...given) => {
      asked.push('check');
      return changes.check(...given);
    },
  });
  return { made, asked };
}

/** What a survey counts, which must be what a whole report lists. */
function counted(made: Rule) {
  const asked = { facts, rules: [made], posture: postures.recommended };
  const found = survey(evaluationOf(asked));
  expect(found).toEqual(surveyOf(run(asked)));
  return found;
}

test.each(rules.map((each): [string, Rule] => [each.id, each]))('%s: counted as it is listed', (_, each) => {
  counted(each);
});

test('a rule that looks at the payload alone is asked once of all that are hidden alike', () => {
  const { made, asked } = counting({
    check: ({ payload: { state, causes, attr } }) =>
      state === 'unknown' ? unknown({ at: attr.at, saw: 'hidden', causes }) : yes({ at: attr.at, saw: state }),
  });
  const found = survey(evaluationOf({ facts, rules: [made], posture: postures.recommended }));
  // Four variables and one data source are hidden; two are not. Each class is asked once, and once more for the message that is shown.
  expect(found?.summary).toMatchObject({ unknown: 5, pass: 2 });
  expect(asked).toHaveLength(2 + 3 + 3);
  expect(found?.groups.map(({ count, first }) => [count, first.message])).toMatchSnapshot();
  counted(made);
});

test.each<[string, Rule<'server'>['check']]>([
  ['its name', ({ resource, payload: { attr } }) => unknown({ at: attr.at, saw: resource.name })],
  ['its exposure', ({ exposure, payload: { attr } }) => unknown({ at: attr.at, saw: String(exposure.public.is) })],
  ['other servers', ({ payload: { attr } }, { servers }) => no({ at: attr.at, saw: `${servers.length} servers` })],
  ['where it stands', ({ payload: { server: own, attr } }) => no({ at: own.id, saw: attr.at })],
  ['the value', ({ payload: { attr } }) => no({ at: attr.at, saw: attr.value.state })],
  ['whether it has a name', ({ resource, payload: { attr } }) => no({ at: attr.at, saw: String('name' in resource) })],
  ['all its keys', ({ resource, payload: { attr } }) => no({ at: attr.at, saw: Object.keys(resource).join() })],
  ['its place, and says so', ({ payload: { attr } }) => no({ at: attr.at, saw: attr.at })],
  [
    'another host',
    ({ payload: { attr } }, { hostSettings, servers }) =>
      no({ at: attr.at, saw: String(hostSettings((servers[0] as (typeof servers)[number]).resource).whole) }),
  ],
  [
    'several elements',
    ({ payload: { attr } }) => ['a', 'b'].map((saw) => ({ truth: no({ at: attr.at, saw }), message: saw })),
  ],
])('one that looks at %s is asked of each', (_, check) => {
  const { made } = counting({ check });
  const fresh = counting({ check });
  survey(evaluationOf({ facts, rules: [fresh.made], posture: postures.recommended }));
  expect(fresh.asked.length).toBeGreaterThanOrEqual(7);
  counted(made);
});

test('an own rule is asked of each: it may remember what it was asked', () => {
  let before = 0;
  const { made } = counting({
    check: ({ payload: { attr } }) => {
      before += 1;
      return before % 2 === 0 ? no({ at: attr.at, saw: 'even' }) : yes({ at: attr.at, saw: 'odd' });
    },
  });
  survey(evaluationOf({ facts, rules: [{ ...made, file: 'rules/own.mjs' }], posture: postures.recommended }));
  expect(before).toBe(7);
});
