import { createHash } from 'node:crypto';
import { annexA8 } from '../../../../packages/evidence/src/index.ts';

/**
 * The titles in the standard are its publisher's, so not even this test may hold them: these are the first 16 digits of the
 * SHA-256 of each title, in lower case, letters only, words separated by one blank.
 */
const titles = new Set([
  '0a149844a7c9f4cf',
  '0d1db5f0fef77446',
  '132115fd42f558dc',
  '1996849612333b13',
  '1a00d95aef590d85',
  '1a3a742a69e6f03c',
  '233b3e4c49d71cf4',
  '24cf5f2359df04ab',
  '2597987e78699cf4',
  '26019930c8db9ccd',
  '2d0de199efb6e18a',
  '390c604ed126674d',
  '3ce56d5d754e88c6',
  '42a79213bb1f787b',
  '4d6dd9a0aa09802c',
  '64bb17443f5a9dfb',
  '705c30c1493498dd',
  '76591ed323f6793b',
  '7a256504aa13a4a6',
  '7afab707f48b5980',
  '7be96c1162c0c7bc',
  '922a22791986b33e',
  '93d85f6a73be3a0f',
  '9645a6a85837c092',
  '991b211626b72e14',
  'a3d6b96c4fb395e9',
  'ab0f40a81300238b',
  'ae9c4ce6834096fd',
  'b317f739822e740c',
  'b6113b65eb026a1f',
  'bbd08dc0864cf137',
  'c52c541a95c51474',
  'ca80751976c9050b',
  'ccfcf312f131cd8e',
  'e2938e56ead6575c',
  'e49a0e99ccc64ef4',
  'f5f7d7b4a8fad10c',
]);

const digest = (words: readonly string[]) => createHash('sha256').update(words.join(' ')).digest('hex').slice(0, 16);

/** Every run of words in a text, of up to eight words. */
function runs(text: string): string[][] {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.flatMap((_, from) => [1, 2, 3, 4, 5, 6, 7, 8].map((length) => words.slice(from, from + length)));
}

describe('Annex A.8 in our words', () => {
  test('numbers 1 to 34, in order', () => {
    expect(annexA8.map((control) => control.id)).toEqual(Array.from({ length: 34 }, (_, index) => `A.8.${index + 1}`));
  });

  test('11 can be shown mostly by machines, 17 in part, 6 not at all', () => {
    const number = (grade: string) => annexA8.filter((control) => control.class === grade).length;
    expect([number('strong'), number('supporting'), number('none')]).toEqual([11, 17, 6]);
  });

  test.each(annexA8.map((control) => [control.id, control] as const))(
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
