import { type IncomingMessage, createServer as plainServer, type ServerResponse } from 'node:http';
import { createServer as tlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import type { Sandbox } from '@lukko/sandbox';
import type { Listening } from '../http.ts';
import type { Authority } from './authority.ts';

/** Hetzner's hosts, with what stands before their paths in the sandbox. */
export const HOSTS: Readonly<Record<string, string>> = { 'api.hetzner.cloud': '', 'api.hetzner.com': '/hetzner' };

/** Where a host finds its metadata. */
const METADATA = '169.254.169.254';

/** Answers a request of the API whose path begins as the sandbox has it. */
export type AnswerApi = (request: IncomingMessage, response: ServerResponse, before: string) => void;

/**
 * A proxy on loopback that is Hetzner for whoever goes through it: CONNECT to its API hosts is answered by the sandbox, a plain
 * request for the metadata address by the server that the proxy's user names, everything else is refused.
 */
export async function interceptOn(authority: Authority, sandbox: Sandbox, answerApi: AnswerApi): Promise<Listening> {
  const inside = new Map(
    Object.entries(HOSTS).map(([host, before]) => {
      const { certificate: cert, key } = authority.issue(host);
      const secure = createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
      const server = tlsServer({ cert, key, SNICallback: (_, done) => done(null, secure) }, (request, response) =>
        answerApi(request, response, before),
      );
      return [`${host}:443`, server];
    }),
  );
  const proxy = plainServer((request, response) => answerPlain(sandbox, request, response));
  const sockets = new Set<Duplex>();
  proxy.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const server = inside.get((request.url ?? '').toLowerCase());
    if (server === undefined) {
      const text = `${refusal(request.url ?? '')}\n`;
      socket.end(
        `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
      );
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    server.emit('connection', socket);
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject);
    proxy.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (proxy.address() as AddressInfo).port,
    close: () => {
      proxy.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}

const refusal = (target: string): string =>
  `the sandbox answers for ${Object.keys(HOSTS).join(', ')} and nobody else: ${target.replace(/[^\x21-\x7e]/g, '?').slice(0, 300)} was asked for`;

function answerPlain(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse): void {
  const send = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(text);
  };
  const [, path] =
    new RegExp(`^http://${METADATA.replaceAll('.', '\\.')}(?::80)?(/[^?#]*)`).exec(request.url ?? '') ?? [];
  if (path === undefined) return send(403, `${refusal(request.url ?? '')}\n`);
  if (request.method !== 'GET') return send(405, 'metadata can only be read\n');
  const name = proxyUser(request.headers['proxy-authorization']);
  if (name === undefined)
    return send(407, 'whose metadata? name the server as user of the proxy, such as http://web-1@127.0.0.1:<port>\n');
  const text = sandbox.metadata(name, path);
  return text === undefined ? send(404, 'not found\n') : send(200, text);
}

/** The user of `Proxy-Authorization: Basic`, which names a server. */
function proxyUser(header: string | undefined): string | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8').split(':')[0];
}
