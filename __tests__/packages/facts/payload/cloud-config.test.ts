import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { decode, readCloudConfig } from '../../../../packages/facts/src/payload/cloud-config.ts';

const read = (text: string) => readCloudConfig(text, [], 'user_data');
const b64 = (text: string) => Buffer.from(text).toString('base64');
const gz = (text: string) => gzipSync(Buffer.from(text)).toString('base64');

describe('readCloudConfig', () => {
  it('reads files, commands with their lines, packages and every other setting', () => {
    const config = read(`#cloud-config
write_files:
  - path: /etc/a
    content: |
      one
      two
    permissions: '0644'
    owner: root:root
  - {path: /b, encoding: b64, content: ${b64('b\n')}}
  - {path: /c, encoding: gz+b64, content: ${gz('c\n')}}
packages: [podman, [caddy, 2.11]]
bootcmd:
  - [swapoff, -a]
runcmd:
  - [systemctl, start, 0644, yes]
  - echo a && echo b
apt:
  sources:
    caddy: {source: "deb https://apt.example/caddy any main"}
ntp: {servers: [ntp1.example]}
`);
    expect(config.files.map(({ path, text, permissions, owner }) => [path, text.marked, permissions, owner])).toEqual([
      ['/etc/a', 'one\ntwo\n', '0644', 'root:root'],
      ['/b', 'b\n', undefined, undefined],
      ['/c', 'c\n', undefined, undefined],
    ]);
    expect(config.bootcmd).toEqual([{ words: ['swapoff', '-a'], line: 13 }]);
    expect(config.runcmd).toEqual([
      { words: ['systemctl', 'start', '0644', 'yes'], line: 15 },
      { script: 'echo a && echo b', line: 16 },
    ]);
    expect(config.packages).toEqual(['podman', 'caddy']);
    expect(config.settings).toEqual([
      { path: 'apt.sources.caddy.source', text: 'deb https://apt.example/caddy any main', line: 19 },
      { path: 'ntp.servers[0]', text: 'ntp1.example', line: 20 },
    ]);
    expect(config.unread).toEqual([]);
  });

  it('takes what cloud-init formats and mounts by itself as the commands these amount to', () => {
    const { bootcmd } = read(
      '#cloud-config\ndisk_setup: {/dev/sdb: {layout: true}}\nfs_setup: [{device: /dev/sdb1, filesystem: xfs}]\nmounts: [[/dev/sdb1, /data]]\n',
    );
    expect(bootcmd.map((command) => ('words' in command ? command.words.join(' ') : ''))).toEqual([
      'parted /dev/sdb',
      'mkfs.xfs /dev/sdb1',
      'mount /dev/sdb1 /data',
    ]);
  });

  it.each([
    ['no YAML', '#cloud-config\na: [', /YAML not understood: .* in line \d+/],
    ['a key that stands twice', '#cloud-config\na: 1\na: 2\n', /YAML not understood: duplicate key/],
    ['a list', '#cloud-config\n- a\n', /not a YAML mapping/],
    ['a text', '#cloud-config\nhello\n', /not a YAML mapping/],
    ['files that are no list', '#cloud-config\nwrite_files: x\n', /not a list/],
    ['a file without path', '#cloud-config\nwrite_files: [{content: x}]\n', /without path/],
    ['a file that is appended to', '#cloud-config\nwrite_files: [{path: /a, content: x, append: true}]\n', /appended/],
    [
      'a file that is fetched',
      '#cloud-config\nwrite_files: [{path: /a, source: {uri: "https://x.example/a"}}]\n',
      /fetched at boot/,
    ],
    [
      'an encoding nobody knows',
      '#cloud-config\nwrite_files: [{path: /a, content: x, encoding: zstd}]\n',
      /encoding "zstd"/,
    ],
    [
      'base64 that is none',
      '#cloud-config\nwrite_files: [{path: /a, content: "%%", encoding: b64}]\n',
      /cannot be decoded/,
    ],
    [
      'gzip that is none',
      `#cloud-config\nwrite_files: [{path: /a, content: ${b64('x')}, encoding: gz+b64}]\n`,
      /cannot be decoded/,
    ],
    [
      'a file that grows beyond reason',
      `#cloud-config\nwrite_files: [{path: /a, content: ${gz('x'.repeat(2_000_000))}, encoding: gz+b64}]\n`,
      /longer than/,
    ],
    [
      'an encoded file with a reference in it',
      '#cloud-config\nwrite_files: [{path: /a, content: "\uE000\uE010\uE001", encoding: b64}]\n',
      /references in it/,
    ],
    ['a command of numbers in maps', '#cloud-config\nruncmd: [{a: 1}]\n', /neither a text nor a list/],
    ['an alias', '#cloud-config\na: &x [1]\nb: *x\n', /an alias/],
    ['too much', `#cloud-config\n${'a'.repeat(1_100_000)}`, /longer than/],
  ])('%s is unread', (_, text, why) => {
    const { unread } = read(text);
    expect(unread).toHaveLength(1);
    expect(unread[0]?.why).toMatch(why);
  });

  it.each(['#cloud-config\n', '#cloud-config\n\n  # later\n'])('%j asks for nothing', (text) => {
    expect(read(text)).toMatchObject({ unread: [], files: [], runcmd: [] });
  });

  it('nesting beyond reason is unread', () => {
    expect(read(`#cloud-config\na: ${'['.repeat(50_000)}`).unread).toHaveLength(1);
    expect(read(`#cloud-config\na: ${'['.repeat(60)}1${']'.repeat(60)}\n`).unread[0]?.why).toBe(
      'YAML not understood: nested too deeply',
    );
  });

  it('keys of prototypes are keys', () => {
    expect(read('#cloud-config\n__proto__: {a: b}\nconstructor: c\n').settings.map(({ path }) => path)).toEqual([
      '__proto__.a',
      'constructor',
    ]);
  });

  it('any text is read or unread', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'write_files:',
        '\n',
        '- ',
        '  ',
        'path: /a',
        'content: |',
        'runcmd:',
        '[',
        ']',
        '{',
        '}',
        ':',
        '&a',
        '*a',
        '!!binary',
        '"',
        "'",
        '#',
        '|',
        '>',
        '\t',
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (parts) => void read(`#cloud-config\n${parts.join('')}`)),
      { numRuns: 300 },
    );
  });
});

it('decode gives text back, and nothing for what is none', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !/[\uE000-\uE01F]/.test(text)),
      (text) => expect([decode(b64(text), false), decode(gz(text), true)]).toEqual([text, text]),
    ),
  );
  expect(decode(Buffer.from([0xff, 0xfe, 0x00]).toString('base64'), false)).toBeUndefined();
});
