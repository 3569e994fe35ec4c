import { specDocument } from '../../../packages/sandbox/src/spec/document.ts';
import { Client, fault } from './client.ts';

/** Every operation that lists, with the ways to sort that the description gives it. */
const lists = specDocument.operations.flatMap(({ operationId, path, query }) => {
  const items = query.properties?.sort?.items as { readonly enum?: readonly string[] } | undefined;
  // Data centers are gone.
  return items?.enum === undefined || path === '/datacenters' ? [] : [{ operationId, path, sorts: items.enum }];
});

/** A project with one of each kind that has actions or parts, and the paths of its lists. */
function full() {
  const client = new Client();
  const server = client.server('a');
  const ids: Record<string, number | string> = {
    servers: server,
    networks: client.network('n'),
    volumes: client.volume('v'),
    images: client.post(`/servers/${server}/actions/create_image`).json.image.id,
    firewalls: client.post('/firewalls', { name: 'f' }).json.firewall.id,
    floating_ips: client.post('/floating_ips', { type: 'ipv4', home_location: 'hel1' }).json.floating_ip.id,
    primary_ips: client.post('/primary_ips', { name: 'p', type: 'ipv4', location: 'hel1' }).json.primary_ip.id,
    certificates: client.post('/certificates', { name: 'c', type: 'managed', domain_names: ['a.example.com'] }).json
      .certificate.id,
    load_balancers: client.post('/load_balancers', { name: 'l', load_balancer_type: 'lb11', location: 'hel1' }).json
      .load_balancer.id,
    storage_boxes: client.post('/storage_boxes', {
      name: 'b',
      storage_box_type: 'bx11',
      location: 'hel1',
      password: 'Correct-horse-7',
    }).json.storage_box.id,
    zones: client.post('/zones', { name: 'lukko.example', mode: 'primary' }).json.zone.id,
  };
  const at = (path: string) =>
    path.replace(/^\/(\w+)\/\{\w+\}/, (_, plural: string) => `/${plural}/${ids[plural] ?? `no ${plural}`}`);
  return { client, at };
}

test('every list takes every way to sort that the description names, up and down', () => {
  const { client, at } = full();
  expect(lists.length).toBeGreaterThan(35);
  const refused = lists.flatMap(({ operationId, path, sorts }) =>
    sorts.flatMap((sort) => {
      const url = `${at(path)}?sort=${sort}${path === '/actions' ? '&id=1' : ''}`;
      const { status } = client.get(url);
      return status === 200 ? [] : [`${operationId} ${url}: ${status}`];
    }),
  );
  expect(refused).toEqual([]);
  expect(client.strange).toEqual([]);
});

test('what one may sort by is refused for others', () => {
  const { client, at } = full();
  for (const { path } of lists) expect(fault(client.get(`${at(path)}?sort=colour&id=1`))).toBe('422 invalid_input');
});

test.each([
  ['/isos?architecture=arm', 1],
  ['/isos?architecture=arm&include_architecture_wildcard=true', 2],
  ['/isos?name=ipxe.iso', 1],
  ['/images?type=app&architecture=arm', 1],
  ['/images?name=debian-13', 2],
  ['/images?type=snapshot&status=available', 1],
  ['/images?bound_to=1', 0],
  ['/servers?status=running', 1],
  ['/servers?status=off&status=running', 1],
  ['/servers?status=off', 0],
  ['/certificates?type=uploaded', 0],
  ['/certificates?type=managed', 1],
  ['/volumes?status=available', 1],
  ['/zones?mode=secondary', 0],
  ['/zones/{id}/rrsets?type=NS&type=TXT', 1],
  ['/primary_ips?name=p', 1],
  ['/placement_groups?type=spread', 0],
])('%s finds %i', (url, count) => {
  const { client, at } = full();
  const { json } = client.get(at(url));
  expect(json.meta.pagination.total_entries).toBe(count);
});

test('deprecated images are found by name or when they are asked for', () => {
  const client = new Client();
  const names = (url: string) => client.get(url).json.images.map(({ name }: { name: string }) => name);
  expect(names('/images?per_page=50')).not.toContain('ubuntu-20.04');
  expect(names('/images?per_page=50&include_deprecated=true')).toContain('ubuntu-20.04');
  expect(names('/images?name=ubuntu-20.04')).toEqual(['ubuntu-20.04', 'ubuntu-20.04']);
});
