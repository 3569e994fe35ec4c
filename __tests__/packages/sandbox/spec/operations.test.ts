import fc from 'fast-check';
import { validatorAt } from '../../../../packages/sandbox/src/spec/compile.ts';
import { type Schema, specDocument } from '../../../../packages/sandbox/src/spec/document.ts';
import { operations, type RequestParts, validateResponse } from '../../../../packages/sandbox/src/spec/index.ts';

const noQuery = new URLSearchParams();

function check(operationId: string, parts: Partial<RequestParts>) {
  const operation = operations.find((candidate) => candidate.operationId === operationId);
  if (operation === undefined) throw new Error(`no operation ${operationId}`);
  return operation.validateRequest({ params: {}, query: noQuery, ...parts });
}

describe('every operation', () => {
  test('compiles: path, query, body and each answer', () => {
    const unreachable: string[] = [];
    specDocument.operations.forEach((operation, index) => {
      const place = `/operations/${index}`;
      const parts: [string, Schema | null | undefined][] = [
        ['params', operation.params],
        ['query', operation.query],
        ['body', operation.body],
        ...Object.entries(operation.responses).map(([key, value]): [string, Schema | null] => [
          `responses/${key}`,
          value,
        ]),
      ];
      for (const [part, schema] of parts) {
        if (schema === null || schema === undefined) continue;
        const purpose = part.startsWith('responses') ? 'response' : 'request';
        if (typeof validatorAt(schema, `${place}/${part}`, purpose) !== 'function')
          unreachable.push(`${place}/${part}`);
      }
    });
    expect(unreachable).toEqual([]);
  });

  test('has an answer for a mistake and one for success', () => {
    for (const { responses, operationId } of specDocument.operations) {
      const statuses = Object.keys(responses);
      expect([operationId, statuses]).toEqual([operationId, expect.arrayContaining(['4xx', '5xx'])]);
      expect([operationId, statuses.some((status) => /^(200|201|204|410)$/.test(status))]).toEqual([operationId, true]);
    }
  });

  test('does not take an empty object for success', () => {
    const empty = specDocument.operations.flatMap(({ operationId, responses }) =>
      Object.entries(responses)
        .filter(([status, schema]) => status.startsWith('2') && schema !== null)
        .filter(([status]) => validateResponse(operationId, Number(status), {}).ok)
        .map(([status]) => `${operationId} ${status}`),
    );
    expect(empty).toEqual([]);
  });

  test('lives where its clients look for it', () => {
    const elsewhere = operations.filter(({ endpoint }) => endpoint === 'hetzner').map(({ path }) => path.split('/')[1]);
    expect(new Set(elsewhere)).toEqual(new Set(['storage_boxes', 'storage_box_types']));
  });
});

const server = { name: 'a', image: 'debian-13', server_type: 'cx23', location: 'hel1' };

describe('a request that fits', () => {
  test.each<[string, Partial<RequestParts>]>([
    ['create_server', { body: server }],
    ['create_server', { body: { ...server, image: 114690387, server_type: 114, ssh_keys: [1, 'key'] } }],
    [
      'create_server',
      { body: { ...server, public_net: { enable_ipv4: false, ipv6: null }, user_data: 'x'.repeat(32768) } },
    ],
    ['rebuild_server_from_image', { params: { id: '1' }, body: { image: 'debian-13', user_data: '#cloud-config' } }],
    ['create_primary_ip', { body: { name: 'a', type: 'ipv4', location: 'hel1' } }],
    ['change_reverse_dns_records_for_primary_ip', { params: { id: '1' }, body: { ip: '192.0.2.1', dns_ptr: null } }],
    [
      'set_rules',
      {
        params: { id: '1' },
        body: { rules: [{ direction: 'in', protocol: 'tcp', port: '22', source_ips: ['10.0.0.0/8'] }] },
      },
    ],
    ['create_load_balancer', { body: { name: 'a', load_balancer_type: 'lb11', services: [{ protocol: 'http' }] } }],
    ['power_on_server', { params: { id: '1' }, body: {} }],
    ['create_zone', { body: { name: 'example.com', mode: 'primary' } }],
    ['list_servers', { query: new URLSearchParams('page=2&per_page=50&sort=name:desc&status=off&unknown=1') }],
  ])('%s, row %#', (operationId, parts) => {
    expect(check(operationId, parts)).toMatchObject({ ok: true });
  });

  test('comes back with path and query values in their types', () => {
    const query = new URLSearchParams('id=1&id=22&include_deprecated=true');
    expect(check('get_multiple_actions', { query })).toMatchObject({ ok: true, query: { id: [1, 22] } });
    expect(check('list_images', { query })).toMatchObject({ ok: true, query: { include_deprecated: true } });
    expect(check('get_server', { params: { id: '42' } })).toMatchObject({ ok: true, params: { id: 42 } });
  });
});

describe('a request that does not fit', () => {
  test.each<[string, string, Partial<RequestParts>]>([
    ['nothing sent', 'create_server', {}],
    ['a list', 'create_server', { body: [] }],
    ['a field that is gone', 'create_server', { body: { ...server, datacenter: 'hel1-dc2' } }],
    ['user_data over 32 KiB', 'create_server', { body: { ...server, user_data: 'x'.repeat(32769) } }],
    [
      'several mistakes',
      'create_server',
      { body: { ...server, public_net: { enable_ipv4: 'yes', extra: 1 }, volumes: ['1'], image: null } },
    ],
    [
      '__proto__',
      'create_server',
      { body: JSON.parse('{"name":"a","image":"b","server_type":"c","__proto__":{"x":1}}') },
    ],
    ['a label with a space', 'create_server', { body: { ...server, labels: { a: 'no spaces' } } }],
    ['a fraction', 'create_volume', { body: { name: 'a', size: 1.5 } }],
    [
      'mistakes in a list',
      'set_rules',
      { params: { id: '1' }, body: { rules: [{ direction: 'up', protocol: 'tcp', port: 22, source_ips: [1] }] } },
    ],
    ['an id that is not whole digits', 'get_server', { params: { id: '1e3' } }],
    ['an id beyond safe integers', 'get_server', { params: { id: '99999999999999999999' } }],
    ['no id', 'get_server', {}],
    ['a page and a field to sort by', 'list_servers', { query: new URLSearchParams('page=x&sort=size') }],
  ])('%s: %s', (_, operationId, parts) => {
    expect(check(operationId, parts)).toMatchSnapshot();
  });

  test('names a bounded number of fields however much is wrong', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, index]));
    const answer = check('create_server', { body: { ...server, ...many } });
    expect(answer.ok ? 0 : answer.fields.length).toBe(25);
    expect(check('create_server', { body: { ...server, volumes: Array(100_000).fill('x') } })).toEqual({
      ok: false,
      fields: [{ name: 'volumes[]', messages: ['Not a valid integer.'] }],
    });
  });
});

describe('whatever is sent', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('1', '-1', '', '%00', '__proto__', '1e999'));
  const names = [...new Set(specDocument.operations.flatMap(({ query }) => Object.keys(query.properties ?? {})))];
  const bodyNames = Object.values(specDocument.schemas).flatMap(({ properties }) => Object.keys(properties ?? {}));
  const field = fc.oneof(fc.constantFrom(...bodyNames), fc.string(), fc.constant('__proto__'));
  const body = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 2 }), fc.dictionary(field, tie('value'), { maxKeys: 6 })),
  })).value;

  test('a validator answers and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...operations),
        fc.record({ id: text, action_id: text, id_or_name: text, rr_name: text, rr_type: text }, { requiredKeys: [] }),
        fc.array(fc.tuple(fc.constantFrom(...names), text), { maxLength: 6 }),
        fc.oneof(body, fc.constant(undefined)),
        (operation, params, pairs, value) => {
          const parts = { params, query: new URLSearchParams(pairs), body: value };
          const answer = operation.validateRequest(parts);
          if (answer.ok) return;
          expect(answer.fields.length).toBeGreaterThan(0);
          for (const { name, messages } of answer.fields) {
            expect(typeof name).toBe('string');
            expect(messages.length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  test('depth does not matter', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    expect(check('create_server', { body: { ...server, networks: deep } })).toMatchObject({ ok: false });
    expect(check('create_server', { body: { ...server, unknown: deep } })).toMatchObject({ ok: false });
  });
});

describe('an answer', () => {
  const error = { error: { code: 'not_found', message: 'server not found' } };

  test('is compared with the status it has', () => {
    expect(validateResponse('get_server', 404, error)).toEqual({ ok: true });
    expect(validateResponse('get_server', 200, error)).toMatchObject({ ok: false });
    expect(validateResponse('get_server', 302, error)).toMatchObject({ ok: false });
    expect(validateResponse('delete_ssh_key', 204, undefined)).toEqual({ ok: true });
    expect(validateResponse('delete_ssh_key', 204, {})).toMatchObject({ ok: false });
    expect(() => validateResponse('no_such', 200, {})).toThrow('no operation no_such');
  });

  test('of /datacenters is 410 and nothing else that succeeds', () => {
    expect(validateResponse('list_data_centers', 410, error)).toEqual({ ok: true });
    expect(validateResponse('list_data_centers', 200, { datacenters: [] })).toMatchObject({ ok: false });
  });

  test('may hold more than the description names', () => {
    expect(validateResponse('get_server', 404, { ...error, more: 1 })).toEqual({ ok: true });
  });
});
