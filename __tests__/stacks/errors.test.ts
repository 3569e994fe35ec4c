import path from 'node:path';
import { sleep } from '../boot/run.ts';
import { AlertHost } from './alert-host.ts';
import { built, documentOf, serversOf, shipped } from './built.ts';
import { ErrorServer, errorFile, missingForErrors } from './error-server.ts';
import { onHost } from './on-host.ts';

/** The error server of the payload with its real parts, and a stock SDK that reports to it. */
const missing = missingForErrors();

test('the environment GlitchTip gets: a socket for the database, nobody registers, a time for what it keeps', () => {
  expect(errorFile('/lukko/glitchtip.env').trim().split('\n')).toMatchInlineSnapshot(`
    [
      "GLITCHTIP_DOMAIN=https://errors.lukko.example",
      "DEFAULT_FROM_EMAIL=security@lukko.example",
      "EMAIL_URL=consolemail://",
      "DATABASE_URL=postgresql://glitchtip@//run/postgresql/glitchtip",
      "VALKEY_URL=",
      "SERVER_ROLE=all_in_one",
      "PORT=8000",
      "GRANIAN_HOST=127.0.0.1",
      "ENABLE_USER_REGISTRATION=False",
      "ENABLE_ORGANIZATION_CREATION=False",
      "ENABLE_ADMIN=False",
      "ENABLE_OPENAPI=False",
      "CSRF_TRUSTED_ORIGINS=https://errors.lukko.example",
      "GLITCHTIP_ENABLE_LOGS=False",
      "GLITCHTIP_MAX_EVENT_LIFE_DAYS=90",
      "ALLOWED_HOSTS=errors.lukko.example",
    ]
  `);
});

if (missing.length > 0) {
  test(`not run: GlitchTip with a stock SDK (${missing.join('; ')})`, () => {
    process.stdout.write(`not run: GlitchTip with a stock SDK (${missing.join('; ')})\n`);
    expect(missing).not.toEqual([]);
  });
} else {
  const server = new ErrorServer();
  jest.setTimeout(180_000);
  let dsn = '';
  /** What somebody gets who makes themselves an account, through Caddy as a browser does. */
  const signup = (): number => {
    const token = /csrftoken=([^;]+)/.exec(server.ask('/_allauth/browser/v1/config', ['-D', '-']).stdout)?.[1] ?? '';
    return server.status('/_allauth/browser/v1/auth/signup', [
      ...['-X', 'POST', '-H', 'Content-Type: application/json', '-H', `Origin: ${server.front.url('')}`],
      ...['-d', JSON.stringify({ email: 'somebody@else.example', password: 'long enough, and new' })],
      ...['-H', `X-CSRFToken: ${token}`, '-H', `Cookie: csrftoken=${token}`, '-H', `Referer: ${server.front.url('/')}`],
    ]);
  };
  const accounts = () => server.sql('select count(*) from users_user');
  /** Before anybody has an account GlitchTip takes the first who comes: what that one got, and how many accounts there are then. */
  let first: readonly (number | string)[] = [];
  beforeAll(async () => {
    await server.start();
    first = [signup(), accounts()];
    const made = server.project();
    // What it makes anew cuts addresses to their network, without anybody asking for it.
    expect(made.scrubs).toBe(true);
    dsn = made.dsn;
  }, 900_000);
  afterAll(() => server.stop());

  /** What the stock SDK sends, with what an application tells it to; gives whether it was flushed. */
  const report = (message: string, options = '', scope = '') =>
    server.python(`import sentry_sdk
sentry_sdk.init(dsn=${JSON.stringify(dsn)}, ca_certs=${JSON.stringify(
      server.front.authority,
    )}, default_integrations=False${options})
${scope}
try:
    raise ValueError(${JSON.stringify(message)})
except ValueError as error:
    print(sentry_sdk.capture_exception(error))
sentry_sdk.flush(20)`);
  /** The whole of an event as it is kept; waits for it. */
  const kept = async (message: string): Promise<string> => {
    const query = `select row_to_json(e)::text from issue_events_issueevent e where e::text like '%${message}%' limit 1`;
    for (let tries = 0; tries < 300; tries += 1) {
      const found = server.sql(query);
      if (found !== '') return found;
      await sleep(100);
    }
    return '';
  };

  test('migrations are done, it is healthy, and the database listens on no network', () => {
    expect(server.ask('/_health/')).toMatchObject({ status: 0, stdout: 'ok' });
    expect(
      server.shell(
        'from django.db.migrations.executor import MigrationExecutor; from django.db import connection; e = MigrationExecutor(connection); print(len(e.migration_plan(e.loader.graph.leaf_nodes())))',
      ),
    ).toBe('0');
    expect(server.sql('show listen_addresses')).toBe('');
  });

  test('nobody makes themselves an account, and administration and descriptions of the API are off', () => {
    expect(first).toEqual([403, '0']);
    const before = accounts();
    expect(signup()).toBe(403);
    expect(accounts()).toBe(before);
    expect(JSON.parse(server.ask('/api/settings/').stdout)).toMatchObject({
      enableUserRegistration: false,
    });
    // Switches that came with 6.0: before it, administration is there for whoever is an administrator.
    for (const target of server.knows('ENABLE_OPENAPI') ? ['/admin/', '/api/docs', '/api/openapi.json'] : [])
      expect([target, server.status(target)]).toEqual([target, 404]);
    const mine = ['-X', 'POST', '-H', 'Content-Type: application/json', '-d', '{"name": "mine"}'];
    expect(server.status('/api/0/organizations/', mine)).toBeGreaterThanOrEqual(400);
  });

  test('a stock SDK reports an error, and it is kept without the address it came from', async () => {
    const { status, stdout } = report('the order was lost');
    expect([status, stdout.trim()]).toEqual([0, expect.stringMatching(/^[0-9a-f]{32}$/)]);
    const event = await kept('the order was lost');
    expect(event).toContain('the order was lost');
    expect(event).not.toMatch(/"ip_address": ?"[^"]+"|127\.0\.0\.1/);
  });

  test('what the alert script of a host tells is an issue, and what it tells again is the same one', async () => {
    const config = shipped('example.yaml');
    const [, key = '', id = ''] = /^https:\/\/([0-9a-f]{32})@[^/]+\/(\d+)$/.exec(dsn) ?? [];
    config.alerts = { errors: `https://${key}@errors.lukko.example/${id}` };
    const [[, edge]] = serversOf(documentOf(built(config), 'edge')) as [[string, Record<string, unknown>]];
    const host = new AlertHost(path.join(server.folder, 'alerts'));
    host.put(onHost(edge.user_data).files, {}, 0, (text) =>
      text
        .replace('https://errors.lukko.example', server.front.url(''))
        .replace('--proxy http://127.0.0.1:0', "--noproxy '*'")
        .replace('-mmin "-$2"', '-mmin -0'),
    );
    const env = { CURL_CA_BUNDLE: server.front.authority };
    for (const text of ['91 % of the volume are used', '92 % of the volume are used'])
      expect(await host.runs('alert', ['disk', '/srv/lukko', text], env)).toEqual({
        code: 0,
        out: `<3>ALERT disk /srv/lukko ${text}\n`,
      });
    const events = await kept('92 % of the volume');
    expect(events).toContain('disk /srv/lukko 92 % of the volume are used');
    const issues =
      "select count(distinct issue_id) from issue_events_issueevent e where e::text like '% of the volume are used%'";
    expect([(await kept('91 % of the volume')) !== '', server.sql(issues)]).toEqual([true, '1']);
  });

  test('the host asks it by its name whether it is well, and says so when it is not', async () => {
    const host = new AlertHost(path.join(server.folder, 'health'));
    const asks = async (name: string) => {
      const [[, errors]] = serversOf(documentOf(built(shipped('example.yaml')), 'errors')) as [
        [string, Record<string, unknown>],
      ];
      host.put(onHost(errors.user_data).files, { 'cloud-init': 'echo status: done' }, 0, (text) =>
        text.replace('http://errors.lukko.example:8000', `http://${name}:${server.port}`),
      );
      return host.runs('serving');
    };
    expect(await asks('localhost')).toEqual({ code: 0, out: 'serving\n' });
    expect((await asks('another.example')).out).toBe(
      `not serving: http://another.example:${server.port}/_health/ does not answer\n`,
    );
  });

  test('a key of nobody is refused', () => {
    const envelope = '{}\n{"type":"event"}\n{"message":"x"}\n';
    const auth = 'X-Sentry-Auth: Sentry sentry_version=7, sentry_key=00000000000000000000000000000000';
    // Of a project that is not there: GlitchTip refuses all events of a project for 30 s after a wrong key.
    expect(server.status('/api/4711/envelope/', ['-X', 'POST', '-H', auth, '--data-binary', envelope])).toBe(403);
  });

  test('what an application itself says of a user is kept as it says it: that is for the application to leave out', async () => {
    const scope = "sentry_sdk.set_user({'id': '7', 'ip_address': '203.0.113.77'})";
    expect(report('said by the application', ', send_default_pii=True', scope).status).toBe(0);
    const event = await kept('said by the application');
    process.stdout.write(
      `an address that an SDK was told to send: ${event.includes('203.0.113.77') ? 'kept' : 'not kept'}\n`,
    );
    expect(event).toContain('said by the application');
  });

  test('what is past its time goes', async () => {
    expect(
      server.shell(
        'from django.conf import settings; print(getattr(settings, "GLITCHTIP_EVENT_RETENTION_DAYS", None) or settings.GLITCHTIP_MAX_EVENT_LIFE_DAYS)',
      ),
    ).toBe('90');
  });
}
