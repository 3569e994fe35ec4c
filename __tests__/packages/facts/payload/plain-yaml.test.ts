import fc from 'fast-check';
import { stringify } from 'yaml';
import { plainYaml } from '../../../../packages/facts/src/payload/plain-yaml.ts';
import { readYaml, YamlError, yamlOfAnyStyle } from '../../../../packages/facts/src/payload/yaml-tree.ts';

/** What the YAML package makes of it, where it makes anything. */
function byPackage(text: string): unknown {
  try {
    return yamlOfAnyStyle(text);
  } catch (error) {
    if (error instanceof YamlError) return error.message;
    throw error;
  }
}

/** Whatever the plain reader accepts, the YAML package reads in the same way: text, structure, lines. */
function expectSame(text: string): void {
  const plain = plainYaml(text);
  if (plain !== undefined) expect(plain).toEqual(byPackage(text));
}

const generated = `#cloud-config
hostname: logs
ssh_pwauth: false
apt:
  primary:
    - arches:
        - default
      uri: https://mirror.example/debian
packages:
- age
- "chrony"
write_files:
  - path: /etc/motd
    permissions: "0644"
    content: |

      first
        second: [
      # third

  - path: /usr/local/bin/x
    content: |-
      #!/bin/sh
      \texit 0
runcmd:
  - - systemctl
    - enable
    - --now
    - it's.service
  - 'say ''yes'''
  - "a\\tb\\n"
`;

test('the style of generators is read without the YAML package, to the same tree', () => {
  expect(plainYaml(generated)).toBeDefined();
  expectSame(generated);
});

test.each([
  ['a comment further down', 'a: b\n# c\nd: e\n'],
  ['flow style', 'a: [b, c]\n'],
  ['an anchor', 'a: &b c\n'],
  ['an alias', 'a: *b\n'],
  ['a tag', 'a: !!str b\n'],
  ['a folded scalar', 'a: >\n  b\n'],
  ['a scalar of several lines', 'a: b\n  c\n'],
  ['a quoted scalar of several lines', 'a: "b\n  c"\n'],
  ['an indentation indicator', 'a: |2\n    b\n'],
  ['an empty value', 'a:\nb: c\n'],
  ['the same key twice', 'a: b\na: c\n'],
  ['two documents', 'a: b\n---\nc: d\n'],
  ['a trailing comment', 'a: b # c\n'],
  ['a tab for indentation', 'a:\n\tb: c\n'],
  ['a carriage return', 'a: b\r\nc: d\r\n'],
  ['no newline at the end', 'a: b'],
  ['nothing', ''],
  ['only a comment', '#cloud-config\n'],
  [
    'a deep nesting',
    `${Array.from({ length: 30 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')}${' '.repeat(30)}a: b\n`,
  ],
])('%s is left to the YAML package', (_, text) => {
  expect(plainYaml(text)).toBeUndefined();
});

const words = [
  'a',
  'b-1',
  '/etc/x',
  'yes',
  '0644',
  "'it''s'",
  '"q\\"\\n"',
  '|',
  '|-',
  '|+',
  '>',
  '-x',
  '--now',
  '- a',
  'k: v',
  'k:',
  ':',
  '# c',
  'a #b',
  'a#b',
  'a: b: c',
  'http://x:1/y',
  '&a',
  '*a',
  '!t',
  '[a',
  '{a: b}',
  '"',
  "'",
  '%',
  '@',
  '`',
  '?',
  '? a',
  '---',
  '...',
  'a\tb',
  '\t',
  'ä',
  '\uE000\uE010\uE001',
  'x\uE000\uE010\uE001y',
  '<<: a',
  '=',
  '~',
  'null',
  '\u00a0',
  'a ',
  '"a" b',
  'a,b',
  'a]',
  '\u0001',
];
const line = fc.record({
  indent: fc.integer({ min: 0, max: 6 }),
  dash: fc.constantFrom('', '', '- ', '-   ', '-'),
  key: fc.constantFrom('', 'k: ', 'l:', 'm:  ', 'n.o: ', '"p": ', 'q: |', 'r: |-', 's:'),
  word: fc.constantFrom('', ...words),
  blank: fc.integer({ min: 0, max: 9 }),
});
const text = fc.array(line, { maxLength: 8 }).map((lines) =>
  lines
    .map(({ indent, dash, key, word, blank }) =>
      blank === 0 ? ' '.repeat(indent) : `${' '.repeat(indent)}${dash}${key}${word}`,
    )
    .join('\n')
    .concat('\n'),
);

test('random lines: what it accepts, the YAML package reads alike', () => {
  fc.assert(fc.property(text, expectSame), { numRuns: 4000 });
});

const scalar = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ maxLength: 12 }),
  fc.constantFrom('a\nb\n', '\n\na\n', ' a\nb\n', 'a\n\n b\n\n', '\ta\n'),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('path', 'content', 'a_b', 'x.y', 'z-1'), tie('tree'), { maxKeys: 3 }),
  ),
}));

test('random values as the YAML package writes them', () => {
  fc.assert(
    fc.property(tree, (value) => expectSame(stringify(value, { lineWidth: 0 }))),
    { numRuns: 1500 },
  );
});

test('what is no YAML says where', () => {
  expect(() => readYaml('a: b\n c: [\n')).toThrow(YamlError);
});
