import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readProject } from '../../../../packages/cli/src/observe/hetzner-api.ts';

test('1,000 servers with their volumes and addresses take a small part of the 3,600 requests an hour', async () => {
  const counts: Readonly<Record<string, number>> = { servers: 1000, volumes: 1000, primary_ips: 2000, firewalls: 20 };
  let asked = 0;
  let refused = 0;
  const server = createServer((request, response) => {
    asked += 1;
    // Once in a while there were too many: it waits and asks again.
    if (asked === 10) {
      refused += 1;
      response.writeHead(429, { 'ratelimit-reset': String(Math.floor(Date.now() / 1000)) }).end('{}');
      return;
    }
    expect([request.method, request.headers.authorization]).toEqual(['GET', 'Bearer token']);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = url.pathname.slice('/v1/'.length);
    const page = Number(url.searchParams.get('page'));
    const size = Number(url.searchParams.get('per_page'));
    const all = counts[path] ?? 0;
    const list = Array.from({ length: Math.max(0, Math.min(size, all - (page - 1) * size)) }, (_, index) => ({
      id: (page - 1) * size + index,
    }));
    const next = page * size < all ? page + 1 : null;
    response.end(JSON.stringify({ [path]: list, meta: { pagination: { next_page: next } } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { lists } = await readProject(
    new URL(`http://127.0.0.1:${port}/v1/`),
    'live',
    'token',
    new AbortController().signal,
  );
  server.close();
  expect([lists.get('servers')?.length, lists.get('primary_ips')?.length, lists.get('zones')?.length]).toEqual([
    1000, 2000, 0,
  ]);
  expect(new Set(lists.get('servers')?.map((one) => Object(one).id)).size).toBe(1000);
  expect([refused, asked < 120]).toEqual([1, true]);
});
