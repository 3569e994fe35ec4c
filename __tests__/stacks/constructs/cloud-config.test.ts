import { parse } from 'yaml';
import { escapeForTerraform, LARGEST_PAYLOAD, printCloudConfig } from '../../../stacks/constructs/cloud-config.ts';
import { built, inBucket, serversOf, shipped } from '../built.ts';

const minimal = {
  hostname: 'logs',
  fqdn: 'logs.lukko.example',
  apt: { mirror: 'https://mirror.example/debian', security: 'https://mirror.example/security' },
  packages: ['age'],
  files: [{ path: '/etc/motd', content: 'cost: ${PRICE} and %{http_code}\n', plain: true }],
  bootcmd: [],
  runcmd: [['systemctl', 'enable', '--now', 'lukko-volume.service']],
};

test('constants are escaped for Terraform, references are not', () => {
  const text = printCloudConfig(minimal, {
    path: '/etc/lukko/host.env',
    content: 'DEVICE=/dev/${hcloud_volume.data.id}\n',
  });
  expect(text).toMatch(/^#cloud-config\n/);
  expect(text).toContain('cost: $${PRICE} and %%{http_code}');
  expect(text).toContain('DEVICE=/dev/${hcloud_volume.data.id}');
  expect(parse(text)).toMatchObject({
    write_files: [{ path: '/etc/lukko/host.env' }, { path: '/etc/motd' }],
  });
});

test('escaping touches templates only', () => {
  expect(escapeForTerraform('$HOME $(x) 100% ${a}${b} %{if}')).toBe('$HOME $(x) 100% $${a}$${b} %%{if}');
});

test('a payload that Hetzner would refuse is refused here, with the files to shorten', () => {
  const files = [...minimal.files, { path: '/srv/large', content: 'x'.repeat(LARGEST_PAYLOAD), plain: true }];
  expect(() => printCloudConfig({ ...minimal, files })).toThrow(
    /^The payload of logs\.lukko\.example has \d+ bytes, expected at most 24576: .* Its largest files: \/srv\/large \(24576 bytes\), \/etc\/motd/,
  );
});

test('with backups in a bucket, and alerts by every way, the payloads are still taken', () => {
  const config = shipped('example.yaml', inBucket);
  config.alerts = {
    webhook: 'https://alerts.lukko.example/hosts',
    errors: 'https://0123456789abcdef0123456789abcdef@errors.lukko.example/1',
    mail: { relay: 'smtp://relay.lukko.example:587', from: 'hosts@lukko.example', to: 'board@lukko.example' },
  };
  const sizes = [...built(config).documents.values()].flatMap((document) =>
    serversOf(document).map(([, server]) => Buffer.byteLength(String(server.user_data))),
  );
  expect(sizes).toHaveLength(6);
  for (const size of sizes) expect(size).toBeLessThanOrEqual(LARGEST_PAYLOAD);
});

test('the shipped payloads leave room for ids', () => {
  const sizes = [...built(shipped('example.yaml')).documents.values()].flatMap((document) =>
    serversOf(document).map(([, server]) => Buffer.byteLength(String(server.user_data))),
  );
  expect(sizes).toHaveLength(7);
  // And for what is to come: a payload that grows to the limit stops every change of it.
  for (const size of sizes) expect(size).toBeLessThanOrEqual(LARGEST_PAYLOAD - 1536);
});
