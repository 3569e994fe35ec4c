import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Authority } from './certificates.ts';
import { look, verdicts } from './harness.ts';

/**
 * Forge, logs, errors and alerts against servers of this test that speak the documented interfaces over TLS, since only they can be made to
 * leak. The real ones: logs-server.test.ts, glitchtip.test.ts and alertmanager.test.ts. The answers of the forges are written after their API
 * references: neither Forgejo nor GitLab runs here.
 */
process.stdout.write('not run, since none is at hand: Forgejo and GitLab themselves\n');
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

const forgejo: Readonly<Record<string, unknown>> = {
  '/api/v1/repos/lukko/stack/branch_protections/main': {
    branch_name: 'main',
    enable_push: false,
    required_approvals: 1,
    enable_status_check: true,
    status_check_contexts: ['lukko'],
  },
  '/api/v1/repos/lukko/stack/pulls?state=closed&sort=recentupdate&limit=50': [
    { number: 2, merged: true, user: { id: 11, login: 'anna' } },
    { number: 1, merged: true, user: { id: 12, login: 'bo' } },
    { number: 3, merged: false, user: { id: 11, login: 'anna' } },
  ],
  '/api/v1/repos/lukko/stack/pulls/2/reviews': [{ state: 'APPROVED', user: { id: 12, login: 'bo' } }],
  '/api/v1/repos/lukko/stack/pulls/1/reviews': [{ state: 'APPROVED', stale: true, user: { id: 11, login: 'anna' } }],
};
const gitlab: Readonly<Record<string, unknown>> = {
  '/api/v4/projects/lukko%2Fstack/protected_branches/main': {
    name: 'main',
    allow_force_push: false,
    push_access_levels: [{ access_level: 0 }],
  },
  '/api/v4/projects/lukko%2Fstack': { only_allow_merge_if_pipeline_succeeds: true },
  '/api/v4/projects/lukko%2Fstack/merge_requests?state=merged&target_branch=main&per_page=50': [
    { iid: 5, author: { id: 11, username: 'anna' } },
  ],
  '/api/v4/projects/lukko%2Fstack/merge_requests/5/approvals': { approved_by: [{ user: { id: 12, username: 'bo' } }] },
};

test('forges: protection, reviews by another and the gate; people are pseudonyms, the same in one store', async () => {
  const serving = (answers: Readonly<Record<string, unknown>>) =>
    serve((request, _body, response) => {
      const known = request.headers.authorization === 'token secret' || request.headers['private-token'] === 'secret';
      const answer = known ? answers[request.url ?? ''] : undefined;
      json(response, answer ?? { message: 'not found' }, answer === undefined ? 404 : 200);
    });
  const shared = { repository: 'lukko/stack', token: 'TOKEN', authority: 'ca.pem', gate: 'lukko' };
  const { observations } = await look(
    {
      forges: [
        { kind: 'forgejo', api: `${await serving(forgejo)}/api/v1`, branch: 'main', ...shared },
        { kind: 'gitlab', api: `${await serving(gitlab)}/api/v4`, branch: 'main', ...shared },
        { kind: 'forgejo', api: `${await serving(forgejo)}/api/v1`, branch: 'other', ...shared },
      ],
    },
    files,
    { TOKEN: 'secret' },
  );
  expect(observations.map((one) => verdicts(one))).toEqual([
    { 'branch-protected': true, 'reviewed-by-another': false, 'gate-required': true },
    { 'branch-protected': true, 'reviewed-by-another': true, 'gate-required': true },
    { 'branch-protected': false, 'reviewed-by-another': false, 'gate-required': false },
  ]);
  expect(JSON.stringify(observations)).not.toMatch(/anna|"bo"|secret/);
  const people = observations.flatMap(({ facts }) => String(facts.changes).match(/p-[0-9a-f]{12}/g) ?? []);
  expect(new Set(people).size).toBe(2);
});
