import { invalidField } from './errors.ts';
import type { Labels } from './types.ts';

type Test = (labels: Labels) => boolean;

const KEY = '[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUAL = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

/** What a selector such as `env=prod,tier in (a,b),!old` asks of labels (docs.hetzner.cloud, "Label Selector").
 * @throws ApiError invalid_input naming the field for anything else. */
export function labelSelector(text: string, field = 'label_selector'): Test {
  const parts = text.match(/(?:[^,(]|\([^)]*\)?)+/g) ?? [];
  const tests = parts.map((part) => {
    const test = oneTest(part.trim());
    if (test === undefined) throw invalidField(field, `cannot read '${part.trim()}'`);
    return test;
  });
  if (tests.length === 0 && text.trim() !== '') throw invalidField(field, `cannot read '${text}'`);
  return (labels) => tests.every((test) => test(labels));
}

function oneTest(part: string): Test | undefined {
  const [, key, operator, value] = EQUAL.exec(part) ?? [];
  if (key !== undefined) {
    return operator === '!=' ? (labels) => own(labels, key) !== value : (labels) => own(labels, key) === value;
  }
  const [, setKey, word, list = ''] = SET.exec(part) ?? [];
  if (setKey !== undefined) {
    const values = list.split(',').map((each) => each.trim());
    return (labels) => values.includes(own(labels, setKey) ?? '\0') === (word === 'in');
  }
  const [, not, name] = EXISTS.exec(part) ?? [];
  return name === undefined ? undefined : (labels) => (own(labels, name) === undefined) === (not === '!');
}

const own = (labels: Labels, key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined);
