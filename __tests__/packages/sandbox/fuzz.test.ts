import fc from 'fast-check';
import { coverage } from '../../../packages/sandbox/src/index.ts';
import { Client } from './client.ts';

const written = coverage().filter((operation) => operation.written);

/** Small values of every form, names that bite, and what a request really holds. */
const value = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      1,
      100_001,
      2 ** 53,
      '',
      'a',
      'hel1',
      'cx23',
      'debian-13',
      '10.0.0.0/16',
      '__proto__',
      '\u0000',
    ),
    fc.string({ maxLength: 12 }),
    fc.integer(),
  ),
  node: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'name',
        'type',
        'ip_range',
        'labels',
        'server',
        'network',
        'rules',
        'records',
        'value',
        'location',
        'constructor',
        '__proto__',
      ),
      tie('node'),
      { maxKeys: 5 },
    ),
  ),
})).node;

const parameter = fc.constantFrom('1', '100001', '100002', '100003', '0', '-1', 'a', '@', 'A', '%00', 'lukko.example');
const query = fc.constantFrom(
  '',
  '?page=2',
  '?page=x',
  '?per_page=0',
  '?sort=id:desc',
  '?sort=:',
  '?label_selector=(',
  '?label_selector=a+in+(b',
  '?id=1&id=x',
  '?name=__proto__',
);

test('every written operation answers anything with a status below 500, in the error form when it refuses', () => {
  const client = new Client();
  client.server('a');
  client.network('n');
  client.volume('v');
  const count = client.log.length;
  fc.assert(
    fc.property(
      fc.constantFrom(...written),
      fc.array(parameter, { minLength: 3, maxLength: 3 }),
      query,
      value,
      (operation, params, text, body) => {
        const left = [...params];
        const path = operation.path.replace(/\{\w+\}/g, () => left.shift() as string);
        const { status, json } = client.call(operation.method.toUpperCase(), `${path}${text}`, body);
        expect(status).toBeLessThan(500);
        if (status >= 400)
          expect(json.error).toEqual({
            code: expect.any(String),
            message: expect.any(String),
            details: json.error.details,
          });
      },
    ),
    { numRuns: 3000 },
  );
  // Whatever was accepted can be read again.
  const again = new Client({}, client.log);
  expect(again.get('/servers').json).toEqual(client.get('/servers').json);
  expect(client.log.length).toBeGreaterThanOrEqual(count);
});
