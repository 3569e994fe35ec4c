import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceExport, manifest } from '@lukko/formats';
import { lukko as program } from '../../../../packages/cli/src/program.ts';
import { type RunningSandbox, startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';
import { keyPair } from '../../evidence/integrity/bundles.ts';
import { directoryWith, lukko, portsAt } from '../fake-ports.ts';
import { Authority } from './certificates.ts';

const stack = {
  '//': {
    metadata: { stackName: 'network', version: '0.21.0', environment: { name: 'example', class: 'production' } },
  },
  provider: { hcloud: [{}] },
  resource: { hcloud_network: { main: { name: 'main', ip_range: '10.20.0.0/16' } } },
  terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } } },
};
const files = {
  'cdktf.out/manifest.json': JSON.stringify({
    version: '0.21.0',
    stacks: { network: { name: 'network', synthesizedStackPath: 'stacks/network/cdk.tf.json' } },
  }),
  'cdktf.out/stacks/network/cdk.tf.json': JSON.stringify(stack),
  'observe.yaml': [
    'schemaVersion: 1',
    'environment: { name: example, class: production }',
    'vantage: test',
    'hetzner: [{ project: live, token: HCLOUD_TOKEN }]',
    '',
  ].join('\n'),
};

let sandbox: RunningSandbox;
let directory = '';
const signer = keyPair();

beforeAll(async () => {
  sandbox = await startSandbox(
    { projects: ['live'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 3600 },
    Date.now,
  );
  const { HCLOUD_ENDPOINT, HCLOUD_TOKEN } = sandbox.environment;
  const post = (path: string, body: object) =>
    fetch(`${HCLOUD_ENDPOINT}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${HCLOUD_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await post('networks', { name: 'main', ip_range: '10.20.0.0/16' });
  await post('volumes', { name: 'data', size: 10, location: 'hel1' });
  await post('servers', { name: 'logs', server_type: 'cx23', image: 'debian-13', location: 'hel1' });
  directory = directoryWith(files);
  const { code, out } = await lukko(directory, ['observe'], {
    environment: sandbox.environment,
    now: () => new Date(),
  });
  expect([code, out.split('\n')[0]]).toEqual([1, expect.stringMatching(/^\d+ observations from test, 0 failed/)]);
});
afterAll(() => sandbox.stop());

const read = (name: string) => readFileSync(join(directory, 'evidence-out', name), 'utf8');
const evidence = () => evidenceExport.parse(JSON.parse(read('evidence.json')));

/** Nothing of it counts, the page says so, and the signature is no signature of anybody. */
async function expectNothingCounts(args: readonly string[], environment: Record<string, string> = {}): Promise<void> {
  const { code, err } = await lukko(directory, ['evidence', 'export', ...args], { now: () => new Date(), environment });
  expect([code, err]).toEqual([0, expect.stringContaining('throw-away key')]);
  const { observations, totals, controls, observed } = evidence();
  expect([observations.kind, observations.real, totals.observed]).toEqual(['sandbox', 0, 0]);
  expect(observations.sandbox).toBeGreaterThan(3);
  expect(controls.filter((control) => control.state === 'observed' || control.observed !== undefined)).toEqual([]);
  expect(observed.filter(({ counts, origin }) => counts || origin === 'real')).toEqual([]);
  expect(manifest.parse(JSON.parse(read('manifest.json')))).toMatchObject({
    observations: 'sandbox',
    namespace: 'lukko-evidence-demo',
  });
  expect(read('report.html').replace(/<main[\s\S]*/, '')).toMatch(/sandbox/i);
  const verified = await lukko(directory, ['evidence', 'verify', 'evidence-out', '--signer', signer.fingerprint], {
    now: () => new Date(),
  });
  expect([verified.code, verified.out]).toEqual([3, expect.stringContaining('demo-signer')]);
}

test('observations of a sandbox are seen, reconciled and never counted', async () => {
  await expectNothingCounts([]);
  expect(
    evidence()
      .reconciliation.filter(({ type }) => type !== 'hcloud_primary_ip')
      .map(({ type, name, verdict }) => [type, name, verdict]),
  ).toEqual([
    ['hcloud_network', 'main', 'agrees'],
    ['hcloud_server', 'logs', 'observed-only'],
    ['hcloud_volume', 'data', 'observed-only'],
  ]);
});

/** Every option there is of the two commands, with a value that does something. A new one must be added here. */
const exportOptions: Readonly<Record<string, readonly string[]>> = {
  '--control': ['--control', 'A.8.9'],
  '--source': [],
  '--out': ['--out', 'evidence-out'],
  '--as-of': ['--as-of', '2099-01-01'],
  '--since': ['--since', '2020-01-01'],
  '--profile': ['--profile', 'auditor'],
  '--observations': ['--observations', 'observations.jsonl'],
  '--previous': [],
  '--key': ['--key', signer.path],
  '--log': ['--log', 'log.jsonl'],
  '--posture': ['--posture', 'recommended'],
  '--config': [],
  '--help': [],
};
const observeOptions = ['--targets', '--store', '--only', '--log', '--help'];

test('the options are those this test knows', () => {
  const commands = program(portsAt('/'), () => undefined).commands;
  const optionsOf = (command: (typeof commands)[number] | undefined) =>
    (command?.options ?? [])
      .map((option) => option.long)
      .concat('--help')
      .sort();
  const exporting = commands
    .find((command) => command.name() === 'evidence')
    ?.commands.find((one) => one.name() === 'export');
  expect(optionsOf(exporting)).toEqual(Object.keys(exportOptions).sort());
  expect(optionsOf(commands.find((command) => command.name() === 'observe'))).toEqual([...observeOptions].sort());
});

test.each(
  Object.values(exportOptions)
    .filter((args) => args.length > 0)
    .map((args) => [args.join(' ').replace(signer.path, 'key'), args] as const),
)('not with %s', async (_name, args) => {
  if (args[0] === '--as-of') {
    // By then everything expired as well.
    await lukko(directory, ['evidence', 'export', ...args], { now: () => new Date() });
    expect(evidence().totals.observed).toBe(0);
    return;
  }
  await expectNothingCounts(args);
});

test.each<Record<string, string>>([
  { HCLOUD_ENDPOINT: 'https://api.hetzner.cloud/v1' },
  { LUKKO_ORIGIN: 'real', LUKKO_REAL: '1', LUKKO_COUNT_SANDBOX: '1' },
  { NODE_EXTRA_CA_CERTS: '/etc/ssl/cert.pem', NODE_TLS_REJECT_UNAUTHORIZED: '0', SSL_CERT_FILE: '/etc/ssl/cert.pem' },
])('not with %j in the environment', async (environment) => {
  await expectNothingCounts([], environment);
});

test('not with an authority of our own that vouches for the name of the provider', async () => {
  const authority = new Authority();
  const { certificate } = authority.issue('DNS:api.hetzner.cloud');
  writeFileSync(join(directory, 'ca.pem'), authority.pem);
  expect(certificate).toContain('BEGIN CERTIFICATE');
  await expectNothingCounts([], { NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem') });
});

test('not by writing it into the store: a record that was edited breaks the chain, and what follows is not read', async () => {
  const path = join(directory, 'observations.jsonl');
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.replace(/"endpoint":"http:[^"]*"/g, '"endpoint":"https://api.hetzner.cloud/v1"'));
  await lukko(directory, ['evidence', 'export'], { now: () => new Date() });
  expect([evidence().totals.observed, evidence().observations.real]).toEqual([0, 0]);
  expect(evidence().findings.map(({ code }) => code)).toContain('store');
  writeFileSync(path, whole);
});
