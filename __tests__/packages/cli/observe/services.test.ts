import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Authority } from './certificates.ts';
import { look, verdicts } from './harness.ts';

/**
 * Logs, errors and alerts against servers of this test that speak the documented interfaces over TLS, since only they can be made to
 * leak. The real ones: logs-server.test.ts, glitchtip.test.ts and alertmanager.test.ts. Forges: forge.test.ts.
 */
jest.setTimeout(60_000);

const authority = new Authority();
const pair = authority.issue('DNS:localhost,IP:127.0.0.1');
const files = { 'ca.pem': authority.pem };
const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void;

async function serve(handler: Handler): Promise<string> {
  const server = createServer({ cert: pair.certificate, key: pair.key }, async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    handler(request, body, response);
  });
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

test.each([
  ['masked', true],
  ['in clear', false],
])('a line goes into the logs and is found again; a probed request is there, its address %s', async (_name, masks) => {
  const lines: string[] = [];
  const logs = await serve((request, body, response) => {
    const url = new URL(request.url ?? '/', 'https://localhost');
    if (url.pathname === '/insert/jsonline') lines.push(body);
    else {
      const wanted = JSON.parse(url.searchParams.get('query') ?? '""') as string;
      response.end(
        lines
          .filter((line) => line.includes(wanted))
          .map((line) => line.trim())
          .join('\n'),
      );
      return;
    }
    response.end();
  });
  const edge = await serve((request, _body, response) => {
    const { 'x-forwarded-for': from, cookie } = request.headers;
    lines.push(JSON.stringify({ path: request.url, ...(masks ? {} : { from, cookie }) }));
    response.end('ok');
  });
  const { observations } = await look(
    {
      logs: {
        insert: `${logs}/insert/jsonline`,
        query: `${logs}/select/logsql/query`,
        probe: edge,
        authority: 'ca.pem',
      },
    },
    files,
  );
  expect(observations.map((one) => verdicts(one))).toEqual([{ 'log-line-found': true, 'log-line-masked': masks }]);
  expect(observations[0]?.facts.delay).toEqual(expect.any(Number));
});

test('an error goes to GlitchTip as an envelope, is found through its API, and its address was not kept', async () => {
  const events: string[] = [];
  const glitchtip = await serve((request, body, response) => {
    if (request.url === '/api/7/envelope/') {
      expect(request.headers['x-sentry-auth']).toMatch(/^Sentry sentry_version=7, .*sentry_key=public$/);
      const [, , event = '{}'] = body.split('\n');
      const { message, event_id: id } = JSON.parse(event) as Record<string, unknown>;
      events.push(String(message));
      json(response, { id });
    } else if (request.headers.authorization !== 'Bearer secret') json(response, {}, 401);
    else if (request.url?.includes('/events/latest/') === true)
      json(response, { message: events[0], user: { id: 'canary', ip_address: null } });
    else
      json(
        response,
        events.map((title) => ({ id: '1', title })),
      );
  });
  const { port } = new URL(glitchtip);
  const { observations } = await look(
    {
      errors: {
        dsn: 'DSN',
        query: `${glitchtip}/api/0/organizations/lukko/issues/`,
        token: 'TOKEN',
        authority: 'ca.pem',
      },
    },
    files,
    { DSN: `https://public@localhost:${port}/7`, TOKEN: 'secret' },
  );
  expect(observations.map((one) => verdicts(one))).toEqual([{ 'error-found': true, 'error-masked': true }]);
  expect(JSON.stringify(observations)).not.toMatch(/secret|public@/);
});

test('a DSN that is none is said without being shown', async () => {
  const { observations, out } = await look({ errors: { dsn: 'DSN' } }, {}, { DSN: 'https://hunter2@localhost/none' });
  expect(observations[0]?.problem).toBe('the DSN is not of the form https://<key>@<host>/<number>');
  expect(out).not.toContain('hunter2');
});

test('a synthetic alert is raised and seen where alerts arrive', async () => {
  let delivered = '';
  const alerts = await serve((request, body, response) => {
    if (request.method === 'POST') delivered = body;
    response.end(request.method === 'POST' ? '' : delivered);
  });
  const { observations } = await look(
    { alerts: { fire: `${alerts}/api/v2/alerts`, delivered: `${alerts}/inbox`, authority: 'ca.pem' } },
    files,
  );
  expect(observations.map((one) => verdicts(one))).toEqual([{ 'alert-delivered': true }]);
});
