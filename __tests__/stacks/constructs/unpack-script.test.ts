import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { unpackScript } from '../../../stacks/constructs/unpack-script.ts';
import { run } from '../../boot/run.ts';

const scriptOf = (files: Parameters<typeof unpackScript>[0]): string =>
  gunzipSync(Buffer.from(unpackScript(files).content, 'base64')).toString('utf8');

test('a shell writes every file byte for byte, whatever stands in it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-unpack-'));
  try {
    const line = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.boolean(), (lines, executable) => {
        const content = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
        const file = `${folder}/deep/file`;
        const script = scriptOf([
          {
            path: file,
            content,
            ...(executable ? { permissions: '0755' } : {}),
          },
        ]);
        rmSync(file, { force: true });
        expect(run('sh', ['-s'], { input: script }).status).toBe(0);
        expect(readFileSync(file, 'utf8')).toBe(content);
        expect((statSync(file).mode & 0o100) !== 0).toBe(executable);
      }),
      {
        numRuns: 60,
        examples: [[['$HOME `id` $(id) \\', "it's", 'EOF', '\t%{x} ${y}'], true]],
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what no here-document can hold is refused', () => {
  expect(() => unpackScript([{ path: '/a', content: 'no end' }])).toThrow('/a does not end with a line break');
  expect(() => unpackScript([{ path: '/a', content: 'x\nEND_OF_FILE\n' }])).toThrow(
    '/a holds the line END_OF_FILE, which ends it',
  );
  expect(() => unpackScript([{ path: '/a', content: '', permissions: '0600' }])).toThrow(
    '/a has mode 0600, expected 0755 or none',
  );
});

test('the same files give the same bytes with every node: these were made once', () => {
  const { content } = unpackScript([{ path: '/etc/motd', content: 'hello\n' }]);
  expect(content).toMatchInlineSnapshot(
    `"H4sIAAAAAAACA02MvQrCMBRG9zzFlQ5drHkAi5MtCKKjY4nJLQnNT8m9Kn17U3Hodjjfx6l28umiJCsqeGTHSMAWQadIrCLD6HxRaSzWEcxq8UmZIwRlEMacApSbnkj+F7mHj8WMa2QBq94/crkEQ8DIdBCEDA2+RJhM8c0MElkLrRhOK8mQ2EDb1t3tPNz7ob9cu1pY9D6JjRJf+vgxBbkAAAA="`,
  );
});
