import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sandbox, Standing } from '@lukko/sandbox';
import { bodyOf, type Listening, listen, NO_UTF8, partsOf } from './http.ts';
import type { LogFile } from './log-file.ts';
import { snapshotLines, snapshotText } from './snapshot.ts';

/** A snapshot that is restored may be long. */
const LONGEST_BODY = 256 * 1024 * 1024;

interface Controlled {
  readonly sandbox: Sandbox;
  readonly log: LogFile;
  readonly token: string;
  /** The one that is meant when none is named. */
  readonly firstProject: string;
}

type Json = Readonly<Record<string, unknown>>;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Serves what is no part of Hetzner's API, on a port and with a token of its own: faults, changes by hand, snapshots, hosts' metadata. Errors are
 * `{"error": "<sentence>"}`; docs/sandbox.md has every path.
 * @param port 0 for any that is free. @throws as node:net does when it is taken
 */
export function serveControl(controlled: Controlled, port: number): Promise<Listening> {
  return listen(port, (request, response) => {
    answer(controlled, request, response).catch(() => response.destroy());
  });
}

async function answer(controlled: Controlled, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, json: Json): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(json)}\n`);
  };
  if (!isToken(request.headers.authorization, controlled.token))
    return send(401, { error: 'the control port wants its own token, as Authorization: Bearer <token>' });
  const text = await bodyOf(request, LONGEST_BODY);
  if (text === undefined) return send(413, { error: `a body has at most ${LONGEST_BODY} bytes` });
  if (text === NO_UTF8) return send(400, { error: 'the body is not encoded in UTF-8' });
  const asked = { method: request.method ?? 'GET', path: partsOf(request.url).path, text };
  try {
    if (asked.method === 'GET' && asked.path === '/snapshot') {
      // As with the API: nothing is shown that would not survive.
      await controlled.log.flushed();
      const snapshot = snapshotText(controlled.sandbox.snapshot());
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.end(snapshot);
      return;
    }
    const [, server = '', metadata = ''] = /^\/metadata\/([^/]+)(\/.*)$/.exec(asked.path) ?? [];
    const text = asked.method === 'GET' ? controlled.sandbox.metadata(server, metadata) : undefined;
    if (text !== undefined) {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(text);
      return;
    }
    const json = perform(controlled, asked);
    await controlled.log.flushed();
    return json === undefined
      ? send(404, { error: `${asked.method} ${asked.path} is nothing here; docs/sandbox.md lists what is` })
      : send(200, json);
  } catch (error) {
    return send(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** @returns the answer, or undefined when the path is none. @throws Error with a sentence for whoever asked */
function perform({ sandbox, log, firstProject }: Controlled, { method, path, text }: Asked): Json | undefined {
  const [, id] = /^\/faults\/(\d{1,9})$/.exec(path) ?? [];
  switch (`${method} ${id === undefined ? path : '/faults/{id}'}`) {
    case 'GET /faults':
      return { faults: sandbox.faults().map(faultJson) };
    case 'POST /faults':
      return { fault: faultJson(sandbox.addFault(word(bodyIn(text), 'fault'))) };
    case 'DELETE /faults':
      return { cleared: sandbox.clearFaults() };
    case 'DELETE /faults/{id}': {
      if (sandbox.clearFaults(Number(id)) === 0) throw new Error(`there is no fault ${id}`);
      return { cleared: 1 };
    }
    case 'POST /drift': {
      const body = bodyIn(text);
      const words = body.words;
      if (!Array.isArray(words) || !words.every((each) => typeof each === 'string'))
        throw new Error('words: expected a list of words, such as ["open-firewall", "web", "22"]');
      return { done: sandbox.drift(word(body, 'project', firstProject), words).done };
    }
    case 'POST /requests': {
      const body = bodyIn(text);
      const request = { method: word(body, 'method'), path: word(body, 'path'), body: body.body };
      const { status, body: answered } = sandbox.byHand(word(body, 'project', firstProject), request);
      return { status, body: answered === '' ? null : (JSON.parse(answered) as unknown) };
    }
    case 'PUT /snapshot': {
      const lines = snapshotLines(text);
      if (lines === undefined) throw new Error('the body is no snapshot of a sandbox');
      sandbox.restore(lines, log.replace);
      return { objects: sandbox.count() };
    }
    default:
      return undefined;
  }
}

const faultJson = ({ id, fault, met, struck }: Standing): Json => ({ id, fault: fault.text, met, struck });

function bodyIn(text: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('the body is not valid JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('the body is no JSON object');
  return json as Json;
}

function word(body: Json, name: string, otherwise?: string): string {
  const value = Object.hasOwn(body, name) ? body[name] : otherwise;
  if (typeof value !== 'string') throw new Error(`${name}: expected a text`);
  return value;
}

function isToken(authorization: string | undefined, token: string): boolean {
  const [given, wanted] = [Buffer.from(authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
