import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has, must, run } from '../boot/run.ts';
import { logFiles, REMOTE } from './log-server.ts';

/** The shipped script on journals as journald writes them, of this machine and of one before a rebuild. Only its folders differ. */
const missing = [REMOTE, 'journalctl'].filter((program) => !has(program)).map((program) => path.basename(program));
const HERE = 'a'.repeat(32);
const BEFORE = 'b'.repeat(32);
const minute = 60_000_000;
const now = Date.now() * 1000;

if (missing.length > 0) {
  test(`not run: what was shipped of a journal (no ${missing.join(', ')})`, () => {
    process.stdout.write(`not run: what was shipped of a journal (no ${missing.join(', ')} on this machine)\n`);
    expect(missing).not.toEqual([]);
  });
} else {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lukko-ship-'));
    for (const each of ['srv/journal', 'srv/ship', 'etc']) mkdirSync(path.join(folder, each), { recursive: true });
    writeFileSync(`${folder}/etc/machine-id`, `${HERE}\n`);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A journal of one machine with lines at these times, and the cursor of its last one. */
  const journal = (machine: string, times: readonly number[]): string => {
    const directory = `${folder}/srv/journal/${machine}`;
    mkdirSync(directory, { recursive: true });
    const text = times.map(
      (at, index) =>
        `__REALTIME_TIMESTAMP=${at}\n__MONOTONIC_TIMESTAMP=${index + 1}\n_BOOT_ID=${machine}\n_MACHINE_ID=${machine}\nMESSAGE=line\n\n`,
    );
    must(REMOTE, ['-o', `${directory}/system.journal`, '-'], { input: text.join('') });
    const out = must('journalctl', ['--directory', directory, '-n', '1', '-o', 'export', '--no-pager']);
    return /^__CURSOR=(.*)$/m.exec(out)?.[1] ?? '';
  };
  const place = (cursor: string): void =>
    writeFileSync(`${folder}/srv/ship/state`, `# This is private data. Do not parse.\nLAST_CURSOR=${cursor}\n`);
  const ship = (verb: string) => {
    const text = (logFiles().find((file) => file.path.endsWith('/lukko/ship'))?.content ?? '')
      .replaceAll('/srv/lukko', `${folder}/srv`)
      .replaceAll('/etc/machine-id', `${folder}/etc/machine-id`)
      .replaceAll('/usr/local/lib/lukko/alert', 'echo alert:')
      .replaceAll('systemctl is-active --quiet lukko-ship.service', 'false');
    return run('sh', ['-s', verb], { input: text });
  };
  const stands = (machine: string): boolean => existsSync(`${folder}/srv/journal/${machine}`);

  test('the journal of the machine before stays until the last of its lines was shipped', () => {
    const old = journal(BEFORE, [now - 3 * minute, now - 2 * minute]);
    const last = journal(HERE, [now - minute, now]);
    expect(ship('watch')).toMatchObject({ status: 0 });
    expect(stands(BEFORE)).toBe(true);
    place(old.replace(/;t=[0-9a-f]+/, `;t=${(now - 3 * minute).toString(16)}`));
    expect(ship('watch')).toMatchObject({ status: 0, stdout: '' });
    expect(stands(BEFORE)).toBe(true);
    place(last);
    expect(ship('watch')).toMatchObject({
      status: 0,
      stdout: `the journal of machine ${BEFORE} was shipped whole, and is removed\n`,
    });
    expect([stands(BEFORE), stands(HERE)]).toEqual([false, true]);
  });

  test('what cannot be read is not removed', () => {
    mkdirSync(`${folder}/srv/journal/${BEFORE}`);
    writeFileSync(`${folder}/srv/journal/${BEFORE}/system.journal`, 'no journal');
    place(journal(HERE, [now]));
    expect(ship('watch')).toMatchObject({ status: 0, stdout: '' });
    expect(stands(BEFORE)).toBe(true);
  });

  test('an hour behind is an alert, less is not', () => {
    const last = journal(HERE, [now - 59 * minute, now]);
    expect(ship('watch')).toMatchObject({ status: 0, stdout: '' });
    const at = (time: number) => place(last.replace(/;t=[0-9a-f]+/, `;t=${time.toString(16)}`));
    at(now - 59 * minute);
    expect(ship('watch')).toMatchObject({ status: 0, stdout: '' });
    at(now - 61 * minute);
    expect(ship('watch').stdout).toMatch(
      /^alert: shipping \S+ the log server lacks the last 61 minutes of this host\n$/,
    );
  });

  test('empty is said once the last line was shipped, also when the uploader is already past it', () => {
    const last = journal(HERE, [now - minute, now]);
    place(last.replace(/;t=[0-9a-f]+/, `;t=${(now - minute).toString(16)}`));
    expect(ship('empty').status).toBe(1);
    place(last);
    expect(ship('empty').status).toBe(0);
    place(last.replace(/;t=[0-9a-f]+/, `;t=${(now + minute).toString(16)}`));
    expect(ship('empty').status).toBe(0);
  });
}
