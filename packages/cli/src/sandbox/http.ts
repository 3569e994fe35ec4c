import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on loopback: no other address can be asked for, since tokens that are printed guard nothing.
 * @param port 0 for any that is free. @throws as node:net does when it is taken
 */
export async function listen(port: number, answer: RequestListener): Promise<Listening> {
  const server = createServer(answer);
  // terraform keeps connections open between its requests.
  server.keepAliveTimeout = 60_000;
  await listening(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** The body of a request, or undefined when it is longer than so many bytes. */
export async function bodyOf(request: IncomingMessage, longest: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += (piece as Buffer).length;
    if (length > longest) return undefined;
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The path is taken as it was sent: `..` in it is a name like any other. */
export function partsOf(url = '/'): { readonly path: string; readonly query: string } {
  const at = url.indexOf('?');
  return at === -1 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}
