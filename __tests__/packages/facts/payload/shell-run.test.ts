import fc from 'fast-check';
import { parseShell } from '../../../../packages/facts/src/payload/shell-parse.ts';
import { ShellSyntaxError, TooMuch } from '../../../../packages/facts/src/payload/shell-syntax.ts';
import { follow, lines } from './run.ts';

const commands = (script: string, files?: Readonly<Record<string, string>>) => lines(follow(script, files).commands);

describe('words', () => {
  it.each([
    ['echo a  b\tc', ['echo a b c']],
    [`echo 'a b' "c d" e\\ f g"h"'i'`, ['echo a b c d e f ghi']],
    ['echo a # b', ['echo a']],
    ['echo a#b', ['echo a#b']],
    ['echo a \\\n  b', ['echo a b']],
    ['A=1; echo $A ${A} "$A-x"', ['echo 1 1 1-x']],
    ['A=\'b c\'; echo $A "$A"', ['echo b c b c']],
    ['A=1 B=2 true; echo $A', ['echo ?']],
    ['echo $UNSET "${UNSET}x"', ['echo ? ?']],
    ['A=; echo ${A:-d} ${A-d} ${A:+d}', ['echo d']],
    ['A=x; echo ${A:-d} ${A#x} ${#A}', ['echo x ? ?']],
    ['echo $(date) `date` $((1 + 2)) *.conf a[bc] {a,b}', ['date', 'date', 'echo ? ? ? ? ? ?']],
    ["echo $'a' $'\\n'", ['echo a ?']],
    ['echo ">" a>b; echo c 2>&1 >/dev/null', ['echo > a', 'echo c']],
    ['/usr/sbin/cryptsetup open a b', ['cryptsetup open a b']],
    ['"$X" a', [' a [opaque]']],
    ['set -- a b; echo "$@" $1 $# $3', ['echo a b a 2']],
  ])('%s', (script, expected) => {
    expect(commands(script)).toEqual(expected);
  });
});

describe('what runs', () => {
  it.each([
    ['a; b & c | d\ne', ['a', 'b', 'c', 'd', 'e']],
    ['true && a; false && b; true || c; false || d', ['a', 'd']],
    ['if true; then a; else b; fi', ['a']],
    ['if [ x = y ]; then a; elif [ x = x ]; then b; else c; fi', ['b']],
    ['if [ -n "$X" ]; then a; fi; b', ['a (if -n [ ])', 'b']],
    ['if x; then a; elif y; then b; else c; fi', ['x', 'a (if x)', 'y (if x)', 'b (if x, if x y)', 'c (if x, if x y)']],
    ['x && a || b', ['x', 'a (if x)', 'b (if x a)']],
    ['x || exit 1; a', ['x', 'a']],
    ['x || exit 0; a', ['x', 'a (if x)']],
    ['x && return; a', ['x', 'a (if x)']],
    ['exit; a', []],
    ['exec a b; c', ['a b']],
    ['exec >/var/log/x; a', ['a']],
    ['! false && a', ['a']],
    ['( exit 0 ); a', ['a']],
    ['for i in 1 2; do a $i; done', ['a 1', 'a 2']],
    ['for i in $X; do a $i; done; b', ['a ? (if )', 'b']],
    ['while x; do a; done; b', ['x', 'a (if x)', 'b']],
    ['until x; do a; done', ['x', 'a (if x)']],
    ['while true; do a && break; b; done; c', ['a', 'b (if a)', 'c']],
    ['i=0; while x; do i=1; done; echo $i', ['x', 'echo ?']],
    ['case a in a|b) x;; *) y;; esac', ['x']],
    ['case $X in a) x;; *) y;; esac; z', ['x (if )', 'y (if )', 'z']],
    ['case c in a) x;; esac; z', ['z']],
    ['f() { a "$1"; return; b; }; f x; f y', ['a x', 'a y']],
    ['function f { a; }\nf', ['a']],
    ['f() { a; }', []],
    ['f() { x && return 0; a; }; f; b', ['x', 'a (if x)', 'b']],
    ['die() { exit 1; }; x || die; a', ['x', 'a']],
    ['A=1; if x; then A=2; fi; echo $A', ['x', 'echo ?']],
    ['if x; then A=1; else A=1; fi; echo $A', ['x', 'echo 1']],
    ['if x; then A=1; else exit 1; fi; echo $A', ['x', 'echo 1']],
    ['[[ a == a && -n b ]] && x; (( 1 )) && y', ['x (if a == && -n b)', 'y (if )']],
    ['cat <<EOF\na; b\nEOF\nc', ['cat', 'c']],
    ["cat <<-'E F'\n\ta $(b)\n\tE F\nc", ['cat', 'c']],
    ['x <<< word | y <(z)', ['x', 'z', 'y ?']],
    ['a=(1 2 3); echo ${a[0]}', ['echo ?']],
    ['sudo -u root env A=1 nohup timeout -k 5 10 a b', ['a b']],
    ['cloud-init-per instance once a b', ['a b']],
    ['sh -c "a b" x; eval "c d"; eval "$X"', ['a b', 'c d', ' [opaque]']],
    ['curl -s https://x.example | sh', ['curl -s https://x.example', 'sh [opaque]']],
    [
      'bash -s < /dev/stdin; python3 x.py; /opt/tool a; ./x',
      ['sh -s [opaque]', 'python3 x.py [opaque]', 'tool a [opaque]', 'x [opaque]'],
    ],
    ['trap "a" EXIT; b', ['a (if )', 'b']],
    ['read X; echo $X', ['echo ?']],
  ])('%s', (script, expected) => {
    expect(commands(script)).toEqual(expected);
  });

  it('follows programs and sourced files of the payload, with exported variables only', () => {
    const files = { '/a': '#!/bin/sh\necho "$A" "$B" "$1"\n', '/env': 'B=2\n', '/p': '#!/usr/bin/python3\nprint(1)\n' };
    expect(commands('A=1\nexport A\n. /env\n/a x', files)).toEqual(['a x', 'echo 1 ? x']);
    expect(commands('set -a; . /env; set +a; sh /a y', files)).toEqual(['echo ? 2 y']);
    expect(commands('A=1; . /missing; echo $A', files)).toEqual(['. /missing [opaque]', 'echo ?']);
    const python = follow('/p', files);
    expect(lines(python.commands)).toEqual(['p', ' [opaque]']);
    expect(python.unread).toEqual([{ at: '/p', why: 'not a shell script: #!/usr/bin/python3' }]);
  });

  it('reads files that the script writes whole, and says which it cannot', () => {
    const run = follow(
      'A=1\ncat > /etc/systemd/system/a.service <<EOF\n[Service]\nExecStart=/a $A\nEOF\necho x > /etc/fstab\ncp /a /b',
      { '/a': '#!/bin/sh\nb\n' },
    );
    expect(run.place.written.get('/etc/systemd/system/a.service')?.text.marked).toBe('[Service]\nExecStart=/a 1\n');
    expect(run.place.written.get('/b')?.text.marked).toBe('#!/bin/sh\nb\n');
    expect(run.unread).toEqual([
      { at: 'script', why: '/etc/fstab is written by a command, its content is not determined' },
    ]);
  });

  it('keeps the conditions that end a script as failed', () => {
    const { refusals } = follow('[ "$(luksUUID x)" = 1 ] || exit 1\na || exit 0');
    expect(refusals).toEqual([{ at: 'script', line: 1, mentions: ['luksUUID', 'x', '=', '1', '[', ']'] }]);
  });
});

describe('what is not understood', () => {
  it.each([
    'if a; then b',
    'a "b',
    'case x in',
    'for',
    'a )',
    'fi',
    '{ a',
    'a <',
    'a && ',
    '${',
    'case x in a) b ;& esac',
  ])('%s is unread, with its line', (script) => {
    const run = follow(`true\n${script}`);
    expect(run.unread).toHaveLength(1);
    expect(run.unread[0]?.why).toMatch(/^shell script not understood: line \d+: expected /);
    expect(lines(run.commands)).toEqual([' [opaque]']);
  });

  it('nesting and loops that never end are limited', () => {
    expect(follow('( '.repeat(500)).unread[0]?.why).toContain('at most 60 levels');
    expect(() => follow('f() { f; }; f')).toThrow(TooMuch);
    expect(() =>
      follow(
        'f() { a; a; }; g() { f; f; f; f; }; h() { g; g; g; g; }; i() { h; h; h; h; }; j() { i; i; i; i; }; k() { j; j; j; j; }; l() { k; k; k; k; }; m() { l; l; l; l; }; m; m; m',
      ),
    ).toThrow(TooMuch);
    expect(follow('a || break\n'.repeat(3000)).commands).toHaveLength(3000);
  });
});

describe('any text', () => {
  const pieces = [
    'if',
    'then',
    'fi',
    'case',
    'esac',
    'in',
    'do',
    'done',
    'while',
    'for',
    '{',
    '}',
    '(',
    ')',
    ';',
    ';;',
    '&&',
    '||',
    '|',
    '\n',
    '"',
    "'",
    '$',
    '${',
    '$(',
    '`',
    '<<EOF',
    'EOF',
    '\\',
    '#',
    'a',
    '=',
    '$A',
    '[[',
    ']]',
    '<',
    '>',
    '!',
    'f()',
    '((',
    '))',
    ' ',
  ];
  const script = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 60 })
    .map((parts) => parts.join(' '));

  it('parses or is refused with a line', () => {
    fc.assert(
      fc.property(script, (text) => {
        try {
          parseShell(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ShellSyntaxError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is followed without another exception', () => {
    fc.assert(
      fc.property(script, (text) => {
        try {
          follow(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TooMuch);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a quoted word stays one word', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 30 }).filter((text) => !text.includes('\0')),
        (text) => {
          const { commands: found } = follow(`echo '${text.replaceAll("'", `'\\''`)}'`);
          expect(found.map((command) => command.args)).toEqual([[text]]);
        },
      ),
    );
  });
});
