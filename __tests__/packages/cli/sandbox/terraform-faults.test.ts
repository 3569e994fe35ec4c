import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';
import { environment, findTerraform, run } from '../../../e2e/support.ts';

/*
 * The real terraform and provider while requests go wrong: an apply finishes, or stops with an error and a later one finishes.
 * Where they cannot be found these tests are not run, and say so by name.
 */

jest.setTimeout(300_000);

const found = findTerraform();
const declared: string[] = [];
const withTerraform = (name: string, body: (terraform: string) => Promise<void>): void => {
  declared.push(name);
  if ('terraform' in found) test(name, () => body(found.terraform));
};

const DECLARED = `
terraform {
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "1.68.0"
    }
  }
}
provider "hcloud" {
  poll_interval = "50ms"
}
resource "hcloud_network" "private" {
  name     = "private"
  ip_range = "10.0.0.0/16"
}
resource "hcloud_network_subnet" "hosts" {
  network_id   = hcloud_network.private.id
  type         = "cloud"
  network_zone = "eu-central"
  ip_range     = "10.0.1.0/24"
}
resource "hcloud_server" "all" {
  count       = 3
  name        = "server-\${count.index}"
  server_type = "cx23"
  image       = "debian-13"
  location    = "hel1"
  network {
    subnet_id = hcloud_network_subnet.hosts.id
    alias_ips = []
  }
}
resource "hcloud_volume" "all" {
  count    = 3
  name     = "volume-\${count.index}"
  size     = 10
  location = "hel1"
}
resource "hcloud_volume_attachment" "all" {
  count     = 3
  volume_id = hcloud_volume.all[count.index].id
  server_id = hcloud_server.all[count.index].id
}
`;

/** More than any of these needs; each fault strikes only so often. */
const MOST_RUNS = 6;

/** An answer to a creation that is lost leaves what no state knows, at Hetzner too: that cannot be finished by a second run alone. */
const SCENARIOS: readonly (readonly [name: string, stops: boolean, faults: readonly string[]])[] = [
  [
    'limits and gateways',
    false,
    ['429,on=get_multiple_actions,times=2', '502,on=create_volume,times=1', '504,on=GET /servers/{id},times=1'],
  ],
  ['locks', false, ['locked,on=attach_volume_to_server,times=2', 'conflict,on=add_subnet_to_network,times=1']],
  [
    'sold out',
    true,
    ['resource_unavailable,on=create_server,after=1,times=1', 'placement_error,on=create_server,after=2,times=1'],
  ],
  [
    'actions that fail',
    true,
    ['fail:unknown_error,on=create_server,times=1', 'fail:unknown_error,on=attach_volume_to_server,times=1'],
  ],
  [
    'actions that are slow, answers that are late',
    false,
    ['slow:1500,on=create_server,times=2', 'delay:700,on=create_volume,times=2'],
  ],
  [
    'connections that end',
    true,
    [
      'drop,on=create_server,times=1',
      'drop-answer,on=get_multiple_actions,after=1,times=1',
      '503,on=create_volume,times=1',
    ],
  ],
];

for (const [name, stops, faults] of SCENARIOS) {
  withTerraform(`${name}: it is applied in the end, and destroyed`, async (terraform) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lukko-faults-'));
    const sandbox = await startSandbox(
      { projects: ['main'], port: 0, speed: 50, rateLimit: 1_000_000, faults },
      Date.now,
    );
    try {
      writeFileSync(path.join(folder, 'main.tf'), DECLARED);
      const env = environment(sandbox.environment);
      const call = (...args: string[]) => run(terraform, [...args, '-input=false', '-no-color'], { cwd: folder, env });
      expect((await call('init')).code).toBe(0);
      const codes: number[] = [];
      do {
        const { code, text } = await call('apply', '-auto-approve');
        codes.push(code);
        expect(text).not.toMatch(/panic:|crashed|unexpected state/i);
        if (code !== 0) expect(text).toContain('Error: ');
      } while (codes.at(-1) !== 0 && codes.length < MOST_RUNS);
      expect({ codes: codes.at(-1), stopped: codes.length > 1 }).toEqual({ codes: 0, stopped: stops });
      expect((await call('plan', '-detailed-exitcode')).code).toBe(0);
      // Every fault was met.
      const control = `http://127.0.0.1:${sandbox.control.port}/faults`;
      const standing = await (
        await fetch(control, { headers: { authorization: `Bearer ${sandbox.control.token}` } })
      ).json();
      for (const { fault, struck } of (standing as { faults: { fault: string; struck: number }[] }).faults)
        expect({ fault, struck }).not.toEqual({ fault, struck: 0 });
      expect((await call('destroy', '-auto-approve')).code).toBe(0);
      expect(sandbox.objects()).toEqual({ main: 0 });
    } finally {
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test('what needs terraform was run, or is named here as left out', () => {
  expect(declared).toHaveLength(SCENARIOS.length);
  if ('missing' in found) console.warn(`${found.missing}; not run:\n${declared.map((name) => `  ${name}`).join('\n')}`);
});
