import fc from 'fast-check';
import { ExpressionError } from '../../../../packages/terraform-model/src/expression/ast.ts';
import { parseExpression, parseTemplate } from '../../../../packages/terraform-model/src/expression/parse.ts';

const fault = (text: string): string => {
  try {
    parseTemplate(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
  return 'parsed';
};

describe('parseTemplate', () => {
  it.each([
    'plain',
    '$${HOME} %%{http_code}',
    'a ${b.c} d',
    '${a.b[0].c["d"].*.e}',
    '${a ? b : c == 1 && !d || -e > 2}',
    '${[for k, v in a : "${k}=${v}" if v != null]}',
    '${{for v in a : v.id => v...}}',
    '${{a = 1, "b": 2, (c) = 3}}',
    '%{ if a ~} yes %{ else } no %{ endif }',
    '%{ for x in y }${x},%{ endfor }',
    '${provider::hcloud::label(a, b...)}',
  ])('reads %s', (text) => {
    expect(parseTemplate(text)).toMatchSnapshot();
  });

  it.each([
    '${',
    '${}',
    '${a',
    '${a b}',
    '${a.}',
    '${"a}',
    '${a ? b}',
    '%{ if a }',
    '%{ endif }',
    '%{ while a }',
    '${f(a',
    '${[1, 2}',
    '${HOME} ${http:code}',
  ])('refuses %s', (text) => {
    expect(fault(text)).toMatchSnapshot();
  });

  it('refuses depth instead of overflowing', () => {
    for (const opening of ['(', '[', '{a=', '-', '!', 'f(', '"${', 'a ? b : ']) {
      expect(fault(`\${${opening.repeat(100_000)}`)).toContain('nested deeper');
    }
    expect(fault(`\${1${' + 1'.repeat(100_000)}}`)).toContain('operators in a row');
    expect(fault('%{ if a }'.repeat(100_000))).toContain('nested too deeply');
  });

  it('throws nothing but its own error', () => {
    const piece = fc.constantFrom(
      ...[
        '${',
        '%{',
        '}',
        '~',
        'a',
        '.',
        '[',
        ']',
        '(',
        ')',
        '{',
        '*',
        '"',
        '?',
        ':',
        'for',
        ' in ',
        'if',
        'endif',
        'else',
        '=>',
      ],
      ...['...', '0', '1e9', '==', '!', '-', '&&', ',', '\\', '\n', '$${', 'null', '::', '/*', '*/', '#', '\u{1F512}'],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 25 }), (pieces) => {
        fault(pieces.join(''));
        fault(`\${${pieces.join('')}}`);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps text without sequences as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/[$%]\{/.test(text));
        expect(parseTemplate(text).join('')).toBe(text);
        expect(parseTemplate(text.replaceAll('$', '')).join('')).toBe(text.replaceAll('$', ''));
      }),
    );
  });

  it('reads a bare expression and refuses what follows it', () => {
    expect(parseExpression('hcloud_volume.data.id').text).toBe('hcloud_volume.data.id');
    expect(() => parseExpression('a b')).toThrow(ExpressionError);
  });
});
