import { Client } from './client.ts';

function made(): Client {
  const client = new Client({ speed: 1 });
  const network = client.network('n');
  client.server('a', { networks: [network], user_data: '#cloud-config\n' });
  for (let count = 0; count < 450; count += 1) client.volume(`v${count}`);
  client.pass(9_000);
  return client;
}

test('a snapshot is a log that holds each object once', () => {
  const client = made();
  const lines = [...client.sandbox.snapshot()];
  expect(lines.length).toBeLessThan(20);
  const again = new Client({ speed: 1 }, lines);
  again.now = client.now;
  for (const url of ['/servers', '/volumes?page=9&per_page=50', '/networks', '/primary_ips'])
    expect(again.get(url).json).toEqual(client.get(url).json);
  // The server still starts, and ids go on where they were.
  for (const each of [client, again]) each.pass(60_000);
  expect(again.get('/servers').json.servers).toMatchObject([{ status: 'running', locked: false }]);
  expect(again.volume('next')).toBe(client.volume('next'));
});

test('restore puts it in the place of all, ids included', () => {
  const client = made();
  const lines = [...client.sandbox.snapshot()];
  const expected = client.get('/servers').json;
  const next = client.volume('next');
  client.delete(`/volumes/${next - 1}`);
  const stored: string[] = [];
  client.sandbox.restore(lines, (kept) => stored.push(...kept));
  expect(stored).toEqual(lines);
  expect(client.get('/servers').json).toEqual(expected);
  expect(client.get(`/volumes/${next}`).status).toBe(404);
  expect(client.volume('next')).toBe(next);
});

test('a snapshot that cannot be read, or stored, leaves all as it was', () => {
  const client = made();
  const count = client.sandbox.count();
  const other = '{"project":"other","lastId":1,"changes":[]}';
  expect(() => client.sandbox.restore([other], () => undefined)).toThrow(
    'line 1 of the snapshot is of project other, which is not among those given; start it with --project other as well',
  );
  expect(() => client.sandbox.restore(['{'], () => undefined)).toThrow('line 1 of the snapshot is no JSON');
  expect(() =>
    client.sandbox.restore([], () => {
      throw new Error('no space left');
    }),
  ).toThrow('no space left');
  expect(client.sandbox.count()).toEqual(count);
});
