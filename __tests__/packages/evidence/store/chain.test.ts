import fc from 'fast-check';
import { beginning, chain, line, readStore, type Unchained } from '../../../../packages/evidence/src/store/chain.ts';

const run: Unchained = {
  kind: 'run',
  run: '0b0e7a52-5a44-5f0e-9d53-6f3cc2a3e0c1',
  at: '2026-11-21T12:00:00Z',
  environment: { name: 'example', class: 'production' },
  vantage: 'office',
  tool: 'lukko 0.1.0',
  collectors: ['tls'],
};
const certificate = (digit: string): Unchained => ({ kind: 'certificate', sha256: digit.repeat(64), der: 'AAAA' });
const text = chain([run, certificate('a'), certificate('b'), certificate('c')], beginning)
  .map(line)
  .join('');
const lines = text.split('\n').slice(0, -1);
const join = (...some: readonly (string | undefined)[]) => some.map((one) => `${one}\n`).join('');
const codes = (store: string) => readStore(store).problems.map(({ code, line: number }) => `${number} ${code}`);

test('a chain that was written is whole, and can be continued', () => {
  const store = readStore(text);
  expect([store.problems, store.records.length, store.head.sequence]).toEqual([[], 4, 3]);
  const more = chain([certificate('d')], store.head)
    .map(line)
    .join('');
  expect(readStore(text + more).problems).toEqual([]);
});

test('a changed, removed, added or moved record is found, and what stands before it is kept', () => {
  const [first, second, third, fourth] = lines;
  expect(codes(join(first, second?.replace('AAAA', 'AAAB'), third))).toEqual(['2 store-changed']);
  expect(codes(join(first, third, fourth))).toEqual(['2 store-broken-chain']);
  expect(codes(join(first, second, second, third))).toEqual(['3 store-broken-chain']);
  expect(codes(join(first, third, second, fourth))).toEqual(['2 store-broken-chain']);
  expect(codes(join(second))).toEqual(['1 store-broken-chain']);
  expect(readStore(join(first, third, fourth)).records).toHaveLength(1);
});

test('a record of another chain with the right number is found', () => {
  const other = chain([run, certificate('e'), certificate('f')], beginning).map(line);
  expect(codes(join(lines[0], lines[1], other[2]?.trim()))).toEqual(['3 store-broken-chain']);
});

test('a last line without its end is said to be there, and is not read', () => {
  expect(codes(`${text}{"kind":"run"`)).toEqual(['5 store-half-line']);
  expect(readStore(text.slice(0, -1)).records).toHaveLength(3);
});

test('any change of any byte is found', () => {
  fc.assert(
    fc.property(fc.nat(text.length - 2), fc.integer({ min: 32, max: 126 }), (at, code) => {
      const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
      const { problems } = readStore(changed);
      expect(changed === text || problems.length > 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('what is no store is refused in one line', () => {
  fc.assert(
    fc.property(fc.string(), (any) => {
      const { records } = readStore(`${any}\n`);
      expect(records).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
