import { createHash } from 'node:crypto';
import { controlIds } from '@lukko/formats';
import { annexA, annexA8 } from '../../../../packages/evidence/src/index.ts';

/**
 * The titles in the standard are its publisher's, so not even this test may hold them: these are the first 16 digits of the
 * SHA-256 of each title, in lower case, letters only, words separated by one blank.
 */
const titles = new Set([
  '031fc334670c47be',
  '09cfa7cf7bff5ca6',
  '0a149844a7c9f4cf',
  '0d1db5f0fef77446',
  '12d95915e20f81b3',
  '132115fd42f558dc',
  '1996849612333b13',
  '1a00d95aef590d85',
  '1a139657e53c7a51',
  '1a3a742a69e6f03c',
  '1b1e72b3ae802623',
  '1bdd272faf000013',
  '233b3e4c49d71cf4',
  '23783610ccddeefc',
  '24cf5f2359df04ab',
  '24e5a56242e0e1ba',
  '2597987e78699cf4',
  '26019930c8db9ccd',
  '2b856c0103e46c85',
  '2d0de199efb6e18a',
  '2e78dde26a496e6a',
  '2eef3f124f8ee827',
  '3184dbacfc2c1bc5',
  '319219a54409c0c1',
  '3427b291f7894fd5',
  '34b25aff7156930d',
  '350e939bf69855e2',
  '37cc212118ead8bc',
  '390c604ed126674d',
  '3ce56d5d754e88c6',
  '40b037709cfbbc7f',
  '42a79213bb1f787b',
  '4b2d86ab5a850a7f',
  '4d6dd9a0aa09802c',
  '4f2bdf47c2512b49',
  '5215377cf1359506',
  '53c7a87059a352e3',
  '565e495fabb1d7b5',
  '5970530283987b4d',
  '59a0dc1343cdf6bb',
  '5e09ed4fdac12800',
  '5e8999dc88353660',
  '64bb17443f5a9dfb',
  '667819a160edafc9',
  '67b336b65d1bd57b',
  '6a19823bf22fcf01',
  '705c30c1493498dd',
  '74d878f72c7bb781',
  '76591ed323f6793b',
  '7a256504aa13a4a6',
  '7ace00c9a51c3c96',
  '7afab707f48b5980',
  '7be96c1162c0c7bc',
  '7c4258ae141a2f87',
  '7f6b803b4ebee406',
  '82328e24217b5396',
  '8a0cf92f23ade9d9',
  '922a22791986b33e',
  '93d85f6a73be3a0f',
  '9645a6a85837c092',
  '985fdab98f69df31',
  '991b211626b72e14',
  '9e4ade0698e0e4ea',
  'a0a3280094c04abc',
  'a3d6b96c4fb395e9',
  'a3e3134e92f65b98',
  'a8bb06e14c2371e3',
  'ab0f40a81300238b',
  'ad4b0d58e0291133',
  'ae9c4ce6834096fd',
  'aff2e8583531c54b',
  'b2eb806c51233eb2',
  'b317f739822e740c',
  'b6113b65eb026a1f',
  'bbd08dc0864cf137',
  'bce56360af562bf4',
  'c52c541a95c51474',
  'ca80751976c9050b',
  'ccfcf312f131cd8e',
  'cdcb83c8d138fff1',
  'ce7e9e0849c506dd',
  'cea3b2d5873b69ab',
  'd31c38007fd9b96c',
  'd825cfe636a38fd7',
  'e2938e56ead6575c',
  'e49a0e99ccc64ef4',
  'e7196fe0110f8e44',
  'e8de6750fc546480',
  'eac77c6e0f77a769',
  'ed41261a34128551',
  'eeb9b6498eab33d7',
  'ef6e6e680c13bacd',
  'f110e8836961379e',
  'f46e47de1d8debde',
  'f5f7d7b4a8fad10c',
  'f918d7759aeea050',
  'fd8b5cad71c90549',
]);

const digest = (words: readonly string[]) => createHash('sha256').update(words.join(' ')).digest('hex').slice(0, 16);

/** Every run of words in a text, of up to eight words. */
function runs(text: string): string[][] {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.flatMap((_, from) => [1, 2, 3, 4, 5, 6, 7, 8].map((length) => words.slice(from, from + length)));
}

describe('Annex A in our words', () => {
  test('all 93, in order', () => {
    expect(annexA.map((control) => control.id)).toEqual(controlIds);
    expect(annexA).toHaveLength(93);
  });

  test('numbers 1 to 34, in order', () => {
    expect(annexA8.map((control) => control.id)).toEqual(Array.from({ length: 34 }, (_, index) => `A.8.${index + 1}`));
  });

  test('11 can be shown mostly by machines, 17 in part, 6 not at all', () => {
    const number = (grade: string) => annexA8.filter((control) => control.class === grade).length;
    expect([number('strong'), number('supporting'), number('none')]).toEqual([11, 17, 6]);
  });

  test.each(annexA.map((control) => [control.id, control] as const))(
    '%s holds no title of the standard',
    (_id, control) => {
      for (const run of [...runs(control.summary), ...runs(control.outside)])
        expect([run.join(' '), titles.has(digest(run))]).toEqual([run.join(' '), false]);
    },
  );

  test('the comparison finds a title', () => {
    // One of them is a single everyday word.
    expect(runs('more logging of events').some((run) => titles.has(digest(run)))).toBe(true);
  });
});
