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
])('%j on the labels of a web server: %s', (selector, expected) => {
  expect(labelSelector(selector)(labels)).toBe(expected);
});

test.each([['='], ['__proto__'], ['env in'], ['env in (a'], ['a b'], [',,'], ['(a)'], ['env=a=b']])(
  '%j is none',
  (selector) => {
    expect(() => labelSelector(selector)).toThrow("'label_selector'");
  },
);
