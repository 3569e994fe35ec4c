import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { publicRoots } from '../../../../packages/cli/src/evidence/public-roots.ts';
import { openStore, readStoreFile } from '../../../../packages/cli/src/evidence/store-file.ts';
import { observedAt } from '../../../../packages/evidence/src/index.ts';
import { records } from '../../evidence/integrity/bundles.ts';
import { directoryWith, lukko } from '../fake-ports.ts';
import { Authority } from './certificates.ts';

const root = join(__dirname, '../../../..');
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});
async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const kinds = (directory: string) => {
  const { records: found, problems } = readStoreFile(join(directory, 'observations.jsonl'), 'observations.jsonl');
  return [problems.map(({ code }) => code), found.map(({ kind }) => kind)];
};
const targetsOf = (...tls: object[]) =>
  JSON.stringify({
    schemaVersion: 1,
    environment: { name: 'test', class: 'production' },
    vantage: 'test',
    tls: tls.map((one) => ({ address: '127.0.0.1', http: 1, authority: 'ours.pem', ...one })),
  });

test('a run that is killed keeps what it had seen, says that it did not end, and the next one goes on', async () => {
  const authority = new Authority();
  const pair = authority.issue('DNS:quick.localhost');
  const quick = await listening(
    createHttps({ cert: pair.certificate, key: pair.key }, (_asked, answer) => answer.end('ok')),
  );
  const silent = await listening(createServer(() => undefined));
  const answers = { host: 'quick.localhost', port: quick };
  const directory = directoryWith({
    'ours.pem': authority.pem,
    'observe.yaml': targetsOf({ host: 'silent.localhost', port: silent }, answers),
  });
  const store = join(directory, 'observations.jsonl');
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      join(root, 'packages/cli/src/main.ts'),
      'observe',
      '--targets',
      join(directory, 'observe.yaml'),
      '--store',
      store,
    ],
    {
      cwd: root,
      stdio: 'ignore',
    },
  );
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const written = () => existsSync(store) && readFileSync(store, 'utf8').includes('"kind":"observation"');
  while (!written() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGKILL');
  await gone;
  expect(kinds(directory)).toEqual([[], ['run', 'certificate', 'certificate', 'observation']]);
  const now = `${new Date(Date.now() + 1_000).toISOString().slice(0, 19)}Z`;
  const found = () =>
    observedAt(readStoreFile(store, 'observations.jsonl'), now, publicRoots()).findings.map(({ code, message }) => [
      code,
      message.replace(/of \d{4}-[^ ]+ from/, 'of then from'),
    ]);
  expect(found()).toContainEqual([
    'run-interrupted',
    'the run of then from test did not come to its end: of 2 things it set out to look at, what it had seen until then is here; observe again',
  ]);

  // A line that was being written when it was killed, and the next run.
  appendFileSync(store, '{"kind":"observ');
  expect(kinds(directory)[0]).toEqual(['store-half-line']);
  writeFileSync(join(directory, 'observe.yaml'), targetsOf(answers));
  await lukko(directory, ['observe'], { now: () => new Date() });
  expect(kinds(directory)).toEqual([
    [],
    ['run', 'certificate', 'certificate', 'observation', 'run', 'observation', 'end'],
  ]);
  expect(found().map(([code]) => code)).not.toContain('run-interrupted');
}, 60_000);

test('two runs at the same time: one chain holds what both saw', () => {
  const directory = directoryWith({});
  const path = join(directory, 'observations.jsonl');
  const [run, first, second] = records;
  if (run === undefined || first === undefined || second === undefined) throw new Error('no records');
  const one = openStore(path, 'observations.jsonl');
  const other = openStore(path, 'observations.jsonl');
  one.append(() => [run]);
  other.append(() => [first]);
  one.append(() => [second]);
  const head = other.append(() => [first]);
  expect(kinds(directory)).toEqual([[], ['run', 'observation', 'observation', 'observation']]);
  expect(readStoreFile(path, 'observations.jsonl').head).toEqual(head);
});
