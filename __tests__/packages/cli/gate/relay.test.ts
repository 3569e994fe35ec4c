import fc from 'fast-check';
import { defuse, QUESTIONS, relay } from '../../../../packages/cli/src/gate/relay.ts';

/** What cdktf 0.21 does with the output it is given, per group of whole lines: see models/deploy-machine.js of @cdktf/cli-core. */
const triggers = (text: string) =>
  [
    QUESTIONS.apply.slice(0, -1),
    QUESTIONS.destroy,
    'Do you want to override the soft failed policy check?',
    'approved using the UI or API',
    'discarded using the UI or API',
    'overridden using the UI or API',
  ].some((phrase) => text.includes(phrase)) ||
  (text.includes('var.') && text.includes('Enter a value:'));

function through(pieces: readonly Buffer[]): string {
  let out = '';
  const line = relay((text) => {
    out += text;
  });
  for (const piece of pieces) line.write(piece);
  line.end();
  return out;
}

describe('relay', () => {
  test('a label that holds the question of cdktf is broken up, other lines are kept byte for byte', () => {
    expect(
      through([Buffer.from('\u001b[1m  + name\u001b[0m = "x"\n  + label = "Do you want to perform these actions?"\n')]),
    ).toBe('\u001b[1m  + name\u001b[0m = "x"\n  + label = "Do·you·want·to·perform·these·actions?"\n');
  });

  test('colours inside a phrase do not hide it: cdktf strips them before it looks', () => {
    expect(triggers(defuse('Do you \u001b[1mwant\u001b[0m to perform these actions'))).toBe(false);
  });

  test('a phrase split over pieces, even inside a character, is found', () => {
    const bytes = Buffer.from('ä Do you really want to destroy all resources? ä\n');
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    expect(through(pieces)).toBe('ä Do·you·really·want·to·destroy·all·resources? ä\n');
  });

  test('a last line without an end is passed on', () => {
    expect(through([Buffer.from('no newline')])).toBe('no newline\n');
  });

  test('whatever arrives, in whatever pieces, cdktf finds nothing to act on', () => {
    const word = fc.constantFrom(
      'Do you want to perform',
      ' these actions',
      '?',
      'var.x',
      'Enter a value:',
      'approved using',
      ' the UI or API',
      '\u001b[31m',
      '\n',
      'x',
      'Do you really want to destroy all resources',
      ' in workspace',
    );
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 6 }), { maxLength: 6 }), (pieces) => {
        const stripped = through(pieces.map((words) => Buffer.from(words.join('')))).replaceAll('\u001b[31m', '');
        expect(triggers(stripped)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
