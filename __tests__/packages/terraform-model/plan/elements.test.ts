import fc from 'fast-check';
import { InputError } from '../../../../packages/terraform-model/src/input-error.ts';
import { Splitter } from '../../../../packages/terraform-model/src/json/split.ts';
import { changesIn } from '../../../../packages/terraform-model/src/plan/elements.ts';

/** The elements of a list, read; or what is wrong with it. */
const read = (text: string): unknown => {
  const bytes = Buffer.from(text);
  try {
    return [...changesIn(new Splitter(bytes, 'plan.json'), { start: 0, end: bytes.length })];
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
};

const marks = ['after_unknown', 'before_sensitive', 'after_sensitive'] as const;
const keys = fc.oneof(fc.constantFrom(...marks, 'change', 'a"after_unknown', '\\', '', 'é'), fc.string());
const json = fc.letrec((again) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 1, 'x:{"after_unknown":1}', 'ä\\"'),
    fc.array(again('value'), { maxLength: 3 }),
    fc.dictionary(keys, again('value'), { maxKeys: 3 }),
  ),
})).value;
const shown = fc.record({
  actions: fc.constant(['create']),
  before: fc.constant(null),
  after: fc.dictionary(keys, json, { maxKeys: 3 }),
  after_unknown: json,
  before_sensitive: json,
  after_sensitive: json,
});
/** A change whose members stand in any order, with others among them, and some of the marks left out. */
const change = fc
  .tuple(shown, fc.dictionary(fc.constantFrom('replace_paths', 'importing', 'change'), json), fc.subarray([...marks]))
  .chain(([own, others, left]) => {
    const members = Object.entries({ ...own, ...others }).filter(([key]) => !(left as string[]).includes(key));
    return fc.shuffledSubarray(members, { minLength: members.length }).map((mixed) => Object.fromEntries(mixed));
  });
const element = change.map((made) => ({ address: 'a.b', mode: 'managed', type: 'a', name: 'b', change: made }));

describe('elements of resource_changes', () => {
  it('are what JSON.parse makes of them, whatever their keys and texts are', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 4 }), fc.constantFrom(0, 2), (elements, indent) => {
        const found = read(JSON.stringify(elements, null, indent)) as { readonly change: Record<string, unknown> }[];
        expect(found).toHaveLength(elements.length);
        for (const [index, { change: is, ...rest }] of found.entries()) {
          const { change: was, ...others } = elements[index] as (typeof elements)[number];
          expect(rest).toEqual(others);
          for (const key of ['actions', 'before', 'after', ...marks]) expect(is[key]).toEqual(was[key]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('share what marks them alike', () => {
    const one = { address: 'a.b', mode: 'managed', type: 'a', name: 'b' };
    const alike = { actions: ['create'], after: {}, after_unknown: { id: true }, after_sensitive: {} };
    const [first, second] = read(JSON.stringify([1, 2].map(() => ({ ...one, change: alike })))) as {
      readonly change: typeof alike;
    }[];
    expect(second?.change.after_unknown).toBe(first?.change.after_unknown);
  });

  const written = (inner: string, more = '') =>
    `[{"address":"a.b","mode":"managed","type":"a","name":"b","change":{"actions":["create"],"after":{}${inner}}${more}}]`;

  it.each([
    ['a mark twice', written(',"after_unknown":{},"after_unknown":{}')],
    ['a mark twice, apart', written(',"after_unknown":{},"x":1,"after_unknown":{}')],
    ['a key twice in a mark', written(',"after_unknown":{"id":true,"id":false}')],
    ['the change twice', written(',"after_unknown":{}', ',"change":{"after_unknown":{}}')],
    ['a mark that is no JSON', written(',"after_unknown":tru')],
    ['a mark that is missing', written(',"after_unknown":')],
    ['brackets that do not fit', written(',"after_unknown":{]')],
    ['two values in one place', written(',"after_unknown":{} {}')],
    ['no key', written(',"after_unknown":{},')],
  ])('with %s are refused', (_, text) => {
    expect(read(text)).toMatchSnapshot();
  });
});
