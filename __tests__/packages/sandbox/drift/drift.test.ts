import { Client } from '../client.ts';

function made(): Client {
  const client = new Client({ speed: 1 });
  const rules = [{ direction: 'in', protocol: 'tcp', port: '443', source_ips: ['10.0.0.0/8'] }];
  const firewall = client.post('/firewalls', { name: 'web', rules }).json.firewall.id;
  const server = client.server('web-1', { firewalls: [{ firewall }], labels: { team: 'ops' } });
  const volume = client.volume('data');
  client.pass(60_000);
  client.post(`/volumes/${volume}/actions/attach`, { server });
  client.post(`/volumes/${volume}/actions/change_protection`, { delete: true });
  client.pass(60_000);
  return client;
}

/** What a client of the API sees of an object afterwards. */
const only = (client: Client, plural: string) => client.get(`/${plural}`).json[plural][0];

test.each([
  ['open-firewall web', 'firewalls', { rules: [{ port: '443' }, { port: '22', source_ips: ['0.0.0.0/0', '::/0'] }] }],
  ['open-firewall web 5432', 'firewalls', { rules: [{ port: '443' }, { port: '5432' }] }],
  ['clear-firewall web', 'firewalls', { rules: [] }],
  ['detach-firewall web web-1', 'servers', { public_net: { firewalls: [] } }],
  ['detach-volume data', 'volumes', { server: null }],
  ['power-off web-1', 'servers', { status: 'off', locked: false }],
  ['power-on web-1', 'servers', { status: 'running' }],
  ['change-type web-1 cx33', 'servers', { status: 'running', server_type: { name: 'cx33' } }],
  ['set-label server web-1 team=dev', 'servers', { labels: { team: 'dev' } }],
  ['remove-label server web-1 team', 'servers', { labels: {} }],
  ['rename volume data other', 'volumes', { name: 'other' }],
  ['unprotect volume data', 'volumes', { protection: { delete: false } }],
  ['protect server web-1', 'servers', { protection: { delete: true, rebuild: true } }],
  ['delete volume data', 'volumes', undefined],
  ['delete server web-1', 'servers', undefined],
])('%s', (words, plural, expected) => {
  const client = made();
  // Nothing stands in the way of a hand: neither the limit nor faults.
  client.sandbox.addFault('503');
  const { done } = client.sandbox.drift('main', words.split(' '));
  expect(done.length).toBeGreaterThan(0);
  client.sandbox.clearFaults();
  if (expected === undefined) expect(only(client, plural)).toBeUndefined();
  else expect(only(client, plural)).toMatchObject(expected);
  // It stands in the log as any other change.
  const again = new Client({ speed: 1 }, client.log);
  expect(again.get(`/${plural}`).json).toEqual(client.get(`/${plural}`).json);
});

test('attach-volume', () => {
  const client = made();
  client.sandbox.drift('main', ['detach-volume', 'data']);
  client.sandbox.drift('main', ['attach-volume', 'data', 'web-1']);
  expect(only(client, 'volumes').server).toBe(only(client, 'servers').id);
});

test.each([
  ['no verb', 'main', []],
  ['no such verb', 'main', ['set-fire', 'web']],
  ['__proto__', 'main', ['__proto__']],
  ['too few words', 'main', ['detach-firewall', 'web']],
  ['too many words', 'main', ['power-off', 'web-1', 'now']],
  ['no such object', 'main', ['open-firewall', 'db']],
  ['none of that kind', 'main', ['delete', 'network', 'n']],
  ['no such kind', 'main', ['delete', 'constructor', 'n']],
  ['no such project', 'other', ['power-off', 'web-1']],
  ['no label', 'main', ['set-label', 'server', 'web-1', 'team']],
  ['what the API refuses', 'main', ['set-label', 'server', 'web-1', '-a=b']],
])('%s is refused', (_, project, words) => {
  expect(() => made().sandbox.drift(project, words)).toThrowErrorMatchingSnapshot();
});

test('any request can be made by hand; its actions end at once', () => {
  const client = made();
  const { id } = only(client, 'servers');
  const answer = client.sandbox.byHand('main', { method: 'POST', path: `/v1/servers/${id}/actions/reboot` });
  expect(JSON.parse(answer.body)).toMatchObject({ action: { status: 'success' } });
  expect(client.sandbox.byHand('main', { method: 'GET', path: '/v1/servers?name=none' }).body).toContain(
    '"servers":[]',
  );
  expect(client.sandbox.byHand('main', { method: 'GET', path: '/v1/../etc' }).status).toBe(404);
});
