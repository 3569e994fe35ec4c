import { spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { logFiles } from './log-server.ts';

/**
 * The shipped script against a server of this test that speaks the interface as VictoriaLogs 1.52 has it (app/vlstorage/main.go: POST, a JSON
 * array of paths, 204): that release could not be had here, and 1.26, which could, has no snapshots.
 */
const folder = mkdtempSync(path.join(tmpdir(), 'lukko-log-dump-'));
jest.setTimeout(120_000);
const asked: string[] = [];
const snapshot = 'partitions/20260102/snapshots/20260102030405-1';
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  asked.push(`${request.method} ${url.pathname}${decodeURIComponent(url.search)}`);
  const store = `${folder}/srv/victoria-logs/audit`;
  if (request.method !== 'POST') response.writeHead(405).end();
  else if (url.pathname.endsWith('/create')) {
    mkdirSync(`${store}/${snapshot}/datadb`, { recursive: true });
    if (!existsSync(`${store}/${snapshot}/datadb/values.bin`))
      linkSync(`${store}/partitions/20260102/values.bin`, `${store}/${snapshot}/datadb/values.bin`);
    response.end(JSON.stringify([`/victoria-logs-data/${snapshot}`]));
  } else {
    rmSync(`${store}/${String(url.searchParams.get('path')).replace('/victoria-logs-data/', '')}`, { recursive: true });
    response.writeHead(204).end();
  }
});
beforeAll(async () => {
  mkdirSync(`${folder}/srv/victoria-logs/audit/partitions/20260102`, { recursive: true });
  mkdirSync(`${folder}/run`);
  writeFileSync(`${folder}/srv/victoria-logs/audit/partitions/20260102/values.bin`, 'lines');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const dump = (port: number): Promise<{ code: number | null; said: string }> =>
  new Promise((resolve) => {
    const text = (logFiles().find((file) => file.path.endsWith('/lukko/dump'))?.content ?? '')
      .replaceAll('/srv/lukko', `${folder}/srv`)
      .replaceAll('/run/lukko', `${folder}/run`)
      // One store is enough to see what is done with each.
      .replace('audit:9427 application:9428', `audit:${port}`);
    const shell = spawn('sh', ['-s', `${folder}/dumps`], { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    shell.stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
    shell.once('close', (code) => resolve({ code, said }));
    shell.stdin.end(text);
  });

test('a day is linked as a store would start from it, and the snapshot is given back; the next backup finds nothing left over', async () => {
  const { port } = server.address() as AddressInfo;
  for (let times = 0; times < 2; times += 1) expect(await dump(port)).toEqual({ code: 0, said: '' });
  const kept = `${folder}/dumps/victoria-logs/audit/partitions/20260102/datadb/values.bin`;
  expect(readFileSync(kept, 'utf8')).toBe('lines');
  // The same file under two names: a backup costs no second copy on the volume.
  expect(statSync(kept).nlink).toBe(2);
  expect(existsSync(`${folder}/srv/victoria-logs/audit/${snapshot}`)).toBe(false);
  expect(asked.slice(0, 2)).toEqual([
    'POST /internal/partition/snapshot/create',
    `POST /internal/partition/snapshot/delete?path=/victoria-logs-data/${snapshot}`,
  ]);
});

test('a store that does not answer fails the backup, which is an alert; nothing is passed off as a copy', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const { code, said } = await dump(port);
  expect([code === 0, /curl/.test(said)]).toEqual([false, true]);
});
