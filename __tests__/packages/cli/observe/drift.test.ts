import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceExport } from '@lukko/formats';
import { type RunningSandbox, startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';
import { directoryWith, lukko } from '../fake-ports.ts';

const rule = { direction: 'in', protocol: 'tcp', port: '443', source_ips: ['0.0.0.0/0', '::/0'] };
const stack = {
  '//': { metadata: { stackName: 'logs', version: '0.21.0', environment: { name: 'example', class: 'production' } } },
  terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } } },
  provider: { hcloud: [{}] },
  resource: {
    hcloud_firewall: { logs: { name: 'logs', rule: [rule] } },
    hcloud_volume: { data: { name: 'data', size: 10, location: 'hel1' } },
  },
};
const files = {
  'cdktf.out/manifest.json': JSON.stringify({
    version: '0.21.0',
    stacks: { logs: { name: 'logs', synthesizedStackPath: 'stacks/logs/cdk.tf.json' } },
  }),
  'cdktf.out/stacks/logs/cdk.tf.json': JSON.stringify(stack),
  'observe.yaml': JSON.stringify({
    schemaVersion: 1,
    environment: { name: 'example', class: 'production' },
    vantage: 'test',
    hetzner: [{ project: 'live', token: 'HCLOUD_TOKEN' }],
  }),
};

let sandbox: RunningSandbox;
let directory = '';
beforeAll(async () => {
  sandbox = await startSandbox(
    { projects: ['live'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 3600 },
    Date.now,
  );
  directory = directoryWith(files);
});
afterAll(() => sandbox.stop());

async function post(path: string, body: object): Promise<Record<string, { readonly id: number }>> {
  const { HCLOUD_ENDPOINT, HCLOUD_TOKEN } = sandbox.environment;
  const answer = await fetch(`${HCLOUD_ENDPOINT}/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${HCLOUD_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([path, answer.ok]).toEqual([path, true]);
  return (await answer.json()) as Record<string, { readonly id: number }>;
}

async function remove(path: string): Promise<void> {
  const { HCLOUD_ENDPOINT, HCLOUD_TOKEN } = sandbox.environment;
  const headers = { authorization: `Bearer ${HCLOUD_TOKEN}` };
  expect((await fetch(`${HCLOUD_ENDPOINT}/${path}`, { method: 'DELETE', headers })).ok).toBe(true);
}

/** Observes and exports: what the three tiers say of each resource, and which findings of drift there are. */
async function compared() {
  const ports = { environment: sandbox.environment, now: () => new Date() };
  await lukko(directory, ['observe'], ports);
  expect((await lukko(directory, ['evidence', 'export', 'cdktf.out'], ports)).code).toBe(0);
  const { reconciliation, findings } = evidenceExport.parse(
    JSON.parse(readFileSync(join(directory, 'evidence-out/evidence.json'), 'utf8')),
  );
  const live = await lukko(directory, ['check', '--live', '--posture', 'eu-sovereign', '--format', 'json'], ports);
  const open = (JSON.parse(live.out) as { findings: { rule: string; verdict: string }[] }).findings
    .filter(({ rule: name, verdict }) => name === 'no-world-open-admin-ports' && verdict === 'fail')
    .map(({ verdict }) => verdict);
  return {
    verdicts: reconciliation.map(({ name, verdict }) => `${name} ${verdict}`),
    drift: findings.filter(({ code }) => code === 'drift').map(({ subject, message }) => [subject, message]),
    open,
  };
}

test('what somebody changes by hand is drift: in the comparison, among the findings, and for the rules', async () => {
  const { firewall } = await post('firewalls', { name: 'logs', rules: [rule] });
  const { volume } = await post('volumes', { name: 'data', size: 10, location: 'hel1' });
  expect(await compared()).toEqual({ verdicts: ['logs agrees', 'data agrees'], drift: [], open: [] });

  await post(`firewalls/${firewall?.id}/actions/set_rules`, { rules: [rule, { ...rule, port: '22' }] });
  await post(`volumes/${volume?.id}/actions/resize`, { size: 20 });
  const { volume: stray } = await post('volumes', { name: 'stray', size: 10, location: 'hel1' });
  const { verdicts, drift, open } = await compared();
  expect([verdicts, open]).toEqual([['logs drift', 'data drift', 'stray observed-only'], ['fail']]);
  expect(drift).toEqual([
    [
      'logs/hcloud_firewall.logs',
      'hcloud_firewall logs is not as declared: rules is in tcp 22 0.0.0.0/0,::/0; in tcp 443 0.0.0.0/0,::/0, declared in tcp 443 0.0.0.0/0,::/0 (not seen on a real system)',
    ],
    [
      'logs/hcloud_volume.data',
      'hcloud_volume data is not as declared: size is 20, declared 10 (not seen on a real system)',
    ],
    [
      expect.stringMatching(/^hetzner:volume:\d+$/),
      'hcloud_volume stray was seen and is declared nowhere (not seen on a real system)',
    ],
  ]);

  // What was deleted since does not stand as it was last seen; nor does its kind count as not looked at, now that none is left.
  await remove(`volumes/${stray?.id}`);
  await remove(`volumes/${volume?.id}`);
  const after = await compared();
  expect(after.verdicts).toEqual(['logs drift', 'data declared-only']);
  expect(after.drift[1]).toEqual(['logs/hcloud_volume.data', 'hcloud_volume data is declared and was not seen']);
}, 60_000);
