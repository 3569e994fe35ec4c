import { deriveFacts, type Facts } from '@lukko/facts';
import type { Operator, RegisterEntry } from '@lukko/formats';
import { readSynth } from '@lukko/terraform-model';

const entry = (id: string, more: Partial<Operator>): Operator => ({
  id,
  name: id,
  legal: { entity: `${id} entity`, country: 'DE' },
  source: `https://${id}.example/imprint`,
  date: '2026-11-21',
  ...more,
});

/** A few operators with every kind of entry; the product's own data is tested with the policies. */
export const operators: readonly Operator[] = [
  entry('hetzner', {
    providers: [{ source: 'hetznercloud/hcloud', reaches: 'fixed' }],
    hosts: ['hetzner.cloud', 'your-objectstorage.com'],
    addresses: ['185.12.64.0/22', '2a01:4ff:ff00::/48'],
  }),
  entry('amazon', {
    legal: { entity: 'Amazon Web Services, Inc.', country: 'US' },
    providers: [
      { source: 'hashicorp/aws', reaches: 'endpoints', endpointArguments: ['endpoints.s3'] },
      { source: 'hashicorp/random', reaches: 'nothing' },
    ],
    hosts: ['amazonaws.com'],
  }),
  entry('docker', { hosts: ['docker.com'], registries: ['docker.io'] }),
  entry('isrg', { hosts: ['letsencrypt.org'] }),
];

/** Facts of one or several root modules in Terraform's JSON syntax, in a closed world unless told otherwise. */
export function factsOf(
  terraform: object | readonly object[],
  { complete = true, register = [] }: { complete?: boolean; register?: readonly RegisterEntry[] } = {},
): Facts {
  const documents = Array.isArray(terraform) ? (terraform as readonly object[]) : [terraform];
  const roots = documents.map((document, index) => ({
    files: [{ file: `stack${index}/cdk.tf.json`, text: JSON.stringify({ ...required, ...document }) }],
  }));
  return deriveFacts(readSynth({ roots, complete }), { operators, register });
}

const required = {
  terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } } },
  provider: { hcloud: [{}] },
};

/** A cloud-config with files and commands, each command an argument vector. */
export function cloudConfig(files: Readonly<Record<string, string>>, run: readonly (readonly string[])[] = []): string {
  const written = Object.entries(files).map(([path, content]) => `  - ${JSON.stringify({ path, content })}`);
  const commands = run.map((words) => `  - ${JSON.stringify(words)}`);
  return `${['#cloud-config', 'write_files:', ...written, 'runcmd:', ...commands].join('\n')}\n`;
}

export const script = `#!/bin/sh
set -eu
while [ ! -b "$LUKKO_VOLUME_DEVICE" ]; do sleep 1; done
if cryptsetup isLuks "$LUKKO_VOLUME_DEVICE"; then
  clevis luks unlock -d "$LUKKO_VOLUME_DEVICE" -n lukko-data
else
  [ -z "$(blkid -p "$LUKKO_VOLUME_DEVICE")" ] || exit 1
  head -c 32 /dev/urandom >/run/key
  cryptsetup luksFormat --batch-mode --type luks2 --key-file /run/key "$LUKKO_VOLUME_DEVICE"
  clevis luks bind -y -k /run/key -d "$LUKKO_VOLUME_DEVICE" tang '{"url":"http://tang"}'
  cryptsetup open --key-file /run/key "$LUKKO_VOLUME_DEVICE" lukko-data
  mkfs.ext4 -q /dev/mapper/lukko-data
fi
mountpoint -q /srv/lukko || mount /dev/mapper/lukko-data /srv/lukko
`;

export const unit = `[Unit]
Description=Opens the volume

[Service]
Type=oneshot
EnvironmentFile=/etc/lukko/host.env
ExecStart=/usr/local/lib/lukko/volume

[Install]
WantedBy=multi-user.target
`;

/** What RequiresMountsFor= finds: the script mounts. */
export const mountUnit = '[Mount]\nWhat=/dev/mapper/lukko-data\nWhere=/srv/lukko\nType=ext4\n';

export const quadlet = `[Unit]
RequiresMountsFor=/srv/lukko

[Container]
Image=registry.lukko.example/victoriametrics/victoria-logs:v1@sha256:${'0'.repeat(64)}
Volume=/srv/lukko/logs:/data
Exec=-storageDataPath=/data

[Install]
WantedBy=multi-user.target
`;

export interface Host {
  readonly files?: Readonly<Record<string, string>>;
  readonly run?: readonly (readonly string[])[];
  readonly payload?: string;
  readonly server?: object;
  readonly volume?: object;
  readonly attachment?: object | null;
  readonly more?: object;
  readonly root?: object;
}

export const DEVICE = '/dev/disk/by-id/scsi-0HC_Volume_${hcloud_volume.data.id}';
export const START = ['systemctl', 'enable', '--now', 'lukko-volume.service'] as const;

/** A host with an encrypted volume; each part can be replaced. */
export function host(change: Host = {}): object {
  const files = {
    '/etc/lukko/host.env': `LUKKO_VOLUME_DEVICE=${DEVICE}\n`,
    '/usr/local/lib/lukko/volume': script,
    '/etc/systemd/system/lukko-volume.service': unit,
    '/etc/systemd/system/srv-lukko.mount': mountUnit,
    '/etc/containers/systemd/logs.container': quadlet,
    ...change.files,
  };
  const userData = change.payload ?? cloudConfig(files, change.run ?? [START]);
  const attachment = { volume_id: '${hcloud_volume.data.id}', server_id: '${hcloud_server.host.id}' };
  return {
    resource: {
      hcloud_server: { host: { name: 'host', location: 'hel1', user_data: userData, ...change.server } },
      hcloud_volume: { data: { name: 'data', size: 10, location: 'hel1', ...change.volume } },
      ...(change.attachment === null
        ? {}
        : { hcloud_volume_attachment: { data: { ...attachment, ...change.attachment } } }),
      ...change.more,
    },
    ...change.root,
  };
}
