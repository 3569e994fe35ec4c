import { fixtures, lukko, parseFile, register } from '@lukko/formats';
import fc from 'fast-check';
import { problemsIn } from './problems-in.ts';

const problems = (text: string): string => problemsIn(lukko, text, 'lukko.yaml');
const fine = 'schemaVersion: 1\nposture: eu-sovereign\n';

describe('parseFile', () => {
  test('returns the value and the line of each field', () => {
    const text = [
      '# a comment',
      'schemaVersion: 1',
      'services:',
      '  - host: mirror.lukko.example',
      '    purpose: packages',
      '    entity: Lukko Example Oy',
      '    country: FI',
      '    role: own',
      '    dataCategories: []',
      '    source: config/README.md',
      '    date: 2026-11-21',
    ].join('\n');
    const { value, file, at } = parseFile(register, text, 'register.yaml');
    expect(value.services[0]?.country).toBe('FI');
    expect(file).toBe('register.yaml');
    expect(at('services[0].country')).toEqual({ file: 'register.yaml', line: 7 });
    expect(at(['services', 0, 'country'])).toEqual({ file: 'register.yaml', line: 7 });
    expect(at('services[0]').line).toBe(4);
    expect(at('services').line).toBe(3);
  });

  test('a field that is not written stands where its group stands', () => {
    const { at } = parseFile(lukko, `\n\n${fine}`, 'lukko.yaml');
    expect(at('waivers').line).toBe(1);
    expect(at('posture').line).toBe(4);
  });

  test('reads JSON, with lines', () => {
    const text = '{\n  "schemaVersion": 1,\n  "fixtures": []\n}\n';
    expect(parseFile(fixtures, text, 'fixtures.json').at('fixtures').line).toBe(3);
  });

  test('follows an alias, and says where the value is written', () => {
    const text = 'schemaVersion: &one 1\nposture: &posture recommended\nregister: *posture\n';
    const { value, at } = parseFile(lukko, text, 'lukko.yaml');
    expect(value.register).toBe('recommended');
    expect(at('register').line).toBe(3);
  });
});

describe('a file that cannot be used', () => {
  test.each([
    ['empty', ''],
    ['only comments', '# later\n'],
    ['only a document marker', '---\n'],
    ['a tab', 'schemaVersion: 1\nposture:\n\t- x\n'],
    ['an open quote', 'schemaVersion: 1\nposture: "eu-sovereign\n'],
    ['a colon too many', 'schemaVersion: 1\nposture: eu: sovereign\n'],
    ['two documents', `${fine}---\n${fine}`],
    ['a list instead of fields', '- schemaVersion\n- posture\n'],
    ['text instead of fields', 'eu-sovereign\n'],
    ['a field that stands twice', `${fine}posture: recommended\n`],
    ['a field that stands twice, and is also wrong', `${fine}posture: strict\n`],
    ['a tag', 'schemaVersion: 1\nposture: !include posture.yaml\n'],
    ['an alias without its anchor', 'schemaVersion: 1\nposture: *posture\n'],
    ['an alias of itself', 'schemaVersion: 1\nposture: &posture [*posture]\n'],
    ['a group as the name of a field', '? [schemaVersion]\n: 1\n'],
    ['names that objects have of their own', `${fine}__proto__: 1\nconstructor: 2\n`],
    ['control characters', `${fine}"\\e[31mred": 1\nregister: ["\\e]0;title\\a"]\n`],
    ['another form of country', `${fine}allowedJurisdictions: [EU, Finland]\n`],
  ])('%s', (_name, text) => {
    expect(problems(text)).toMatchSnapshot();
  });

  test('too deep, whatever the depth is made of', () => {
    const expected = '\nlukko.yaml:1: expected at most 40 levels, found more; check that this is the right file\n';
    for (const piece of ['[', '{a: ', '- ', 'a: ', '? ']) expect(problems(piece.repeat(50_000))).toBe(expected);
  });

  test('aliases that stand for millions of values', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 10; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(problems(lines.join('\n'))).toBe(
      '\nlukko.yaml:1: expected at most 100000 values, found more once aliases are followed; write the values out\n',
    );
  });

  test('too large', () => {
    expect(problems(`${fine}# ${'x'.repeat(1_000_000)}`)).toBe(
      '\nlukko.yaml:1: expected at most 1000000 characters, found 1000041; check that this is the right file\n',
    );
  });

  test('a thousand problems are counted and not all printed', () => {
    const text = fine + Array.from({ length: 1000 }, (_, index) => `unknown${index}: 1`).join('\n');
    const lines = problems(text).trim().split('\n');
    expect(lines).toHaveLength(41);
    expect(lines.at(-1)).toBe('… and 960 more');
  });
});

describe('any text', () => {
  test('is read or refused, never anything else', () => {
    const pieces = [
      'a',
      'posture',
      'schemaVersion',
      ':',
      ' ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x',
      '*x',
      '!t',
      '"',
      "'",
      '|',
      '>',
      '#',
      '%',
      '---',
      '\t',
      '\u0000',
      '1',
    ];
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        const message = problems(input);
        expect(message).toMatch(/^(nothing is wrong|\n(lukko\.yaml:\d+: [^\n]+\n)+(… and \d+ more\n)?)$/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may reach a terminal
        expect(message.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
      { numRuns: 400 },
    );
  });

  test('a value that is a format of ours comes back as it was written', () => {
    const record = fc.record({
      schemaVersion: fc.constant(1),
      posture: fc.constantFrom('eu-sovereign', 'recommended'),
      register: fc.string({ unit: 'binary' }),
    });
    fc.assert(
      fc.property(record, (value) => {
        expect(parseFile(lukko, JSON.stringify(value), 'lukko.yaml').value).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });
});
