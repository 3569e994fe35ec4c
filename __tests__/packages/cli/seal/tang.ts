import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/* Real Tang servers on loopback: tangd speaks to one connection, and is started for each, as systemd's socket does. */

const TANGD = ['/usr/libexec/tangd', '/usr/lib/tangd', '/usr/lib/x86_64-linux-gnu/tangd'].find((file) =>
  existsSync(file),
);
const KEYGEN = ['/usr/libexec/tangd-keygen', '/usr/lib/tangd-keygen', '/usr/lib/x86_64-linux-gnu/tangd-keygen'].find(
  (file) => existsSync(file),
);

function installed(program: string): boolean {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
}

/** What is missing for tests with the real parts; undefined when all are there. */
export const missingForTang = [
  ...(TANGD === undefined || KEYGEN === undefined ? ['tang'] : []),
  ...['clevis', 'jose'].filter((program) => !installed(program)),
].join(', ');

export interface RunningTang {
  readonly url: string;
  readonly thumbprint: string;
  /** Folder of its keys, as /var/db/tang is. */
  readonly keys: string;
  advertisement(): Promise<string>;
  stop(): Promise<void>;
}

/** @param port of a server whose place it takes: another with new keys */
export async function startTang(port = 0): Promise<RunningTang> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-tang-'));
  const keys = path.join(folder, 'keys');
  mkdirSync(keys);
  execFileSync(KEYGEN ?? '', [keys], { stdio: 'ignore' });
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const tangd = spawn(TANGD ?? '', [keys], { stdio: ['pipe', 'pipe', 'ignore'] });
    socket.pipe(tangd.stdin);
    tangd.stdout.pipe(socket);
    socket.on('error', () => tangd.kill());
    socket.on('close', () => tangd.kill());
    tangd.stdin.on('error', () => undefined);
    tangd.on('close', () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signing = readdirSync(keys)
    .map((file) => path.join(keys, file))
    .find((file) => readFileSync(file, 'utf8').includes('"sign"'));
  const thumbprint = execFileSync('jose', ['jwk', 'thp', '-a', 'S256', '-i', signing ?? ''], {
    encoding: 'utf8',
  }).trim();
  return {
    url,
    thumbprint,
    keys,
    advertisement: async () => (await fetch(`${url}/adv`)).text(),
    stop: async () => {
      // A client that keeps its connection open is not waited for.
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
