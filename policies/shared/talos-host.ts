import type { TerraformJson } from '@lukko/terraform-model';
import { attachment, hcloud, server, volume } from './examples.ts';

/** A server that runs Talos Linux and encrypts its volume with one key of this kind, as its machine configuration says. */
export function talosHost(key: string): TerraformJson {
  const configuration = `version: v1alpha1
machine:
  type: worker
---
apiVersion: v1alpha1
kind: UserVolumeConfig
name: data
provisioning:
  diskSelector:
    match: '"/dev/disk/by-id/scsi-0HC_Volume_\${hcloud_volume.data.id}" in disk.symlinks'
encryption:
  provider: luks2
  keys:
    - slot: 0
      ${key}
`;
  return hcloud(
    {
      hcloud_server: { host: server({ image: '${data.hcloud_image.talos.id}', user_data: configuration }) },
      hcloud_volume: { data: volume() },
      hcloud_volume_attachment: { data: attachment() },
    },
    { data: { hcloud_image: { talos: [{ with_selector: 'os=talos' }] } } },
  );
}
