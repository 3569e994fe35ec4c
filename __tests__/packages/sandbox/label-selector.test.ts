import { labelSelector } from '../../../packages/sandbox/src/label-selector.ts';

const labels = { env: 'prod', tier: 'web', 'example.com/owner': 'ops', empty: '' };

test.each([
  ['', true],
  ['env', true],
  ['!env', false],
  ['!old', true],
  ['env=prod', true],
  ['env==prod', true],
  ['env!=prod', false],
  ['old!=prod', true],
  ['empty=', true],
  ['env in (prod,test)', true],
  ['env in (test)', false],
  ['env notin (test)', true],
  ['old notin (test)', true],
  ['env=prod,tier in (web,db),!old', true],
  ['env=prod,tier=db', false],
  ['example.com/owner=ops', true],
  ['constructor', false],
  ['env notin (prod, test),tier', false],
  [' env = prod , tier in( web , db ) ', true],
  ['empty in ()', true],
])('%j on the labels of a web server: %s', (selector, expected) => {
  expect(labelSelector(selector)(labels)).toBe(expected);
});

test.each([
  ['='],
  ['__proto__'],
  ['env in'],
  ['env in (a'],
  ['a b'],
  [',,'],
  ['(a)'],
  ['env=a=b'],
  ['env,'],
  [',env'],
  ['env,,tier'],
  ['!env=prod'],
  ['env IN (a)'],
  ['env in (a) b'],
  ['env in (é)'],
  ['a/b/c=d'],
  ['-env'],
  ['env=-'],
  ['e'.repeat(64)],
  [`env=${'e'.repeat(64)}`],
  ['env>1'],
  ['env in ((a))'],
])('%j is none', (selector) => {
  expect(() => labelSelector(selector)).toThrow("'label_selector'");
});
