import { invalidField } from './errors.ts';
import { isLabelKey, isLabelValue } from './labels.ts';
import type { Labels } from './types.ts';

type Test = (labels: Labels) => boolean;

const SET = /^([^\s!=()]+)\s+(in|notin)\s*\(([^()]*)\)$/;
const EQUAL = /^([^\s!=()]+)\s*(==|=|!=)\s*([^\s!=()]*)$/;
const EXISTS = /^(!?)\s*([^\s!=()]+)$/;

/** What a selector such as `env=prod,tier in (a,b),!old` asks of labels (docs.hetzner.cloud, "Label Selector").
 * @throws ApiError invalid_input naming the field for anything else. */
export function labelSelector(text: string, field = 'label_selector'): Test {
  if (text.trim() === '') return () => true;
  const tests = partsOf(text).map((part) => {
    const test = oneTest(part.trim());
    if (test === undefined) throw invalidField(field, `cannot read '${part.trim()}'`);
    return test;
  });
  return (labels) => tests.every((test) => test(labels));
}

/** A selector at its commas, those within parentheses left alone; what stands between two commas is a part, too. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let [from, depth] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    else if (text[at] === ',' && depth <= 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function oneTest(part: string): Test | undefined {
  const [, key, operator, value] = EQUAL.exec(part) ?? [];
  if (key !== undefined) {
    if (!isLabelKey(key) || !isLabelValue(value ?? '')) return undefined;
    return operator === '!=' ? (labels) => own(labels, key) !== value : (labels) => own(labels, key) === value;
  }
  const [, setKey, word, list = ''] = SET.exec(part) ?? [];
  if (setKey !== undefined) {
    const values = list.split(',').map((each) => each.trim());
    if (!isLabelKey(setKey) || !values.every(isLabelValue)) return undefined;
    return (labels) => values.includes(own(labels, setKey) ?? '\0') === (word === 'in');
  }
  const [, not, name] = EXISTS.exec(part) ?? [];
  return name === undefined || !isLabelKey(name)
    ? undefined
    : (labels) => (own(labels, name) === undefined) === (not === '!');
}

const own = (labels: Labels, key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined);
