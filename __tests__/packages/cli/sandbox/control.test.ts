import { connect } from 'node:net';
import { type RunningSandbox, startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

const clock = () => Date.parse('2026-06-01T12:00:00Z');
const settings = { projects: ['main', 'keys'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 };

let sandbox: RunningSandbox;
const api = (path: string, init: RequestInit = {}) =>
  fetch(`${sandbox.environment.HCLOUD_ENDPOINT}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${sandbox.environment.HCLOUD_TOKEN}` },
  });
const control = (method: string, path: string, body?: string, token = sandbox.control.token) =>
  fetch(`http://127.0.0.1:${sandbox.control.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body }),
  });
/** The command as somebody with the printed exports runs it. */
const command = (...argv: string[]) =>
  lukko(directoryWith({}), ['sandbox', ...argv], { environment: sandbox.environment });

beforeEach(async () => {
  sandbox = await startSandbox({ ...settings, seed: 'control' }, clock);
});
afterEach(() => sandbox.stop());

test('faults are added, listed and cleared while it runs', async () => {
  const added = await command('fault', 'add', '503,on=list_servers,times=1', 'delay:1');
  expect(added).toMatchSnapshot();
  expect((await api('/servers')).status).toBe(503);
  expect((await api('/servers')).status).toBe(200);
  expect((await command('fault', 'list')).out).toMatchSnapshot();
  expect((await command('fault', 'clear', '2')).out).toBe('1 fault cleared\n');
  expect((await command('fault', 'clear')).out).toBe('1 fault cleared\n');
  expect((await command('fault', 'list')).out).toBe('no faults\n');
});

test('objects drift while it runs', async () => {
  await api('/placement_groups', { method: 'POST', body: '{"name":"g","type":"spread"}' });
  expect(await command('drift', 'set-label', 'placement-group', 'g', 'by=hand')).toMatchSnapshot();
  const { placement_groups: groups } = (await (await api('/placement_groups')).json()) as {
    placement_groups: unknown[];
  };
  expect(groups).toMatchObject([{ labels: { by: 'hand' } }]);
  expect((await command('drift')).out).toMatchSnapshot();
});

test.each([
  ['a fault that is none', ['fault', 'add', 'nonsense']],
  ['no such fault', ['fault', 'clear', '7']],
  ['a fault that is no number', ['fault', 'clear', '../faults']],
  ['no such object', ['drift', 'power-off', 'web']],
  ['no such project', ['drift', '--project', 'other', 'power-off', 'web']],
  ['an address that is not on loopback', ['fault', 'list', '--control', 'http://192.0.2.1:80']],
  ['nobody there', ['fault', 'list', '--control', 'http://127.0.0.1:1']],
])('%s: exit 2 and one message', async (_, argv) => {
  const { code, out, err } = await command(...argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatchSnapshot();
});

test('without a running sandbox: exit 2, and where to find its address', async () => {
  expect(await lukko(directoryWith({}), ['sandbox', 'fault', 'list'])).toMatchSnapshot();
});

test('the control port has a token of its own', async () => {
  expect((await control('GET', '/faults', undefined, 'wrong')).status).toBe(401);
  expect((await control('GET', '/faults', undefined, sandbox.environment.HCLOUD_TOKEN)).status).toBe(401);
  const answer = await api('/servers', { headers: {} });
  expect(answer.status).toBe(200);
  expect((await control('GET', '/faults')).status).toBe(200);
});

test('requests by hand', async () => {
  const body = JSON.stringify({ project: 'keys', method: 'POST', path: '/v1/placement_groups', body: { name: 'g' } });
  expect(await (await control('POST', '/requests', body)).json()).toMatchObject({
    status: 422,
    body: { error: { code: 'invalid_input' } },
  });
});

test.each([
  ['GET', '/nothing', undefined, 404],
  ['GET', '/../../etc/passwd', undefined, 404],
  ['PATCH', '/faults', undefined, 404],
  ['POST', '/faults', '{', 400],
  ['POST', '/faults', '[]', 400],
  ['POST', '/faults', '{}', 400],
  ['POST', '/faults', '{"fault":{"toString":1}}', 400],
  ['POST', '/faults', '{"__proto__":{"fault":"503"}}', 400],
  ['POST', '/drift', '{"words":"power-off web"}', 400],
  ['DELETE', '/faults/99', undefined, 400],
])('%s %s %s: %d and a sentence', async (method, path, body, status) => {
  const answer = await control(method, path, body);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ error: expect.any(String) });
});

test('a dropped connection ends without an answer', async () => {
  await command('fault', 'add', 'drop,on=list_servers,times=1');
  const received = await new Promise<string>((resolve) => {
    const socket = connect(sandbox.port, '127.0.0.1', () => {
      socket.write(
        `GET /v1/servers HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${sandbox.environment.HCLOUD_TOKEN}\r\n\r\n`,
      );
    });
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('utf8');
    });
    socket.once('error', () => resolve(text));
    socket.once('close', () => resolve(text));
  });
  expect(received).toBe('');
  expect((await api('/servers')).status).toBe(200);
});

test('a run begins with the faults it is given', async () => {
  const check = `fetch(process.env.HCLOUD_ENDPOINT + '/servers', { headers: { authorization: 'Bearer ' + process.env.HCLOUD_TOKEN } })
    .then(({ status }) => process.exit(status === 502 && process.env.LUKKO_SANDBOX_CONTROL_TOKEN.length === 64 ? 7 : 8))`;
  const argv = ['sandbox', 'run', '--fault', '502,on=list_servers', '--', process.execPath, '-e', check];
  expect(await lukko(directoryWith({}), argv)).toEqual({ code: 7, out: '', err: '' });
});

test('a fault that is none keeps it from starting', async () => {
  const result = await lukko(directoryWith({}), ['sandbox', '--fault', '503,on=nothing']);
  expect(result).toEqual({
    code: 2,
    out: '',
    err: "error: fault '503,on=nothing': no operation is called 'nothing'; docs/sandbox.md lists them\n",
  });
});
