import fc from 'fast-check';
import { ApiError } from '../../../../../packages/sandbox/src/errors.ts';
import { parseZoneFile } from '../../../../../packages/sandbox/src/resources/dns/zone-file.ts';
import { Client, fault } from '../../client.ts';

const ZONE = 'lukko.example';

const zone = (client: Client, extra: object = {}): number =>
  client.post('/zones', { name: ZONE, mode: 'primary', ...extra }).json.zone.id;
const sets = (client: Client) =>
  client
    .get(`/zones/${ZONE}/rrsets?per_page=100`)
    .json.rrsets.map(
      ({ name, type, ttl, records }: { name: string; type: string; ttl: number; records: { value: string }[] }) =>
        `${name} ${type} ${ttl} ${records.map(({ value }) => value).join(' | ')}`,
    )
    .sort();
const load = (client: Client, zonefile: string) => client.post(`/zones/${ZONE}/actions/import_zonefile`, { zonefile });

const FILE = `
; a comment
$ORIGIN lukko.example.
$TTL 1h
@       IN SOA ns1.example. dns.example. (
              2026010101 ; serial
              7200 3600 1209600 3600 )
        IN NS  ns1.example.
        300 NS ns2.example.
www     A      192.0.2.1
        A      192.0.2.2
        AAAA   2001:db8::1
mail.lukko.example. IN 5m MX 10 mx.example.
$ORIGIN sub.lukko.example.
txt     TXT    "two; words" plain "a \\" quote"
@       CAA    0 issue "ca.example"
*       CNAME  www.lukko.example.
`;

test('a zone file replaces all record sets', () => {
  const client = new Client();
  zone(client);
  client.post(`/zones/${ZONE}/rrsets`, { name: 'old', type: 'A', records: [{ value: '192.0.2.9' }] });
  expect(load(client, FILE).json.action).toMatchObject({ command: 'import_zonefile', status: 'success' });
  expect(sets(client)).toEqual([
    '*.sub CNAME 3600 www.lukko.example.',
    '@ NS 3600 ns1.example. | ns2.example.',
    '@ SOA 3600 ns1.example. dns.example. 2026010101 7200 3600 1209600 3600',
    'mail MX 300 10 mx.example.',
    'sub CAA 3600 0 issue "ca.example"',
    'txt.sub TXT 3600 "two; words" "plain" "a \\" quote"',
    'www A 3600 192.0.2.1 | 192.0.2.2',
    'www AAAA 3600 2001:db8::1',
  ]);
  expect(client.strange).toEqual([]);
});

test('what is exported can be imported, and is the same', () => {
  const client = new Client();
  zone(client, { zonefile: FILE });
  const before = sets(client);
  const { zonefile } = client.get(`/zones/${ZONE}/zonefile`).json;
  expect(load(client, zonefile).status).toBe(201);
  expect(sets(client)).toEqual(before);
});

test('SOA and name servers stay when the file has none', () => {
  const client = new Client();
  zone(client);
  const before = sets(client);
  load(client, 'www 60 A 192.0.2.1');
  expect(sets(client)).toEqual([...before, 'www A 60 192.0.2.1'].sort());
});

test.each([
  ['a name outside the zone', 'www.other.example. A 192.0.2.1', 'line 1'],
  ['a record without a name', '  A 192.0.2.1', 'line 1'],
  ['a type that is none', '\nwww XYZ 1', 'line 2'],
  ['no value', 'www A', 'line 1'],
  ['an open quote', 'www TXT "a', 'line 1'],
  ['an open parenthesis', 'www A ( 192.0.2.1', 'line 1'],
  ['a closing parenthesis alone', 'www A ) 192.0.2.1', 'line 1'],
  ['another file', '$INCLUDE other', 'line 1'],
  ['a time that is none', '$TTL soon', 'line 1'],
  ['an address that is none', 'www A text', 'IPv4'],
  ['a CNAME beside others', 'www A 192.0.2.1\nwww CNAME a.example.', 'CNAME'],
])('%s is refused and changes nothing', (_, text, message) => {
  const client = new Client();
  zone(client);
  const before = sets(client);
  const reply = load(client, text);
  expect(fault(reply)).toBe('422 invalid_input');
  expect(JSON.stringify(reply.json.error.details)).toContain(message);
  expect(sets(client)).toEqual(before);
});

test('a protected set keeps all from being replaced, a secondary zone takes no file', () => {
  const client = new Client();
  zone(client);
  client.post(`/zones/${ZONE}/rrsets/@/NS/actions/change_protection`, { change: true });
  expect(fault(load(client, FILE))).toBe('423 protected');
  client.post('/zones', { name: 'other.example', mode: 'secondary', primary_nameservers: [{ address: '192.0.2.1' }] });
  expect(fault(client.post('/zones/other.example/actions/import_zonefile', { zonefile: FILE }))).toBe(
    '422 incorrect_zone_mode',
  );
});

test('any text is read or refused, in time that grows with its length', () => {
  const word = fc.constantFrom(
    '$TTL',
    '$ORIGIN',
    '@',
    'www',
    'A',
    'IN',
    '60',
    '1h',
    '"',
    '(',
    ')',
    ';',
    '\\',
    ' ',
    '\n',
    '\t',
    '__proto__',
    'TXT',
    '192.0.2.1',
    '.',
  );
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(text, (each) => {
      try {
        for (const set of parseZoneFile(each, ZONE)) expect(set.records.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
    }),
    { numRuns: 2000 },
  );
  for (const each of ['1'.repeat(500_000), '('.repeat(100_000), '"'.repeat(500_001), `www ${'1h'.repeat(100_000)}`])
    expect(() => parseZoneFile(each, ZONE)).toThrow(ApiError);
});
