import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox } from '@lukko/sandbox';
import type { LogFile } from './log-file.ts';

/** More than any request of the API needs; user_data, the longest, has 32 KiB at most. */
const LONGEST_BODY = 1024 * 1024;

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves a sandbox on loopback: no other address can be asked for, since its tokens guard nothing.
 * @param port 0 for any that is free. @throws as node:net does when it is taken
 */
export async function serve(sandbox: Sandbox, log: LogFile, port: number): Promise<Listening> {
  const server = createServer((request, response) => {
    answer(sandbox, log, request, response).catch(() => response.destroy());
  });
  // terraform keeps connections open between its requests.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(
  sandbox: Sandbox,
  log: LogFile,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) {
    response.writeHead(413, { 'content-type': 'application/json', connection: 'close' });
    response.end('{"error":{"code":"invalid_input","message":"the body is too long","details":null}}');
    return;
  }
  const { path, query } = parts(request.url ?? '/');
  const { headers: sent, method = 'GET' } = request;
  const {
    status,
    headers,
    body: text,
  } = sandbox.handle({
    method,
    path,
    query: new URLSearchParams(query),
    headers: { authorization: sent.authorization },
    body,
  });
  // Nothing is acknowledged, nor shown to anybody, before it would survive.
  await log.flushed();
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** The path is taken as it was sent: `..` in it is a name like any other. */
function parts(url: string): { readonly path: string; readonly query: string } {
  const at = url.indexOf('?');
  return at === -1 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

/** The body, or undefined when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += (piece as Buffer).length;
    if (length > LONGEST_BODY) return undefined;
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}
