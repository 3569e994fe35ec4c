import type { Handler } from '../../../packages/sandbox/src/context.ts';
import { handlers } from '../../../packages/sandbox/src/handlers.ts';
import { coverage } from '../../../packages/sandbox/src/index.ts';
import { Client, fault, TOKENS } from './client.ts';

test('without a token, or with a wrong one, there is no answer but 401', () => {
  const client = new Client();
  expect(fault(client.call('GET', '/servers', undefined, null))).toBe('401 unauthorized');
  expect(fault(client.call('GET', '/servers', undefined, 'x'.repeat(64)))).toBe('401 unauthorized');
});

test('a read-only token reads and does not write', () => {
  const client = new Client();
  expect(client.call('GET', '/networks', undefined, TOKENS.reader).status).toBe(200);
  const body = { name: 'n', ip_range: '10.0.0.0/16' };
  expect(fault(client.call('POST', '/networks', body, TOKENS.reader))).toBe('403 forbidden');
  expect(client.get('/networks').json.networks).toEqual([]);
});

test('projects do not see each other, and names are unique in one', () => {
  const client = new Client();
  const id = client.network('n');
  expect(fault(client.call('GET', `/networks/${id}`, undefined, TOKENS.keys))).toBe('404 not_found');
  const body = { name: 'n', ip_range: '10.0.0.0/16' };
  expect(fault(client.post('/networks', body))).toBe('409 uniqueness_error');
  expect(client.call('POST', '/networks', body, TOKENS.keys).status).toBe(201);
});

test('each answer has a correlation id and says what is left of the rate limit', () => {
  const client = new Client({ rateLimit: 3600 });
  const [first, second] = [client.get('/locations'), client.get('/locations')];
  expect(first.headers['x-correlation-id']).toMatch(/^[0-9a-f]{16}$/);
  expect(first.headers['x-correlation-id']).not.toBe(second.headers['x-correlation-id']);
  expect(second.headers['ratelimit-limit']).toBe('3600');
  expect(second.headers['ratelimit-remaining']).toBe('3598');
});

test('beyond the rate limit there is 429 until a second has passed', () => {
  const client = new Client({ rateLimit: 3600 });
  for (let count = 0; count < 3600; count += 1) client.get('/locations/1');
  expect(fault(client.get('/locations/1'))).toBe('429 rate_limit_exceeded');
  client.pass(1000);
  expect(client.get('/locations/1').status).toBe(200);
});

test('every operation of the description is written; one that is not would say so in the error form', () => {
  expect(coverage().filter(({ written }) => !written)).toEqual([]);
  const written = handlers as Record<string, Handler>;
  const list = written.list_isos as Handler;
  delete written.list_isos;
  expect(fault(new Client().get('/isos'))).toBe('501 not_implemented');
  written.list_isos = list;
});

test('what is no endpoint is not found, what is gone says so', () => {
  const client = new Client();
  expect(fault(client.get('/nothing'))).toBe('404 not_found');
  expect(fault(client.call('PATCH', '/servers'))).toBe('404 not_found');
  expect(fault(client.get('/datacenters'))).toBe('410 deprecated_api_endpoint');
});

test.each([
  ['broken JSON', '{"name":', '400 json_error'],
  ['a text nested deeper than a parser goes', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, '422 invalid_input'],
  ['no object', '[]', '422 invalid_input'],
  ['a missing field', '{"name":"n"}', '422 invalid_input'],
  ['a wrong type', '{"name":7,"ip_range":"10.0.0.0/16"}', '422 invalid_input'],
  ['an unknown field', '{"name":"n","ip_range":"10.0.0.0/16","colour":"red"}', '422 invalid_input'],
  ['a range that is none', '{"name":"n","ip_range":"10.0.0.1/16"}', '422 invalid_input'],
  ['a public range', '{"name":"n","ip_range":"8.8.0.0/16"}', '422 invalid_input'],
  ['a label key that is none', '{"name":"n","ip_range":"10.0.0.0/16","labels":{"-a":"b"}}', '422 invalid_input'],
])('%s is refused and changes nothing', (_, body, expected) => {
  const client = new Client();
  expect(fault(client.raw('POST', '/networks', body))).toBe(expected);
  expect(client.get('/networks').json.networks).toEqual([]);
  expect(client.log).toEqual([]);
});

test('broken JSON is refused by networks and by servers as each does it', () => {
  const client = new Client();
  expect(client.raw('POST', '/networks', '{').json.error).toMatchObject({
    message: 'A valid JSON document is required.',
    details: null,
  });
  const servers = client.raw('POST', '/servers', '{');
  expect(fault(servers)).toBe('422 json_error');
  expect(servers.json.error).toMatchObject({ message: 'syntax error', details: {} });
});

test.each([['0'], ['-1'], ['abc'], ['1e9'], ['99999999999999999999'], ['..'], ['%00'], ['%zz']])(
  'id %j finds nothing',
  (id) => {
    const { status } = new Client().get(`/servers/${id}`);
    expect([404, 422]).toContain(status);
  },
);

test('pages, sorts and filters', () => {
  const client = new Client();
  for (let count = 0; count < 60; count += 1)
    client.volume(`g${String(count).padStart(2, '0')}`, { labels: { parity: count % 2 === 0 ? 'even' : 'odd' } });
  const names = (url: string): string[] => client.get(url).json.volumes.map((each: { name: string }) => each.name);
  expect(names('/volumes')).toHaveLength(25);
  const page = client.get('/volumes?page=2&per_page=50').json;
  expect(page.volumes).toHaveLength(10);
  expect(page.meta.pagination).toEqual({
    page: 2,
    per_page: 50,
    previous_page: 1,
    next_page: null,
    last_page: 2,
    total_entries: 60,
  });
  expect(names('/volumes?sort=name:desc&per_page=2')).toEqual(['g59', 'g58']);
  expect(names('/volumes?name=g07')).toEqual(['g07']);
  expect(names('/volumes?label_selector=parity%3Dodd&per_page=50')).toHaveLength(30);
  expect(fault(client.get('/volumes?sort=colour'))).toBe('422 invalid_input');
  expect(fault(client.get('/volumes?label_selector=%3D%3D'))).toBe('422 invalid_input');
});

describe('the log', () => {
  test('holds all: a sandbox that reads it answers as the one that wrote it', () => {
    const client = new Client({ speed: 1 });
    const network = client.network('n');
    const server = client.server('a', { networks: [network] });
    const volume = client.volume('v');
    client.pass(20_000);
    client.post(`/volumes/${volume}/actions/attach`, { server });
    client.delete(`/volumes/${client.volume('gone')}`);
    client.pass(700);
    const again = new Client({ speed: 1 }, client.log);
    again.now = client.now;
    for (const url of [
      '/servers',
      '/networks',
      '/volumes',
      '/primary_ips',
      `/servers/${server}/actions`,
      `/volumes/${volume}/actions`,
    ]) {
      expect(again.get(url).json).toEqual(client.get(url).json);
    }
    for (const each of [client, again]) each.pass(60_000);
    expect(again.get('/volumes').json).toEqual(client.get('/volumes').json);
    expect(again.volume('w')).toBe(client.volume('w'));
  });

  test('what it does not take is answered with 500 and has not happened', () => {
    let full = false;
    const client = new Client({
      append: () => {
        if (full) throw new Error('no space left');
      },
    });
    const volume = client.volume('v');
    full = true;
    const body = { name: 'w', size: 10, location: 'hel1' };
    expect(fault(client.post('/volumes', body))).toBe('500 server_error');
    expect(fault(client.post(`/volumes/${volume}/actions/resize`, { size: 20 }))).toBe('500 server_error');
    full = false;
    expect(client.get('/volumes').json.volumes).toMatchObject([{ id: volume, size: 10 }]);
    expect(client.post('/volumes', body).status).toBe(201);
  });

  test('an action that ran when the sandbox was stopped ends later', () => {
    const client = new Client({ speed: 1 });
    const server = client.server('a');
    const again = new Client({ speed: 1 }, client.log);
    again.now = client.now;
    expect(again.get(`/servers/${server}`).json.server).toMatchObject({ status: 'initializing', locked: true });
    again.pass(60_000);
    expect(again.get(`/servers/${server}`).json.server).toMatchObject({ status: 'running', locked: false });
  });

  test.each([
    ['no JSON', ['{"project":'], 'line 1'],
    ['another form', ['{"a":1}'], 'line 1'],
    ['an unknown project', ['{"project":"other","lastId":1,"changes":[]}'], 'project other'],
  ])('%s is refused with its line', (_, lines, message) => {
    expect(() => new Client({}, lines)).toThrow(message);
  });
});

test('of finished actions the oldest are forgotten, those that run never', () => {
  const client = new Client({ speed: 1 });
  const volume = client.volume('slow');
  const { id: running } = client.get(`/volumes/${volume}/actions`).json.actions[0];
  const group = client.server('a');
  const change = { method: 'POST', path: `/v1/servers/${group}/actions/enable_rescue`, body: {} };
  const first = client.get(`/servers/${group}/actions`).json.actions[0].id;
  client.now += 100;
  for (let count = 0; count < 20_100; count += 1) client.sandbox.byHand('main', change);
  expect(client.get(`/actions/${running}`).json.action.status).toBe('running');
  expect(client.get(`/actions/${first}`).status).toBe(200);
  client.pass(60_000);
  for (let count = 0; count < 20_100; count += 1) client.sandbox.byHand('main', change);
  expect(client.get(`/actions/${running}`).status).toBe(404);
  const again = new Client({ speed: 1 }, client.log);
  expect(again.get(`/servers/${group}/actions?per_page=1`).json.meta.pagination.total_entries).toBeLessThan(20_100);
});

test('what comes with a GET or a DELETE is not read', () => {
  const client = new Client();
  const id = client.network('n');
  expect(client.raw('GET', `/networks/${id}`, '{no json').status).toBe(200);
  expect(client.raw('DELETE', `/networks/${id}`, '{no json').status).toBe(204);
});

test('record sets of a zone in mode secondary are told to nobody', () => {
  const client = new Client();
  const primary_nameservers = [{ address: '192.0.2.1' }];
  client.post('/zones', { name: 'lukko.example', mode: 'secondary', primary_nameservers });
  for (const path of ['rrsets', 'rrsets/www/A', 'zonefile'])
    expect([path, fault(client.get(`/zones/lukko.example/${path}`))]).toEqual([path, '422 incorrect_zone_mode']);
  expect(client.strange).toEqual([]);
});
