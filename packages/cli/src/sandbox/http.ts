import { isUtf8 } from 'node:buffer';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

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
  server.on('clientError', refuse);
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

/** What is no HTTP gets an answer in the form of the API, too, where it can still be given. */
function refuse({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const long = code === 'HPE_HEADER_OVERFLOW';
  const status = long ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const message = long ? 'the header of the request is too long' : 'the request is no HTTP';
  const body = JSON.stringify({ error: { code: 'invalid_input', message, details: null } });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** Of a body that is too long so many times its limit is read and thrown away, so that its sender hears why; then nothing. */
const PATIENCE = 16;

/** A body that is no text (RFC 8259 §8.1): what stands in it would be changed without a word. */
export const NO_UTF8 = Symbol('no UTF-8');

/**
 * The body of a request, or undefined when it is longer than so many bytes.
 * @throws Error when it goes on and on, or ends in its midst
 */
export async function bodyOf(request: IncomingMessage, longest: number): Promise<string | typeof NO_UTF8 | undefined> {
  // RFC 9112, 6.3: neither header, no body.
  const { 'content-length': announced, 'transfer-encoding': encoding } = request.headers;
  if (announced === undefined && encoding === undefined) return '';
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += (piece as Buffer).length;
    if (length > longest * PATIENCE) throw new Error('the body does not end');
    if (length > longest) pieces.length = 0;
    else pieces.push(piece as Buffer);
  }
  if (length > longest) return undefined;
  const bytes = Buffer.concat(pieces);
  return isUtf8(bytes) ? bytes.toString('utf8') : NO_UTF8;
}

/** The path is taken as it was sent: `..` in it is a name like any other. */
export function partsOf(url = '/'): { readonly path: string; readonly query: string } {
  const at = url.indexOf('?');
  return at === -1 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}
