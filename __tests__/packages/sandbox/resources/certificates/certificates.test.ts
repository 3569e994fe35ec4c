import { generateKeyPairSync, type KeyPairKeyObjectResult, X509Certificate } from 'node:crypto';
import { selfSigned } from '../../../../../packages/sandbox/src/resources/certificates/self-signed.ts';
import { Client, fault, START } from '../../client.ts';

const DAY = 24 * 60 * 60 * 1000;
/** A certificate of the year 2026 and its key, both of this run alone. */
function pair({ publicKey, privateKey }: KeyPairKeyObjectResult) {
  const [from, until] = [Date.parse('2026-01-01T00:00:00Z'), Date.parse('2027-01-01T00:00:00Z')];
  return {
    certificate: selfSigned(['a.example.com', 'b.example.com'], from, until, publicKey),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const uploaded = pair(generateKeyPairSync('ec', { namedCurve: 'P-256' }));

describe('uploaded', () => {
  test('what the certificate says of itself is shown, its key never', () => {
    const client = new Client();
    const made = client.post('/certificates', { name: 'c', ...uploaded });
    expect(made.status).toBe(201);
    expect(made.json.action).toBeNull();
    const x509 = new X509Certificate(uploaded.certificate);
    expect(made.json.certificate).toMatchObject({
      type: 'uploaded',
      certificate: uploaded.certificate,
      domain_names: ['a.example.com', 'b.example.com'],
      fingerprint: x509.fingerprint.toLowerCase(),
      not_valid_before: '2026-01-01T00:00:00+00:00',
      not_valid_after: '2027-01-01T00:00:00+00:00',
      status: null,
      used_by: [],
    });
    expect(client.log.join()).not.toContain(uploaded.private_key.split('\n')[1]);
    expect(client.strange).toEqual([]);
  });

  test.each<[string, () => object]>([
    ['no certificate', () => ({ certificate: undefined })],
    ['no key', () => ({ private_key: undefined })],
    ['text for a certificate', () => ({ certificate: 'text' })],
    ['text for a key', () => ({ private_key: 'text' })],
    [
      "another's key",
      () => ({ private_key: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) }),
    ],
  ])('%s is refused', (_, change) => {
    const client = new Client();
    expect(fault(client.post('/certificates', { name: 'c', ...uploaded, ...change() }))).toBe('422 invalid_input');
    expect(client.log).toEqual([]);
  });

  test('a key that is too short is refused in the words of the API', () => {
    const weak = pair(generateKeyPairSync('rsa', { modulusLength: 1024 }));
    const { json } = new Client().post('/certificates', { name: 'c', ...weak });
    expect(json.error).toEqual({
      code: 'invalid_input',
      message: 'certificate must use larger key size',
      details: null,
    });
  });

  test('one in use is not deleted, and says by whom it is used', () => {
    const client = new Client();
    const { id } = client.post('/certificates', { name: 'c', ...uploaded }).json.certificate;
    const services = [{ protocol: 'https', http: { certificates: [id] } }];
    const body = { name: 'l', load_balancer_type: 'lb11', location: 'hel1', services };
    const balancer = client.post('/load_balancers', body).json.load_balancer.id;
    expect(client.get(`/certificates/${id}`).json.certificate.used_by).toEqual([
      { id: balancer, type: 'load_balancer' },
    ]);
    expect(fault(client.delete(`/certificates/${id}`))).toBe('422 resource_in_use');
    client.delete(`/load_balancers/${balancer}`);
    expect(client.delete(`/certificates/${id}`).status).toBe(204);
  });
});

describe('managed', () => {
  const order = (client: Client, domain_names: readonly string[]) =>
    client.post('/certificates', { name: 'c', type: 'managed', domain_names }).json;
  const zone = (client: Client, extra: object = {}) =>
    client.post('/zones', { name: 'lukko.example', mode: 'primary', ...extra }).json.zone.id;
  const caa = (client: Client, value: string) =>
    client.post('/zones/lukko.example/rrsets', { name: '@', type: 'CAA', records: [{ value }] });

  test('it is issued by an action, for names in a zone of the project', () => {
    const client = new Client({ speed: 1 });
    zone(client);
    const made = order(client, ['www.lukko.example', '*.lukko.example']);
    expect(made.action).toMatchObject({ command: 'issue_certificate', status: 'running' });
    expect(made.certificate).toMatchObject({
      certificate: null,
      fingerprint: null,
      status: { issuance: 'pending', renewal: 'unavailable', error: null },
    });
    client.pass(10_000);
    const { certificate } = client.get(`/certificates/${made.certificate.id}`).json;
    expect(certificate.status).toEqual({ issuance: 'completed', renewal: 'scheduled', error: null });
    const x509 = new X509Certificate(certificate.certificate);
    expect(x509.subjectAltName).toBe('DNS:www.lukko.example, DNS:*.lukko.example');
    expect(certificate.fingerprint).toBe(x509.fingerprint.toLowerCase());
    expect(Date.parse(certificate.not_valid_after) - Date.parse(certificate.not_valid_before)).toBe(90 * DAY);
    expect(fault(client.post(`/certificates/${certificate.id}/actions/retry`))).toBe('400 unsupported_error');
    expect(client.strange).toEqual([]);
  });

  test.each([
    ['no zone', (_: Client) => undefined, 'dns_zone_not_found'],
    [
      'a secondary zone',
      (client: Client) => zone(client, { mode: 'secondary', primary_nameservers: [{ address: '192.0.2.1' }] }),
      'dns_zone_is_secondary_zone',
    ],
    [
      'a CAA record of another authority',
      (client: Client) => [zone(client), caa(client, '0 issue "ca.example"')],
      'caa_record_does_not_allow_ca',
    ],
  ])('with %s the action fails, and the certificate says why', (_, prepare, code) => {
    const client = new Client();
    prepare(client);
    const made = order(client, ['www.lukko.example']);
    expect(made.action).toMatchObject({ status: 'error', error: { code } });
    expect(made.certificate).toMatchObject({ certificate: null, status: { issuance: 'failed', error: { code } } });
    expect(client.strange).toEqual([]);
  });

  test('what failed can be tried again when the cause is gone', () => {
    const client = new Client();
    const { id } = order(client, ['www.lukko.example']).certificate;
    zone(client);
    caa(client, '0 issue "letsencrypt.org; accounturi=https://ca.example/1"');
    expect(client.post(`/certificates/${id}/actions/retry`).json.action.status).toBe('success');
    expect(client.get(`/certificates/${id}`).json.certificate.status.issuance).toBe('completed');
  });

  test('a wildcard asks for issuewild where there is one', () => {
    const client = new Client();
    zone(client);
    const records = [{ value: '0 issue "letsencrypt.org"' }, { value: '0 issuewild ";"' }];
    client.post('/zones/lukko.example/rrsets', { name: '@', type: 'CAA', records });
    expect(order(client, ['*.lukko.example']).action.error.code).toBe('caa_record_does_not_allow_ca');
  });

  test('names that are none are refused', () => {
    const client = new Client();
    for (const domain_names of [[], ['Upper.example'], ['*'], ['a..b'], ['localhost']])
      expect(fault(client.post('/certificates', { name: 'c', type: 'managed', domain_names }))).toBe(
        '422 invalid_input',
      );
  });
});

test('what the sandbox issues is a certificate to OpenSSL, which Node reads it with, in any century', () => {
  for (const from of [START, Date.parse('2051-01-01T00:00:00Z')]) {
    const long = Array.from({ length: 9 }, (_, index) => `${'a'.repeat(60)}.n${index}.example`);
    const read = new X509Certificate(selfSigned(['www.lukko.example', ...long], from, from + DAY));
    expect([Date.parse(read.validFrom), Date.parse(read.validTo)]).toEqual([from, from + DAY]);
    expect(read.subjectAltName?.split(', ')).toEqual(['www.lukko.example', ...long].map((name) => `DNS:${name}`));
    expect(read.subject).toBe('CN=www.lukko.example');
    expect(read.verify(read.publicKey)).toBe(true);
  }
});
