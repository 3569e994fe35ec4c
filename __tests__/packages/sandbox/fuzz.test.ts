import fc from 'fast-check';
import { coverage } from '../../../packages/sandbox/src/index.ts';
import { specDocument } from '../../../packages/sandbox/src/spec/document.ts';
import { validateResponse } from '../../../packages/sandbox/src/spec/index.ts';
import { Client, TOKENS } from './client.ts';
import { type Drawn, requestOf } from './requests.ts';

/* Requests of every operation, drawn from the description, right and wrong: no crash, and an answer that the description allows. */

jest.setTimeout(120_000);

/** Requests to each operation. */
const RUNS = 25;

const written = new Set(coverage().flatMap((each) => (each.written ? [each.operationId] : [])));
const client = new Client();
const ids = new Set<number>();

beforeAll(() => {
  const network = client.network('net');
  for (const name of ['one', 'two', 'three']) {
    client.server(name, { networks: [network], labels: { role: 'web' } });
    client.volume(`volume-${name}`);
  }
  client.post('/firewalls', { name: 'fire' });
  client.post('/placement_groups', { name: 'group', type: 'spread' });
  client.post('/zones', { name: 'lukko.example', mode: 'primary' });
  for (let id = 100_001; id < 100_040; id += 1) ids.add(id);
});

function answered({ operation, params, query, body }: Drawn): { status: number; json: unknown } {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '1');
  const reply = client.sandbox.handle({
    method: operation.method,
    path: `${operation.endpoint === 'hetzner' ? '/hetzner/v1' : '/v1'}${path}`,
    query: new URLSearchParams(query),
    headers: { authorization: `Bearer ${TOKENS.main}` },
    body: body === undefined ? '' : (JSON.stringify(body) ?? ''),
  });
  for (const [, id] of reply.body.matchAll(/"id":(\d{6,9})\b/g)) ids.add(Number(id));
  return { status: reply.status, json: reply.body === '' ? undefined : JSON.parse(reply.body) };
}

/** Those made last: they are most likely still there. */
const lately = (): readonly number[] => [...ids].slice(-60);

test.each(specDocument.operations.map((operation) => [operation.operationId, operation] as const))(
  '%s answers as the description says, or in the error form',
  (operationId, operation) => {
    fc.assert(
      fc.property(requestOf(operation, lately), (drawn) => {
        const { status, json } = answered(drawn);
        // A path with a name that is empty or too long is no path of the operation.
        if (status !== 404) expect(validateResponse(operationId, status, json)).toEqual({ ok: true });
        if (status >= 400) {
          const { error } = json as { error: Readonly<Record<string, unknown>> };
          expect(Object.keys(error)).toEqual(['code', 'message', 'details']);
          expect(error.code).toMatch(/^[a-z_]+$/);
        }
        // With service_error Hetzner refuses to delete a volume that is attached.
        const { code } = (json as { error?: { code?: string } } | undefined)?.error ?? {};
        if (written.has(operationId) && code !== 'service_error') expect(status).toBeLessThan(500);
      }),
      { numRuns: RUNS },
    );
    client.pass(1000);
  },
);

test('whatever was accepted can be read again', () => {
  const again = new Client({}, client.log);
  again.now = client.now;
  for (const plural of ['servers', 'networks', 'volumes', 'firewalls', 'primary_ips', 'zones', 'images'])
    expect(again.get(`/${plural}?per_page=50`).json).toEqual(client.get(`/${plural}?per_page=50`).json);
});
