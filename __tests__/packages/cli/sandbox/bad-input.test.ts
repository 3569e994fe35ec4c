import { connect } from 'node:net';
import fc from 'fast-check';
import { type RunningSandbox, startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';

/* What comes over the wire: the API's error form and status, whatever it is, and a sandbox that goes on. */

jest.setTimeout(60_000);

let sandbox: RunningSandbox;
let token: string;

beforeAll(async () => {
  const settings = { projects: ['main'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 };
  sandbox = await startSandbox(settings, Date.now);
  token = sandbox.environment.HCLOUD_TOKEN ?? '';
});
afterAll(() => sandbox.stop());

interface Answered {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** Sends bytes as they are and reads the first answer, or nothing when the connection just ends. */
function wire(bytes: string | Uint8Array): Promise<Answered | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(sandbox.port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
      const at = text.indexOf('\r\n\r\n');
      resolve(
        status === undefined
          ? undefined
          : { status: Number(status), headers: text.slice(0, at), body: text.slice(at + 4) },
      );
    });
  });
}

const request = (line: string, body = '', headers: readonly string[] = [`authorization: Bearer ${token}`]): string =>
  [
    `${line} HTTP/1.1`,
    'host: x',
    'connection: close',
    ...headers,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');

/** Status and code of an answer in the error form, or the status alone. */
function fault(answer: Answered | undefined): string {
  if (answer === undefined) return 'no answer';
  if (answer.status < 300) return String(answer.status);
  expect(answer.headers.toLowerCase()).toContain('content-type: application/json');
  const { error } = JSON.parse(answer.body) as { error: Readonly<Record<string, unknown>> };
  expect(Object.keys(error)).toEqual(['code', 'message', 'details']);
  return `${answer.status} ${String(error.code)}`;
}

afterEach(async () => {
  expect(fault(await wire(request('GET /v1/locations')))).toBe('200');
});

const NETWORK = '{"name":"n","ip_range":"10.0.0.0/16"}';

test.each([
  ['no token', () => request('GET /v1/servers', '', []), '401 unauthorized'],
  [
    'another token',
    () => request('GET /v1/servers', '', [`authorization: Bearer ${'x'.repeat(64)}`]),
    '401 unauthorized',
  ],
  ['basic authentication', () => request('GET /v1/servers', '', ['authorization: Basic eDp5']), '401 unauthorized'],
  ['a token in the query', () => request(`GET /v1/servers?token=${token}`, '', []), '401 unauthorized'],
  ['broken JSON', () => request('POST /v1/networks', '{"name":'), '400 json_error'],
  ['two values', () => request('POST /v1/networks', `${NETWORK}${NETWORK}`), '400 json_error'],
  ['no JSON', () => request('POST /v1/networks', 'name=n'), '400 json_error'],
  ['bytes that are no text', () => request('POST /v1/networks', '\u0000\u00ff'), '400 json_error'],
  ['a list', () => request('POST /v1/networks', '[]'), '422 invalid_input'],
  ['a wrong type', () => request('POST /v1/networks', '{"name":7,"ip_range":[]}'), '422 invalid_input'],
  [
    'an unknown field',
    () => request('POST /v1/networks', '{"name":"n","ip_range":"10.0.0.0/16","x":1}'),
    '422 invalid_input',
  ],
  ['__proto__', () => request('POST /v1/networks', `{"__proto__":${NETWORK}}`), '422 invalid_input'],
  ['deep nesting', () => request('POST /v1/networks', '['.repeat(300_000)), '400 json_error'],
  ['a huge body', () => request('POST /v1/networks', ' '.repeat(2 * 1024 * 1024)), '413 invalid_input'],
  ['an endless body', () => request('POST /v1/networks', ' '.repeat(20 * 1024 * 1024)), 'no answer'],
  ['a huge path', () => request(`GET /v1/servers/${'1'.repeat(9000)}`), '404 not_found'],
  ['a huge header', () => request('GET /v1/servers', '', [`x: ${'y'.repeat(70_000)}`]), '431 invalid_input'],
  ['an id that is text', () => request('GET /v1/servers/web'), '422 invalid_input'],
  ['an id that is too large', () => request('GET /v1/servers/99999999999999999999'), '422 invalid_input'],
  ['an id below zero', () => request('GET /v1/servers/-1'), '404 not_found'],
  ['a way up', () => request('GET /v1/../../../etc/passwd'), '404 not_found'],
  ['a way up, encoded', () => request('GET /v1/servers/%2e%2e%2f%2e%2e'), '422 invalid_input'],
  ['a broken encoding', () => request('GET /v1/servers/%zz'), '404 not_found'],
  ['two slashes', () => request('GET //v1/servers'), '404 not_found'],
  ['a slash at the end', () => request('GET /v1/servers/'), '422 invalid_input'],
  ['another host in the line', () => request('GET http://192.0.2.1/v1/servers'), '404 not_found'],
  ['a NUL', () => request('GET /v1/servers/%00'), '422 invalid_input'],
  ['another version', () => request('GET /v2/servers'), '404 not_found'],
  ['a method that is none here', () => request('PATCH /v1/servers/1'), '404 not_found'],
  ['a method that is none anywhere', () => request('STEAL /v1/servers'), '400 invalid_input'],
  ['a page that is none', () => request('GET /v1/servers?page=-1'), '422 invalid_input'],
  ['no HTTP', () => 'hello\r\n\r\n', '400 invalid_input'],
  ['two lengths', () => 'GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', '400 invalid_input'],
  [
    'a length and chunks',
    () => 'POST /v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n',
    '400 invalid_input',
  ],
  [
    'a body that breaks off',
    () => 'POST /v1/networks HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{"name"',
    '400 invalid_input',
  ],
])('%s', async (_, bytes, expected) => {
  expect(fault(await wire(bytes()))).toBe(expected);
});

test('any bytes: an answer in the error form, or none', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc
          .tuple(
            fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'get', ' '),
            fc.webPath(),
            fc.constantFrom('', '{}', '{"name":"\\ud800"}', '"', '1e999'),
          )
          .map(([method, path, body]) => request(`${method} /v1${path}`, body)),
      ),
      async (bytes) => {
        fault(await wire(bytes));
      },
    ),
    { numRuns: 100 },
  );
});

test('a body that is not encoded in UTF-8 is refused, not changed', async () => {
  const body = Buffer.from('{"name":"caf\xe9","ip_range":"10.0.0.0/16"}', 'latin1');
  const head = [
    'POST /v1/networks HTTP/1.1',
    'host: x',
    'connection: close',
    `authorization: Bearer ${token}`,
    `content-length: ${body.length}`,
  ].join('\r\n');
  expect(fault(await wire(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body])))).toBe('422 json_error');
});
