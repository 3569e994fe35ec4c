import { Client, fault, TOKENS } from '../client.ts';

const SERVER = { name: 'a', server_type: 'cx23', image: 'debian-13', location: 'hel1' };

describe('a fault', () => {
  test('strikes the requests it means, so many times, and changes nothing', () => {
    const client = new Client({ faults: ['resource_unavailable,on=create_server,after=1,times=2'] });
    expect(client.post('/servers', SERVER).status).toBe(201);
    for (const name of ['b', 'c']) {
      const answer = client.post('/servers', { ...SERVER, name });
      expect(fault(answer)).toBe('412 resource_unavailable');
      expect(answer.json.error.message).toBe(
        'the requested resource is currently unavailable (fault 1 of the sandbox)',
      );
      expect(answer.headers['lukko-sandbox-fault']).toBe('1');
    }
    expect(client.get('/servers').json.servers).toHaveLength(1);
    expect(client.post('/servers', { ...SERVER, name: 'd' }).status).toBe(201);
    expect(client.sandbox.faults()).toMatchObject([{ id: 1, met: 4, struck: 2 }]);
  });

  test.each([
    ['placement_error', 'POST /servers', '412 placement_error'],
    ['locked', 'create_*', '423 locked'],
    ['429', '*', '429 rate_limit_exceeded'],
    ['500', 'POST *', '500 server_error'],
    ['502', 'POST /*', '502 bad_gateway'],
    ['503', '*server*', '503 service_error'],
    ['504', '*_server', '504 timeout'],
  ])('%s on %s', (what, on, expected) => {
    const client = new Client({ faults: [`${what},on=${on}`] });
    expect(fault(client.post('/servers', SERVER))).toBe(expected);
  });

  test('of one project leaves the others alone', () => {
    const client = new Client({ faults: ['503,project=keys'] });
    expect(client.get('/servers').status).toBe(200);
    expect(fault(client.call('GET', '/servers', undefined, TOKENS.keys))).toBe('503 service_error');
  });

  test('comes and goes while the sandbox runs', () => {
    const client = new Client();
    const { id } = client.sandbox.addFault('locked,on=delete_server');
    const server = client.server('a');
    expect(fault(client.delete(`/servers/${server}`))).toBe('423 locked');
    expect(client.sandbox.clearFaults(id + 1)).toBe(0);
    expect(client.sandbox.clearFaults(id)).toBe(1);
    expect(client.delete(`/servers/${server}`).status).toBe(200);
  });

  test('by chance strikes the same requests for the same seed', () => {
    const struck = (faultSeed: string) => {
      const client = new Client({ faults: ['503,probability=0.3'], faultSeed });
      return Array.from({ length: 200 }, () => client.get('/locations').status === 503);
    };
    expect(struck('a')).toEqual(struck('a'));
    expect(struck('a')).not.toEqual(struck('b'));
    const count = struck('a').filter(Boolean).length;
    expect(count).toBeGreaterThan(30);
    expect(count).toBeLessThan(90);
  });

  test.each([['503,on=create_servers'], ['503,on=GET /nothing'], ['503,project=other']])(
    '%s can strike nothing and is refused',
    (text) => {
      expect(() => new Client({ faults: [text] })).toThrowErrorMatchingSnapshot();
    },
  );
});

describe('a connection that ends', () => {
  const reply = (client: Client) =>
    client.sandbox.handle({
      method: 'POST',
      path: '/v1/servers',
      query: new URLSearchParams(),
      headers: { authorization: `Bearer ${TOKENS.main}` },
      body: JSON.stringify(SERVER),
    });

  test('before anything was done', () => {
    const client = new Client({ faults: ['drop,on=create_server'] });
    expect(reply(client).dropped).toBe(true);
    expect(client.get('/servers').json.servers).toEqual([]);
  });

  test('when it was done and nobody heard of it', () => {
    const client = new Client({ faults: ['drop-answer,on=create_server'] });
    expect(reply(client).dropped).toBe(true);
    expect(client.get('/servers').json.servers).toMatchObject([{ name: 'a' }]);
  });

  test('an answer that comes late; two such add up', () => {
    const client = new Client({ faults: ['delay:100,on=create_server', 'delay:50'] });
    expect(reply(client)).toMatchObject({ status: 201, delay: 150, headers: { 'lukko-sandbox-fault': '1, 2' } });
  });
});

describe('actions', () => {
  test('are slow', () => {
    const client = new Client({ faults: ['slow:5000,on=create_volume,times=1'] });
    const { volume, action } = client.post('/volumes', { name: 'v', size: 10, location: 'hel1' }).json;
    expect(action.status).toBe('running');
    client.pass(4999);
    expect(client.get(`/volumes/${volume.id}`).json.volume.status).toBe('creating');
    client.pass(1);
    expect(client.get(`/volumes/${volume.id}`).json.volume.status).toBe('available');
    expect(client.post('/volumes', { name: 'w', size: 10, location: 'hel1' }).json.action.status).toBe('success');
  });

  test('fail, and what they changed of objects that were there is put back', () => {
    for (const speed of [1, Number.POSITIVE_INFINITY]) {
      const client = new Client({ speed });
      const [server, volume] = [client.server('a'), client.volume('v')];
      client.pass(60_000);
      client.sandbox.addFault('fail:attach_failed,on=attach_volume_to_server,times=1');
      const { action } = client.post(`/volumes/${volume}/actions/attach`, { server }).json;
      expect(action).toMatchObject({ status: 'running', error: null });
      // The sandbox is stopped meanwhile: how it ends stands in the log.
      const again = new Client({ speed }, client.log);
      again.now = client.now;
      again.pass(60_000);
      expect(again.get(`/actions/${action.id}`).json.action).toMatchObject({
        status: 'error',
        error: { code: 'attach_failed', message: 'the action failed (fault 1 of the sandbox)' },
      });
      expect(again.get(`/volumes/${volume}`).json.volume).toMatchObject({ server: null, status: 'available' });
      expect(again.post(`/volumes/${volume}/actions/attach`, { server }).status).toBe(201);
      expect(again.strange).toEqual([]);
    }
  });

  test('fail in the making of a server: it stays as it was begun, and can be deleted', () => {
    const client = new Client({ faults: ['fail,on=create_server'] });
    const { server, action, next_actions: next } = client.post('/servers', SERVER).json;
    client.pass(1);
    expect(client.get(`/actions?id=${action.id}&id=${next[0].id}`).json.actions).toMatchObject([
      { status: 'error' },
      { status: 'error' },
    ]);
    expect(client.get(`/servers/${server.id}`).json.server).toMatchObject({ status: 'initializing', locked: false });
    expect(client.delete(`/servers/${server.id}`).status).toBe(200);
  });
});
