import { createServer } from 'node:net';

/*
 * Ports that a test names to a program it starts later, stops and starts again. They lie below those that a kernel hands out by itself
 * (32768 and up on Linux, 49152 on others), so no connection and no server with port 0 can take one in the meantime, and each of jest's
 * workers has a thousand of its own.
 */
const FIRST = 12_000;
const EACH = 1_000;
const WORKERS = 20;
const worker = Number(process.env.JEST_WORKER_ID ?? 1) % WORKERS;
/** Where to begin is left to chance, for a second run of the tests on the same machine. */
let next = Math.floor(Math.random() * EACH);

/** A port of loopback that nobody listens on, and that no other test in this run is given at the same time. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < EACH; tries += 1) {
    const port = FIRST + worker * EACH + (next++ % EACH);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST + worker * EACH} to ${FIRST + (worker + 1) * EACH - 1}`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
