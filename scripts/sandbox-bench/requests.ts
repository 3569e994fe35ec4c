import { Agent, request } from 'node:http';

export interface Client {
  /** @returns the body. @throws Error for a status that is not a success */
  ask(method: string, path: string, body?: unknown): Promise<string>;
  close(): void;
}

/** Connections kept open, as terraform and others do. */
const CONNECTIONS = 16;

export function clientOf(endpoint: string, token: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const { port, pathname } = new URL(endpoint);
  const headers = { authorization: `Bearer ${token}` };
  return {
    ask: (method, path, body) =>
      new Promise((resolve, reject) => {
        const sent = request(
          { host: '127.0.0.1', port, path: `${pathname}${path}`, method, headers, agent },
          (answer) => {
            const pieces: Buffer[] = [];
            answer.on('data', (piece: Buffer) => pieces.push(piece));
            answer.on('end', () => {
              const text = Buffer.concat(pieces).toString('utf8');
              if ((answer.statusCode ?? 500) < 300) resolve(text);
              else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
            });
          },
        );
        sent.once('error', reject);
        sent.end(body === undefined ? undefined : JSON.stringify(body));
      }),
    close: () => agent.destroy(),
  };
}

/** Does something so many times, as many at once as there are connections. @returns seconds */
export async function times(count: number, each: (index: number) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await each(next - 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return (performance.now() - began) / 1000;
}
