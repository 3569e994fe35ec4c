import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { built, documentOf } from '../stacks/built.ts';
import { DEVICE } from './first-boot.ts';
import { must, run } from './run.ts';
import { copyDisk } from './states.ts';
import { expectSame, MARKER, type Scenario } from './suite.ts';

/** The recovery key opens a copy of the disk, and no key and nothing of the mount can be read from what lies outside it. */
export const scan: Scenario = {
  name: 'recovery key, and what lies on the disks',
  core: true,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    // What Clevis' slot is opened with, the third plain key there is.
    const bound = guest.sshMust(`clevis luks pass -d ${DEVICE} -s 1`).trim();
    const journal = suite.file('journal');
    writeFileSync(journal, guest.sshMust('journalctl --merge -o export --no-pager'));
    await guest.powerOff();
    const volume = guest.options.volume?.file ?? '';
    const keys: (readonly [string, string])[] = [
      ['the marker', MARKER],
      ['the key of the binding', bound],
    ];
    await suite.check('the recovery key opens a copy of the disk on a machine that never held it', () => {
      const copy = suite.file('copy.img');
      copyDisk(volume, copy);
      const token = ['0', '1']
        .map((id) => run('cryptsetup', ['token', 'export', '--token-id', id, copy]).stdout)
        .find((text) => text.includes('lukko-recovery'));
      const sealed = suite.file('recovery.age');
      writeFileSync(sealed, Buffer.from(JSON.parse(token ?? '{}').age ?? '', 'base64'));
      const key = must('age', ['--decrypt', '-i', suite.site.at('age2'), sealed]);
      expectSame(must('age', ['--decrypt', '-i', suite.site.at('age1'), sealed]), key);
      const opens = (input: string, args: readonly string[]) =>
        run('cryptsetup', [...args, '--key-file', '-', copy], { input });
      expectSame(opens(key, ['open', '--test-passphrase']).status, 0);
      const wrong = key.replace(/^./, (first) => (first === '0' ? '1' : '0'));
      expectSame(opens(wrong, ['open', '--test-passphrase']).status, 2);
      keys.push(['the recovery key', key]);
      const master = opens(key, ['luksDump', '--batch-mode', '--dump-volume-key']).stdout;
      const hex = /MK dump:\s*([0-9a-f\s]+)/.exec(master)?.[1]?.replace(/\s/g, '') ?? '';
      expectSame(hex.length, 128);
      keys.push(['the volume key', Buffer.from(hex, 'hex').toString('latin1')], ['the volume key in hex', hex]);
    });
    await suite.check(
      'no plain key and no marker in disks, journal, user_data, console and what Terraform holds',
      () => {
        const root = suite.file('root.raw');
        must('qemu-img', ['convert', '-O', 'raw', guest.disk, root]);
        const terraform = suite.file('terraform.json');
        writeFileSync(terraform, JSON.stringify(documentOf(built(suite.site.config), 'backups')));
        const files = [volume, root, journal, terraform, `${guest.folder}/userdata`, guest.consoleFile(1)];
        expectSame(keys.length, 5);
        // The search itself: what it is looking for is found where it was put.
        const bait = suite.file('bait');
        writeFileSync(bait, Buffer.concat([ZEROS, ...keys.map(([, key]) => Buffer.from(key, 'latin1')), ZEROS]));
        expectSame(found(bait, keys).length, 5);
        for (const file of files) expectSame([file, found(file, keys)], [file, []]);
      },
    );
  },
};

const PIECE = 16 * 1024 * 1024;
const ZEROS = Buffer.alloc(PIECE);

/** The names of those keys whose bytes stand anywhere in a file; read in pieces that overlap. */
function found(file: string, keys: readonly (readonly [string, string])[]): readonly string[] {
  const wanted = keys.map(([name, key]) => [name, Buffer.from(key, 'latin1')] as const);
  const overlap = Math.max(...wanted.map(([, bytes]) => bytes.length)) - 1;
  const names = new Set<string>();
  const piece = Buffer.alloc(PIECE);
  const open = openSync(file, 'r');
  for (let at = 0; ; at += PIECE - overlap) {
    const length = readSync(open, piece, 0, PIECE, at);
    const read = piece.subarray(0, length);
    // Most of a sparse disk is zeros.
    if (!read.equals(ZEROS.subarray(0, length)))
      for (const [name, bytes] of wanted) if (read.includes(bytes)) names.add(name);
    if (length < PIECE) break;
  }
  closeSync(open);
  return [...names];
}
