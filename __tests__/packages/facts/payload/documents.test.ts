import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { documentOf } from '../../../../packages/facts/src/payload/documents.ts';
import { volumeOf } from '../encrypted-volume.ts';
import { cloudConfig, DEVICE, host, quadlet, START, script, unit } from '../sample.ts';

const document = (marked: string) => documentOf({ marked, holes: [] }, 'x');
const seen = (marked: string) => {
  const { files, bootcmd, runcmd, settings, unread } = document(marked);
  const words = (commands: typeof runcmd) =>
    commands.map((each) => ('words' in each ? each.words.join(' ') : each.script));
  return {
    files: files.map(({ path, text }) => `${path} ${text.marked.length}`),
    boot: words(bootcmd),
    run: words(runcmd),
    settings: settings.map(({ path, text }) => `${path}=${text}`),
    unread: unread.map(({ at, why }) => `${at}: ${why}`),
  };
};
const nothing = { files: [], boot: [], run: [], settings: [], unread: [] };

/** As `cloud-init devel make-mime` 22.4.2 printed it. */
const recorded = `Content-Type: multipart/mixed; boundary="===============5901254360198950390=="
MIME-Version: 1.0

--===============5901254360198950390==
Content-Type: text/cloud-config; charset="utf-8"
MIME-Version: 1.0
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="c.yaml"

I2Nsb3VkLWNvbmZpZwpydW5jbWQ6CiAgLSBbc3lzdGVtY3RsLCBlbmFibGUsIC0tbm93LCBsdWtr
by12b2x1bWUuc2VydmljZV0K

--===============5901254360198950390==
Content-Type: text/x-shellscript; charset="utf-8"
MIME-Version: 1.0
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="s.sh"

IyEvYmluL3NoCmVjaG8gaGVsbG8K

--===============5901254360198950390==--
`;

const message = (...parts: readonly (readonly [string, string])[]) =>
  [
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=MARK',
    '',
    ...parts.flatMap(([headers, body]) => ['--MARK', ...(headers === '' ? [] : [headers]), '', body]),
    '--MARK--',
    '',
  ].join('\n');
const config = 'Content-Type: text/cloud-config';
const shell = 'Content-Type: text/x-shellscript';

it('a message that cloud-init itself made', () => {
  expect(seen(recorded)).toEqual({
    ...nothing,
    files: ['/var/lib/cloud/instance/scripts/part-002 21'],
    run: ['systemctl enable --now lukko-volume.service', '/var/lib/cloud/instance/scripts/part-002'],
  });
});

it.each([
  [
    'plain parts',
    message([config, '#cloud-config\npackage_upgrade: true'], [shell, '#!/bin/sh\ntrue']),
    {
      ...nothing,
      files: ['/var/lib/cloud/instance/scripts/part-002 14'],
      settings: ['package_upgrade=true'],
      run: ['/var/lib/cloud/instance/scripts/part-002'],
    },
  ],
  [
    'a part without headers, told by its first line',
    message(['', '#cloud-config\na: b']),
    { ...nothing, settings: ['a=b'] },
  ],
  [
    'a gzipped part',
    message([
      `Content-Type: application/gzip\nContent-Transfer-Encoding: base64`,
      gzipSync('#cloud-config\na: b\n').toString('base64'),
    ]),
    { ...nothing, settings: ['a=b'] },
  ],
  [
    'quoted-printable',
    message([`${config}\nContent-Transfer-Encoding: quoted-printable`, '#cloud-config\na=3A =\nb']),
    { ...nothing, settings: ['a=b'] },
  ],
  [
    'a boot hook',
    message(['Content-Type: text/cloud-boothook', '#cloud-boothook\n#!/bin/sh\ntrue']),
    {
      ...nothing,
      files: ['/var/lib/cloud/instance/scripts/part-001 30'],
      boot: ['/var/lib/cloud/instance/scripts/part-001'],
    },
  ],
  [
    'a script for every boot',
    message(['Content-Type: text/x-shellscript-per-boot', '#!/bin/sh\ntrue']),
    { ...nothing, files: ['/var/lib/cloud/scripts/per-boot/part-001 14'] },
  ],
  [
    'a boot hook alone',
    '#cloud-boothook\n#!/bin/sh\ntrue\n',
    {
      ...nothing,
      files: ['/var/lib/cloud/instance/user-data.txt 31'],
      boot: ['/var/lib/cloud/instance/user-data.txt'],
    },
  ],
  [
    'an archive',
    '#cloud-config-archive\n- "#cloud-config\\na: b"\n- {type: text/x-shellscript, content: "#!/bin/sh\\n"}\n',
    {
      ...nothing,
      files: ['/var/lib/cloud/instance/scripts/part-002 10'],
      settings: ['a=b'],
      run: ['/var/lib/cloud/instance/scripts/part-002'],
    },
  ],
])('%s', (_, text, expected) => {
  expect(seen(text)).toEqual(expected);
});

it.each([
  [
    'what is fetched at boot',
    message(['Content-Type: text/x-include-url', '#include\nhttps://x.example/a']),
    'x:part-001: a part of type "text/x-include-url" is not read',
  ],
  ['an include alone', '#include\nhttps://x.example/a\n', 'x: a part of type "text/x-include-url" is not read'],
  ['a template', '## template: jinja\n#cloud-config\na: {{ b }}\n', 'x: a part of type "text/jinja2" is not read'],
  [
    'code for parts',
    message(['Content-Type: text/part-handler', '#part-handler\nimport os']),
    'x:part-001: a part of type "text/part-handler" is not read',
  ],
  [
    'a key in two parts',
    message([config, '#cloud-config\nruncmd: [a]'], [config, '#cloud-config\nruncmd: [b]']),
    'x: runcmd stands in several parts: which one counts is decided by merging',
  ],
  [
    'an encoding nobody knows',
    message([`${config}\nContent-Transfer-Encoding: x-uuencode`, 'x']),
    'x: part 1: its transfer encoding is not understood',
  ],
  [
    'broken base64',
    message([`${config}\nContent-Transfer-Encoding: base64`, '!!!']),
    'x: part 1: its transfer encoding is not understood',
  ],
  [
    'a message in a message',
    message(['Content-Type: multipart/mixed; boundary=B', '--B\n']),
    'x: part 1: a message inside a message is not followed',
  ],
  ['no boundary', 'Content-Type: multipart/mixed\n\n--x\n', 'x: a message of several parts without boundary'],
  ['no parts', 'Content-Type: multipart/mixed; boundary=x\n\n', 'x: a message without parts'],
  ['another form', '#other\n', 'x: user_data of the form "#other" is not read'],
  ['no form', 'hello', 'x: user_data of a form cloud-init does not run'],
  ['a broken archive', '#cloud-config-archive\n- a: [\n', expect.stringContaining('YAML not understood')],
])('unread: %s', (_, text, why) => {
  expect(seen(text).unread).toContainEqual(why);
});

it('any message is read without a throw', () => {
  const pieces = fc.constantFrom(
    '--MARK',
    '--MARK--',
    '\n',
    '\r\n',
    'Content-Type: ',
    'multipart/mixed; boundary=MARK',
    'text/cloud-config',
    '#cloud-config\n',
    'a: b',
    'Content-Transfer-Encoding: base64',
    'I2Ns',
    '\uE000',
    '#!/bin/sh',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const { unread, files } = document(`Content-Type: multipart/mixed; boundary=MARK\n\n${parts.join('\n')}`);
      expect(unread.length + files.length).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 300 },
  );
});

describe('the encryption proof, through every form', () => {
  const files = {
    '/etc/lukko/host.env': `LUKKO_VOLUME_DEVICE=${DEVICE}\n`,
    '/usr/local/lib/lukko/volume': script,
    '/etc/systemd/system/lukko-volume.service': unit,
    '/etc/containers/systemd/logs.container': quadlet,
  };
  const start = `#!/bin/sh\n${START.join(' ')}\n`;
  const proof = (payload: string) => volumeOf(host({ payload })).encryption.is;

  it('holds across parts: files in one, the start in another', () => {
    expect(proof(message([config, cloudConfig(files)], [shell, start]))).toBe(true);
    expect(proof(message([config, cloudConfig(files)], ['Content-Type: text/cloud-boothook', start]))).toBe(true);
  });

  it('fails without the start, and is unknown where a part is not read', () => {
    expect(proof(message([config, cloudConfig(files)]))).toBe(false);
    expect(
      proof(
        message(
          [config, cloudConfig(files)],
          [shell, start],
          ['Content-Type: text/x-include-url', '#include\nhttps://x.example'],
        ),
      ),
    ).toBe('unknown');
    expect(proof(message([config, cloudConfig(files)], [config, cloudConfig({}, [START])]))).toBe('unknown');
  });
});
