import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readConfiguration, type Value } from '@lukko/terraform-model';

interface Answer {
  readonly expression: string;
  readonly value?: unknown;
  readonly refused?: true;
}

const directory = path.join(__dirname, '../../../fixtures/terraform-expressions');
const answers = ['answers.json', 'functions.json'].flatMap(
  (name) => JSON.parse(readFileSync(path.join(directory, name), 'utf8')) as readonly Answer[],
);
const text = JSON.stringify({
  output: Object.fromEntries(answers.map(({ expression }, index) => [`o${index}`, { value: expression }])),
});
const reads = {
  read: (name: string) => {
    try {
      return readFileSync(path.join(directory, name));
    } catch {
      return 'absent' as const;
    }
  },
};
const [root] = readConfiguration([{ file: 'main.tf.json', text }], { workspace: 'default', reads }).roots;
const values = (root?.outputs ?? []).map(({ value }) => value.value);

const notKnown = Symbol('not known');

/** A value as JSON, when all of it is known. */
function known(value: Value): unknown {
  switch (value.state) {
    case 'known':
      return value.value;
    case 'unset':
      return null;
    case 'list': {
      const items = value.items.map(known);
      return value.complete && !items.includes(notKnown) ? items : notKnown;
    }
    case 'map': {
      const entries = [...value.entries].map(([key, item]) => [key, known(item)] as const);
      return value.complete && entries.every(([, item]) => item !== notKnown) ? Object.fromEntries(entries) : notKnown;
    }
    default:
      return notKnown;
  }
}

test('every answer was asked for', () => {
  expect(values).toHaveLength(answers.length);
});

test('what the model claims to know is what terraform answered', () => {
  const wrong = answers.flatMap(({ expression, value, refused }, index) => {
    const own = known(values[index] as Value);
    if (own === notKnown) return [];
    if (refused) return [{ expression, terraform: 'refused', own }];
    try {
      expect(own).toEqual(value);
      return [];
    } catch {
      return [{ expression, terraform: value, own }];
    }
  });
  expect(wrong).toEqual([]);
});

test('few of the answers are not known', () => {
  const open = answers.filter(({ refused }, index) => !refused && known(values[index] as Value) === notKnown);
  expect(open.map(({ expression }) => expression)).toMatchSnapshot();
});
