import { rule, shown } from '@lukko/policy-engine';
import { encryptedHost, withoutLuks } from './shared/encrypted-host.ts';
import { attachment, hcloud, server, volume } from './shared/examples.ts';
import { proofMessage } from './shared/proof.ts';
import { talosHost } from './shared/talos-host.ts';
import { addressOf } from './shared/words.ts';

export const volumeEncryptedAtRest = rule({
  id: 'volume-encrypted-at-rest',
  title: 'Volumes are encrypted at rest by the host they are attached to',
  severity: 'critical',
  waivable: false,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.7.10', 'ISO27001:2022/A.7.14', 'GDPR/32(1)(a)', 'NIS2/21(2)(h)'],
  rationale:
    'Hetzner does not encrypt volumes, and the provider has no attribute for it: a volume in code is never proof. What proves it is a chain: the volume is attached to a server, the payload of that server names this very volume, sets LUKS up on it with keys that nobody else knows, opens it, mounts what it opened, and nothing writes to the bare device.',
  remediation:
    'Declare it with EncryptedVolume, which writes LUKS set-up, unlocking and mount into the payload of the host',
  sources: [
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/volume.md',
    'https://gitlab.com/cryptsetup/cryptsetup/-/wikis/FrequentlyAskedQuestions',
    'https://github.com/latchset/clevis',
    'https://docs.siderolabs.com/talos/v1.12/configure-your-talos-cluster/storage-and-disk-management/disk-encryption',
  ],
  appliesTo: ['volume'],
  check: ({ encryption }) => shown(encryption),
  message: ({ resource, encryption }) => proofMessage(addressOf(resource), 'encrypted', encryption),
  examples: [
    { name: 'LUKS set up, opened and mounted by the payload', verdict: 'pass', terraform: encryptedHost() },
    { name: 'the payload mounts the bare device', verdict: 'fail', terraform: encryptedHost({ script: withoutLuks }) },
    {
      name: 'a key that others know',
      verdict: 'fail',
      terraform: encryptedHost({ script: (text) => text.replaceAll('/run/lukko/key', '/etc/machine-id') }),
    },
    {
      name: 'Talos, with a key that a KMS seals',
      verdict: 'pass',
      terraform: talosHost('kms: {endpoint: https://kms.lukko.example:4050}'),
    },
    { name: 'Talos, with a key made of the UUID of the machine', verdict: 'fail', terraform: talosHost('nodeID: {}') },
    {
      name: 'the provider makes the file system',
      verdict: 'fail',
      terraform: hcloud({
        hcloud_server: { host: server() },
        hcloud_volume: { data: volume({ format: 'ext4' }) },
        hcloud_volume_attachment: { data: { ...attachment(), automount: true } },
      }),
    },
    {
      name: 'the payload names another volume',
      verdict: 'fail',
      terraform: encryptedHost({ device: '4711' }),
    },
    {
      name: 'attached to another server',
      verdict: 'fail',
      terraform: encryptedHost({
        attachment: attachment(undefined, '${hcloud_server.other.id}'),
        servers: { other: server({ name: 'other' }) },
      }),
    },
    {
      name: 'a server that a variable without value chooses',
      verdict: 'unknown',
      terraform: encryptedHost({
        attachment: attachment(undefined, '${var.first ? hcloud_server.host.id : hcloud_server.other.id}'),
        servers: { other: server({ name: 'other' }) },
        extra: { variable: { first: { type: 'bool' } } },
      }),
    },
  ],
});
