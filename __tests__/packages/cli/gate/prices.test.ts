import { priceLines } from '../../../../packages/cli/src/gate/prices.ts';
import { type RunningSandbox, startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';

/* The catalogue is the sandbox's: types, prices and availability in Hetzner's form. */

let sandbox: RunningSandbox;
beforeAll(async () => {
  const settings = { projects: ['main'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 };
  sandbox = await startSandbox(settings, Date.now);
});
afterAll(() => sandbox.stop());

const asked = () => ({
  endpoint: sandbox.environment.HCLOUD_ENDPOINT ?? '',
  token: sandbox.environment.HCLOUD_TOKEN,
});
const plan = (actions: readonly string[], after: object, type = 'hcloud_server') =>
  Buffer.from(JSON.stringify({ resource_changes: [{ address: `${type}.host`, type, change: { actions, after } }] }));

test('a server that is made is shown with what it costs there, and whether it can be had', async () => {
  const [line] = await priceLines(plan(['create'], { server_type: 'cx33', location: 'hel1' }), asked());
  expect(line).toMatch(
    /^lukko: hcloud_server\.host: cx33 in hel1: \d+\.\d\d EUR a month without VAT, (available|sold out now|availability not known)$/,
  );
});

test('what makes no server asks nobody', async () => {
  const nobody = { endpoint: 'http://127.0.0.1:1', token: 't' };
  expect(await priceLines(plan(['update'], { server_type: 'cx33', location: 'hel1' }), nobody)).toEqual([]);
  expect(await priceLines(plan(['create'], {}, 'hcloud_volume'), nobody)).toEqual([]);
});

test('an API that does not answer stops nothing, and says what is not known', async () => {
  const nobody = { endpoint: 'http://127.0.0.1:1', token: 't' };
  const made = plan(['create'], { server_type: 'cx33', location: 'hel1' });
  expect(await priceLines(made, nobody)).toEqual([
    'lukko: hcloud_server.host: cx33 in hel1: price not known, availability not known',
  ]);
});

test('a replacement by a type that is sold out is refused, a first server is not', async () => {
  const { endpoint, token } = asked();
  const headers = { authorization: `Bearer ${token}` };
  const { server_types: types } = (await (await fetch(`${endpoint}/server_types?per_page=50`, { headers })).json()) as {
    server_types: { name: string; locations: { name: string; available?: boolean }[] }[];
  };
  const gone = types.flatMap(({ name, locations }) =>
    locations
      .filter(({ available }) => available === false)
      .map((location) => ({ server_type: name, location: location.name })),
  );
  const [first] = gone;
  // The catalogue has some that are sold out; without one this test would show nothing.
  expect(first).toBeDefined();
  await expect(priceLines(plan(['delete', 'create'], first ?? {}), asked())).rejects.toThrow('cannot be had in');
  expect((await priceLines(plan(['create'], first ?? {}), asked()))[0]).toContain('sold out now');
});
