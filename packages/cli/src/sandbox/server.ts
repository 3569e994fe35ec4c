import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Sandbox } from '@lukko/sandbox';
import { bodyOf, type Listening, listen, NO_UTF8, partsOf } from './http.ts';
import type { LogFile } from './log-file.ts';
import { pageOf } from './page/page.ts';

/** More than any request of the API needs; user_data, the longest, has 32 KiB at most. */
const LONGEST_BODY = 1024 * 1024;
const NOT_KEPT =
  '{"error":{"code":"server_error","message":"the log of the sandbox cannot be written to the disk","details":null}}';
const NO_TEXT = '{"error":{"code":"json_error","message":"the body is not encoded in UTF-8","details":null}}';
const TOO_LONG = '{"error":{"code":"invalid_input","message":"the body is too long","details":null}}';

const isDone = () => true;
const isNot = () => false;

/**
 * Serves a sandbox on loopback: the API, and a page at `/` that shows it.
 * @param port 0 for any that is free. @throws as node:net does when it is taken
 */
export async function serve(sandbox: Sandbox, log: LogFile, port: number): Promise<Listening> {
  const page = pageOf(sandbox);
  const listening = await listen(port, (request, response) => {
    if (page.answer(request, response)) return;
    answer(sandbox, log, request, response).catch(() => response.destroy());
  });
  return {
    port: listening.port,
    close: () => {
      page.close();
      return listening.close();
    },
  };
}

/** Answers one request of the API. @param before what stands before its path in the sandbox */
export async function answer(
  sandbox: Sandbox,
  log: LogFile,
  request: IncomingMessage,
  response: ServerResponse,
  before = '',
): Promise<void> {
  const body = await bodyOf(request, LONGEST_BODY);
  const send = (status: number, headers: Readonly<Record<string, string>>, text: string): void => {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
    response.end(text);
  };
  if (body === undefined) return send(413, { 'content-type': 'application/json' }, TOO_LONG);
  if (body === NO_UTF8) return send(422, { 'content-type': 'application/json' }, NO_TEXT);
  const { path, query } = partsOf(request.url);
  const { headers: sent, method = 'GET' } = request;
  const {
    status,
    headers,
    body: text,
    delay,
    dropped,
  } = sandbox.handle({
    method,
    path: `${before}${path}`,
    query: new URLSearchParams(query),
    // The second says for which host the metadata service is asked.
    headers: { authorization: sent.authorization, 'x-forwarded-for': sent['x-forwarded-for']?.toString() },
    body,
  });
  // Nothing is acknowledged, nor shown to anybody, before it would survive.
  if (log.dirty() && !(await log.flushed().then(isDone, isNot)))
    return send(500, { 'content-type': 'application/json' }, NOT_KEPT);
  // A delay that nobody waits for any longer keeps no process alive.
  if (delay !== undefined) await wait(delay, undefined, { ref: false });
  if (dropped) {
    request.socket.destroy();
    return;
  }
  send(status, headers, text);
}
