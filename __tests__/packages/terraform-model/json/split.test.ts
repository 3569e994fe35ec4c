import fc from 'fast-check';
import { InputError } from '../../../../packages/terraform-model/src/input-error.ts';
import { Splitter } from '../../../../packages/terraform-model/src/json/split.ts';

const splitter = (text: string) => new Splitter(Buffer.from(text), 'plan.json');
const fault = (text: string): string => {
  try {
    splitter(text).sections();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'read';
};

describe('Splitter', () => {
  it('finds the members and items that JSON.parse finds', () => {
    const plan = fc.dictionary(fc.string(), fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())));
    fc.assert(
      fc.property(plan, fc.constantFrom(0, 2), fc.boolean(), (value, indent, marked) => {
        const text = JSON.stringify(value, null, indent);
        const made = splitter(marked ? `\uFEFF${text}\n` : text);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const members = made.sections();
        expect([...members.keys()].sort()).toEqual(Object.keys(parsed).sort());
        for (const [key, span] of members) {
          expect(made.parse(span)).toEqual(parsed[key]);
          const own = parsed[key];
          if (Array.isArray(own)) expect([...made.items(span)].map((item) => made.parse(item))).toEqual(own);
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each(['{"a": 1,\n"a": 2}', '{"a": [}', '{"a": "x\\"}', '{"a"', '[]', '{} x', '{"a":}'])('refuses %j', (text) => {
    expect(fault(text)).toMatchSnapshot();
  });

  it('refuses a nesting of 100,000 with a clear message, also in a section that is skipped', () => {
    expect(fault(`{"planned_values": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toMatchSnapshot();
  });

  it('takes a quote after an even number of backslashes for the end of the string', () => {
    const made = splitter('{"a\\\\": "b\\\\\\"", "c": 1}');
    expect([...made.sections()].map(([key, span]) => [key, made.parse(span)])).toEqual([
      ['a\\', 'b\\"'],
      ['c', 1],
    ]);
  });
});
