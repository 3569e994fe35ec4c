import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hcloud } from '../../../../packages/cli/src/host/api.ts';
import type { StepFailed } from '../../../../packages/cli/src/host/problem.ts';

/* What the API does on a bad day, as its reference and the provider's own retries have it (docs.hetzner.cloud, errors). */

let server: Server;
let asked: string[];

const serve = (listener: RequestListener) =>
  new Promise<string>((resolve) => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      listener(request, response);
    }).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const error = (code: string, message = code) => JSON.stringify({ error: { code, message } });
const api = (endpoint: string, longest = 5_000) =>
  hcloud({ endpoint, token: 't'.repeat(64), clock: Date.now, longest });

test('what is locked, limited, broken or cut off is asked for again', async () => {
  const bad = [
    [423, error('locked')],
    [429, error('rate_limit_exceeded')],
    [502, '<html>bad gateway</html>'],
  ] as const;
  let round = 0;
  const endpoint = await serve((_, response) => {
    const [status, body] = bad[round] ?? [200, '{"server":{"id":1}}'];
    round += 1;
    if (round === 2) return response.destroy();
    response.writeHead(status).end(body);
  });
  expect(await api(endpoint).get('/servers/1')).toEqual({ server: { id: 1 } });
  expect(asked).toHaveLength(4);
});

test('an action is polled until it ends, and its failure is told in the API’s words', async () => {
  let polls = 0;
  const endpoint = await serve((request, response) => {
    if (request.method === 'POST') return response.writeHead(201).end('{"action":{"id":7,"status":"running"}}');
    polls += 1;
    const failed = polls > 1;
    response.end(
      JSON.stringify({
        action: failed
          ? { status: 'error', error: { code: 'action_failed', message: 'disk went away' } }
          : { status: 'running' },
      }),
    );
  });
  await expect(api(endpoint).act('/servers/1/actions/rebuild')).rejects.toThrow(
    'the API could not finish /servers/1/actions/rebuild: disk went away (action_failed)',
  );
  expect(asked).toEqual(['POST /servers/1/actions/rebuild', 'GET /actions/7', 'GET /actions/7']);
});

test.each([
  [401, 'unauthorized', 'set HCLOUD_TOKEN to a token of this project'],
  [403, 'forbidden', 'set HCLOUD_TOKEN to a token that may write'],
  [403, 'token_readonly', 'set HCLOUD_TOKEN to a token that may write'],
  [422, 'invalid_input', 'mend what it names and run the same command again'],
])('%s %s is not asked again, and says what to do', async (status, code, next) => {
  const endpoint = await serve((_, response) => response.writeHead(status).end(error(code, 'no')));
  const failure = await api(endpoint)
    .put('/servers/1', {})
    .catch((thrown: StepFailed) => thrown);
  expect(failure).toMatchObject({ message: `the API refused PUT /servers/1: no (${code})`, next });
  expect(asked).toHaveLength(1);
});

test('what stays locked is given up in time', async () => {
  const endpoint = await serve((_, response) => response.writeHead(423).end(error('locked', 'server is locked')));
  await expect(api(endpoint, 200).get('/servers/1')).rejects.toThrow('server is locked (locked)');
});

test('a redirect is not followed: the token is for one host', async () => {
  const endpoint = await serve((_, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end());
  await expect(api(endpoint, 100).get('/servers/1')).rejects.toThrow('the API refused GET /servers/1: status 307');
});

test('what is not there is undefined', async () => {
  const endpoint = await serve((_, response) => response.writeHead(404).end(error('not_found')));
  expect(await api(endpoint).get('/servers/1')).toBeUndefined();
});
