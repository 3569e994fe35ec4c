import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { withoutComments } from '../../../stacks/constructs/without-comments.ts';
import { run } from '../../boot/run.ts';
import { REPOSITORY } from '../built.ts';

const PAYLOAD = path.join(REPOSITORY, 'stacks/payload');
const scripts = readdirSync(PAYLOAD, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => path.join(parentPath, name))
  .filter((file) => readFileSync(file, 'utf8').startsWith('#!/bin/sh\n'))
  .map((file) => [path.relative(PAYLOAD, file), readFileSync(file, 'utf8')] as const);

/** What a shell makes of a script, printed by the shell itself: comments are gone, everything else but empty lines is there. */
const asRead = (script: string): string => {
  const { status, stdout, stderr } = run('bash', ['--posix', '--pretty-print'], { input: script });
  if (status !== 0) throw new Error(stderr);
  return stdout.replaceAll(/\n{2,}/g, '\n');
};

test.each(scripts)('%s: a shell reads the same without its comments', (name, text) => {
  const travels = withoutComments(name, text);
  expect(travels.length).toBeLessThan(text.length);
  expect(travels.split('\n').filter((line) => /^\s*#/.test(line))).toEqual(['#!/bin/sh']);
  expect(asRead(travels)).toBe(asRead(text));
});

test('the first line of a script, and # within a line, stay', () => {
  expect(withoutComments('/x', '#!/bin/sh\n# why\n\techo "# a" # b\n\t# c\n#!/bin/sh\n')).toBe(
    '#!/bin/sh\n\techo "# a" # b\n',
  );
});

test('where a line with # may be text it is refused', () => {
  expect(() => withoutComments('/x', '# a\ncat <<END\n# b\nEND\n')).toThrow(
    '/x has comments and a here-document, where a line with # is text; do without one of them',
  );
  expect(() => withoutComments('/x', 'a \\\n# b\nc\n')).toThrow(
    '/x, line 2: a comment after a line that goes on; write it before that line',
  );
});

test('nothing but whole lines goes, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[ a#]{0,6}$/), { maxLength: 8 }), (lines) => {
      const kept = withoutComments('/x', lines.join('\n')).split('\n');
      expect(kept.join('\n')).toBe(lines.filter((line) => !/^ *#/.test(line)).join('\n'));
    }),
  );
});
