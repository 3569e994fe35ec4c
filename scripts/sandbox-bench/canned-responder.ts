import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * The least that terraform can apply servers and volumes against, as a measure for the sandbox: nothing is checked, nothing is
 * stored but names, and objects are one recorded answer with another id and name. Actions take as long as the sandbox's.
 *
 * Arguments: what to record from (endpoint of a sandbox with a server and a volume called `template`), its token, the speed.
 */

const [endpoint = '', token = '', speed = '20'] = process.argv.slice(2);
/** As packages/sandbox/src/actions.ts has them, in milliseconds. */
const TAKES = { create_server: 8000, start_server: 3000, create_volume: 1500, attach_volume: 1500 } as const;

type Json = Record<string, unknown>;
interface Thing extends Json {
  id: number;
  name: string;
}

const recorded = new Map<string, string>();
const things = new Map<string, Thing>();
const actions = new Map<number, { readonly command: string; readonly ends: number }>();
let last = 1_000_000;

async function record(path: string): Promise<string> {
  const known = recorded.get(path);
  if (known !== undefined) return known;
  const answer = await fetch(`${endpoint}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  recorded.set(path, text);
  return text;
}

function action(id: number): Json {
  const { command = '', ends = 0 } = actions.get(id) ?? {};
  const running = Date.now() < ends;
  const at = '2026-01-01T00:00:00+00:00';
  const status = running ? 'running' : 'success';
  return {
    id,
    command,
    status,
    progress: running ? 0 : 100,
    started: at,
    finished: running ? null : at,
    resources: [],
    error: null,
  };
}

function begin(command: keyof typeof TAKES, after = Date.now()): Json {
  last += 1;
  actions.set(last, { command, ends: after + TAKES[command] / Number(speed) });
  return action(last);
}

const template = async (plural: string): Promise<Thing> =>
  (JSON.parse(await record(`/${plural}?name=template`)) as Record<string, Thing[]>)[plural]?.[0] as Thing;

async function answer(method: string, url: URL, sent: Json): Promise<string> {
  const [, , plural = '', id = '', , verb] = url.pathname.split('/');
  if (plural === 'actions')
    return JSON.stringify({ actions: url.searchParams.getAll('id').map((each) => action(Number(each))) });
  const kind = plural.slice(0, -1);
  const thing = things.get(`${plural}/${id}`);
  if (method === 'POST' && id === '') {
    last += 1;
    const made: Thing = { ...(await template(plural)), id: last, name: String(sent.name) };
    things.set(`${plural}/${made.id}`, made);
    const first = begin(kind === 'server' ? 'create_server' : 'create_volume');
    const after = actions.get(Number(first.id))?.ends;
    const next = kind === 'server' ? [begin('start_server', after)] : [];
    return JSON.stringify({ [kind]: made, action: first, next_actions: next, root_password: null });
  }
  if (verb === 'attach' && thing !== undefined) {
    thing.server = sent.server;
    return JSON.stringify({ action: begin('attach_volume') });
  }
  if (thing !== undefined) return JSON.stringify({ [kind]: thing });
  return record(`${url.pathname.replace(/^\/v1/, '')}${url.search}`);
}

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const text = Buffer.concat(pieces).toString('utf8');
    const url = new URL(request.url ?? '/', 'http://canned');
    answer(request.method ?? 'GET', url, text === '' ? {} : (JSON.parse(text) as Json)).then(
      (json) => {
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
        response.writeHead(request.method === 'POST' ? 201 : 200, headers);
        response.end(json);
      },
      () => response.destroy(),
    );
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
