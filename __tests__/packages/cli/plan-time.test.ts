import fc from 'fast-check';
import { planTime } from '../../../packages/cli/src/plan-time.ts';

const time = (document: unknown) =>
  planTime(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)));

describe('planTime', () => {
  test('reads what the plan says at the top, in UTC', () => {
    expect(time({ format_version: '1.2', resource_changes: [], timestamp: '2026-11-18T13:00:05+02:00' })).toBe(
      '2026-11-18T11:00:05Z',
    );
  });

  test.each([
    ['nothing', { format_version: '1.2' }],
    ['only an attribute of a resource', { values: { timestamp: '2026-11-18T11:00:00Z' } }],
    ['a value that is the word', { key: 'timestamp', other: '2026-11-18T11:00:00Z' }],
    ['no instant', { timestamp: 'yesterday' }],
    ['a number', { timestamp: 5, other: '2026-11-18T11:00:00Z' }],
    ['a number before a key that is an instant', '{"timestamp":5,"2026-11-18T11:00:00Z":1}'],
    ['an unfinished document', '{"timestamp":"2026-11'],
  ])('undefined for %s', (_name, document) => {
    expect(time(document)).toBeUndefined();
  });

  test('agrees with JSON.parse on any document', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('timestamp', 'a', 'b\\"', '{'), fc.jsonValue({ maxDepth: 3 })),
        fc.boolean(),
        (document, dated) => {
          const { timestamp: _none, ...rest } = document;
          const whole = dated ? { ...rest, timestamp: '2026-11-18T11:00:00Z' } : rest;
          expect(time(whole)).toBe(dated ? '2026-11-18T11:00:00Z' : undefined);
        },
      ),
    );
  });
});
