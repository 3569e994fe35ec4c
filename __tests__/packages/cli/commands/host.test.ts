import { directoryWith, lukko } from '../fake-ports.ts';

const token = { HCLOUD_TOKEN: 't'.repeat(64), HCLOUD_ENDPOINT: 'http://127.0.0.1:9/v1' };
const stack = JSON.stringify({
  output: { lukko_environment: { value: 'example' } },
  resource: { hcloud_server: { host_server: { name: 'lukko-example-logs' } } },
});
const at = () => directoryWith({ 'cdktf.out/stacks/logs/cdk.tf.json': stack });

test.each([
  [['rebuild', '--server', 'logs', '--stack', 'logs']],
  [['rebuild', '--server', '0', '--stack', 'logs']],
  [['rebuild', '--server', '1', '--stack', '../logs']],
  [['rebuild', '--server', '1', '--stack', 'logs', '--minutes', '0']],
  [['rebuild', '--server', '1', '--stack', 'edge']],
  [['rebuild', '--server', '1']],
  [['quiesce', '--server', 'a;b', '--stack', 'logs']],
  [['quiesce', '--server', '--stack', 'logs']],
])('host %j: exit 2, and what was expected', async (argv) => {
  const { code, out, err } = await lukko(at(), ['host', ...argv], { environment: token });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatchSnapshot();
});

test.each([
  ['no token', {}],
  ['an endpoint of somebody else', { ...token, HCLOUD_ENDPOINT: 'https://api.example/v1' }],
  ['two projects with one token', { HCLOUD_TOKEN_MAIN: 't', HCLOUD_TOKEN_KEYS: 't' }],
])('%s: exit 2', async (_, environment) => {
  const ran = await lukko(at(), ['host', 'rebuild', '--server', '1', '--stack', 'logs'], { environment });
  expect(ran).toMatchSnapshot();
});

test('an API that cannot be reached: exit 1 and the next step', async () => {
  const ran = await lukko(at(), ['host', 'quiesce', '--server', 'x', '--stack', 'logs'], { environment: token });
  expect(ran).toMatchSnapshot();
});
