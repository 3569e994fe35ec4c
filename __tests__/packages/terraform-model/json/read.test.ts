import fc from 'fast-check';
import { InputError } from '../../../../packages/terraform-model/src/input-error.ts';
import { readJson, toPlain } from '../../../../packages/terraform-model/src/json/read.ts';
import { isObject } from '../../../../packages/terraform-model/src/json/types.ts';

const fault = (text: string): string => {
  try {
    readJson(text, 'cdk.tf.json');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'read';
};

describe('readJson', () => {
  it('gives the line of every key and item', () => {
    const document = readJson('{\n "a": [\n  1,\n  2\n ],\n "b": {}\n}', 'f');
    const root = document.value;
    expect(document.lineOf(root)).toBe(1);
    expect(document.lineOf(root, 'a')).toBe(2);
    expect(document.lineOf(root, 'b')).toBe(6);
    const list = isObject(root) ? root.get('a') : undefined;
    expect(document.lineOf(list ?? null, 1)).toBe(4);
    expect(document.lineOf(root, 'c')).toBeUndefined();
  });

  it('ignores a byte order mark and keeps __proto__ a plain key', () => {
    const { value } = readJson('\uFEFF{"__proto__": {"polluted": true}}', 'f');
    expect(isObject(value) && [...value.keys()]).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    ['', 'nothing'],
    ['{"a": 1,\n "a": 2}', 'a key twice'],
    ['{"a" 1}', 'no colon'],
    ['[1 2]', 'no comma'],
    ['[1,]', 'a comma too many'],
    ['{"a": tru}', 'no literal'],
    ['{"a": "x', 'an open string'],
    ['"a\u0001"', 'a control character'],
    ['"\\x"', 'a wrong escape'],
    ['{} {}', 'two documents'],
    ['{a: 1}', 'a bare key'],
    ['01', 'a leading zero'],
  ])('refuses %j: %s', (text) => {
    expect(fault(text)).toMatchSnapshot();
  });

  it('refuses a nesting of 100,000 with a clear message', () => {
    expect(fault('['.repeat(100_000))).toMatchSnapshot();
    expect(fault('{"a":'.repeat(100_000))).toMatchSnapshot();
  });

  it('reads what JSON.parse reads, to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(toPlain(readJson(text, 'f').value))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });

  it('fails only with its own error, and never where JSON.parse succeeds but for keys that stand twice', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '1',
      '-',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let parsed = true;
        try {
          JSON.parse(text);
        } catch {
          parsed = false;
        }
        const message = fault(text);
        expect(message === 'read' || message.includes('stands twice')).toBe(parsed || message.includes('stands twice'));
      }),
      { numRuns: 500 },
    );
  });
});
