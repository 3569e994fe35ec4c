import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has, must } from '../__tests__/boot/run.ts';
import { LogServer, logFiles, missingForLogs } from '../__tests__/stacks/log-server.ts';

/*
 * `npm run bench:journal [-- <seconds> [<lines a second>]]`: a service that writes through the real systemd-journald with the shipped
 * settings while the log server is down, 2,000 lines a second for ten minutes unless said otherwise. journald then ends in order, what it
 * kept is counted; the log server comes back, the shipped uploader sends it all, and what the store holds is counted. Needs root, for a
 * mount namespace of its own: the journal of this machine is not touched.
 */
const JOURNALD = '/usr/lib/systemd/systemd-journald';
const CONF = '/etc/systemd/journald.conf.d/10-lukko.conf';
const TAG = 'lukko-load';

/** Writes to standard output as a service does; each second's lines in twenty pieces, none earlier than its time. */
const WRITER = `
const [seconds, rate] = process.argv.slice(1).map(Number);
const piece = Math.round(rate / 20);
const began = Date.now();
let line = 0;
const write = () => {
  const due = Math.min(seconds * 20, Math.floor((Date.now() - began) / 50) + 1) * piece;
  let text = '';
  while (line < due) text += 'line ' + ++line + ' GET /api/0/envelope/ 200 12 ms, as long as what a service says of a request usually is\\n';
  process.stdout.write(text, () => (line < seconds * 20 * piece ? setTimeout(write, 20) : undefined));
};
write();
`;

const SCRIPT = `
set -eu
mount --make-rprivate /
mount --bind "$PLACE/log" /var/log
mkdir -p /run/systemd
mount -t tmpfs none /run/systemd
mkdir -p /run/systemd/journal /etc/systemd
mount -t tmpfs none /etc/systemd
mkdir -p /etc/systemd/journald.conf.d
cp "$PLACE/journald.conf" ${CONF}
# As after journalctl --flush: what comes is written to the disk.
touch /run/systemd/journal/flushed
${JOURNALD} &
journald=$!
until [ -S /run/systemd/journal/stdout ]; do sleep 0.1; done
systemd-cat -t ${TAG} "$NODE" -e "$WRITER" "$SECONDS_" "$RATE"
sleep 2
kill -TERM "$journald"
wait "$journald" || true
`;

function missing(): readonly string[] {
  const programs = ['unshare', 'systemd-cat', 'journalctl', JOURNALD].filter((program) => !has(program));
  const root = process.getuid?.() === 0 ? [] : ['it is not run by root'];
  return [...programs.map((program) => `no ${path.basename(program)}`), ...root];
}

async function main(seconds: number, rate: number): Promise<number> {
  const lacks = missing();
  if (lacks.length > 0) {
    say(`not run: ${lacks.join(', ')}`);
    return 3;
  }
  const place = mkdtempSync(path.join(tmpdir(), 'lukko-journal-'));
  try {
    const written = Math.round(rate / 20) * 20 * seconds;
    load(place, seconds, rate);
    const journal = path.join(place, 'log/journal');
    const kept = Number(must('sh', ['-c', `${journalOf(journal)} -t ${TAG} | wc -l`]));
    const suppressed = Number(must('sh', ['-c', `${journalOf(journal)} | grep -ci 'suppressed' || true`]));
    say(`written ${written}, ${rate} a second for ${seconds} s; kept ${kept}, lost ${written - kept}`);
    say(`said to be suppressed: ${suppressed}; size ${must('du', ['-sm', journal]).split('\t')[0]} MB`);
    if (kept !== written || suppressed > 0) return 1;
    return await shipped(place, journal, written);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const journalOf = (directory: string): string => `journalctl --directory='${directory}' -o cat --no-pager`;

function load(place: string, seconds: number, rate: number): void {
  const conf = logFiles().find((file) => file.path === CONF)?.content;
  if (conf === undefined) throw new Error(`the payload has no ${CONF}`);
  writeFileSync(path.join(place, 'journald.conf'), conf);
  mkdirSync(path.join(place, 'log/journal'), { recursive: true });
  const env = {
    ...process.env,
    PLACE: place,
    NODE: process.execPath,
    WRITER,
    SECONDS_: String(seconds),
    RATE: String(rate),
  };
  const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', SCRIPT], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`journald could not be run: ${stderr.trim()}`);
}

/** Sends what the journal holds with the shipped uploader. */
async function shipped(place: string, journal: string, written: number): Promise<number> {
  const lacks = missingForLogs();
  if (lacks.length > 0) {
    say(`not shipped: ${lacks.join(', ')}`);
    return 0;
  }
  const server = new LogServer();
  try {
    await server.start();
    const began = Date.now();
    const { status, stderr } = server.uploadAll(journal, path.join(place, 'state'));
    if (status !== 0) throw new Error(`the uploader ended with ${status}: ${stderr.slice(-500)}`);
    const took = (Date.now() - began) / 1000;
    const stored = await server.counted('audit', written, `SYSLOG_IDENTIFIER:=${TAG}`);
    say(`shipped in ${took.toFixed(0)} s, ${Math.round(written / took)} lines a second; the store holds ${stored}`);
    return stored === written ? 0 : 1;
  } finally {
    await server.stop();
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const [seconds = 600, rate = 2000, ...more] = process.argv.slice(2).map(Number);
if (more.length > 0 || [seconds, rate].some((each) => !Number.isInteger(each) || each < 1)) {
  process.stderr.write('bench:journal [<seconds> [<lines a second>]]: expected whole numbers of at least 1\n');
  process.exitCode = 2;
} else
  main(seconds, rate).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`bench:journal: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    },
  );
