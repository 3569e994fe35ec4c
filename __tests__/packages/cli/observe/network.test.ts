import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { readSecurityTxt } from '../../../../packages/cli/src/observe/collectors/security-txt.ts';
import { Authority } from './certificates.ts';
import { a, caa, serveDns, txt } from './dns-server.ts';
import { look, verdicts } from './harness.ts';

const servers: { close(): unknown }[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});
const listening = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

test('DNS: issuers pinned, a stranger among them, no CAA at all, records that differ', async () => {
  const server = await serveDns({
    'lukko.example CAA': [caa('issue', 'actalis.it'), caa('issuewild', ';')],
    'lukko.example TXT': [txt('v=spf1 -all')],
    'logs.lukko.example A': [a('192.0.2.10')],
    'open.example CAA': [caa('issue', 'actalis.it'), caa('issue', 'letsencrypt.org')],
    'none.example A': [a('192.0.2.11')],
  });
  servers.push(server);
  const at = { resolver: '127.0.0.1', port: server.port, issuers: ['actalis.it'] };
  const { code, observations } = await look({
    dns: [
      {
        zone: 'lukko.example',
        ...at,
        records: [
          { name: 'logs.lukko.example', type: 'A', values: ['192.0.2.10'] },
          { name: 'lukko.example', type: 'TXT', values: ['v=spf1 -all'] },
        ],
      },
      { zone: 'open.example', ...at, records: [{ name: 'open.example', type: 'A', values: ['192.0.2.9'] }] },
      { zone: 'none.example', ...at },
    ],
  });
  expect(code).toBe(1);
  expect(observations.map(({ checks }) => checks)).toMatchSnapshot();
});

test('ports: what is declared answers, what is not does not; a host that is silent proves nothing', async () => {
  const open = await listening(createServer((socket) => socket.end()));
  const other = await listening(createServer((socket) => socket.end()));
  const shut = createServer();
  const closed = await listening(shut);
  shut.close();
  const { observations } = await look({
    ports: [
      { server: 'logs', address: '127.0.0.1', open: [open], closed: [closed] },
      { server: 'leaky', address: '127.0.0.1', open: [closed], closed: [other] },
    ],
  });
  expect(observations.map((one) => verdicts(one))).toEqual([
    { 'declared-ports-answer': true, 'other-ports-closed': true },
    { 'declared-ports-answer': false, 'other-ports-closed': false },
  ]);
  expect(observations[0]?.facts.vantage).toBe('test');
});

test('security.txt over TLS of a private authority: good, expired, missing', async () => {
  const authority = new Authority();
  const { certificate: cert, key } = authority.issue('DNS:localhost,IP:127.0.0.1');
  const serve = async (status: number, body: string) =>
    listening(
      createHttps({ cert, key }, (_request, response) => {
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
      }),
    );
  const good = await serve(200, 'Contact: mailto:security@lukko.example\nExpires: 2098-01-01T00:00:00Z\n');
  const late = await serve(200, 'Contact: mailto:security@lukko.example\nExpires: 2020-01-01T00:00:00Z\n');
  const none = await serve(404, 'no');
  const { observations } = await look(
    { securityTxt: [good, late, none].map((port) => ({ url: `https://localhost:${port}`, authority: 'ca.pem' })) },
    { 'ca.pem': authority.pem },
  );
  expect(observations.map(({ checks }) => checks[0])).toEqual([
    { id: 'security-txt-valid', holds: true, saw: '1 contacts, until 2098-01-01T00:00:00Z' },
    { id: 'security-txt-valid', holds: false, saw: 'expired on 2020-01-01T00:00:00Z' },
    { id: 'security-txt-valid', holds: false, saw: 'answered 404' },
  ]);
  const { observations: refused } = await look({ securityTxt: [{ url: `https://localhost:${good}` }] });
  expect([refused[0]?.outcome, refused[0]?.problem]).toEqual(['failed', 'its chain does not end in a known root']);
});

test('a second Expires makes a security.txt invalid, and what is no address is no contact', () => {
  expect(readSecurityTxt('Contact: anna\nExpires: a\nExpires: b\n')).toEqual({ contacts: [], expires: undefined });
});
