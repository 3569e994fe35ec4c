import type { TerraformJson } from '@lukko/terraform-model';
import {
  cloudConfig,
  encryptedVolumeFiles,
  quadlet,
  startVolume,
  victoriaLogsImage,
  volumeScript,
} from './example-payloads.ts';
import { attachment, type Body, hcloud, server, volume } from './examples.ts';

interface Choices {
  /** Id of the volume the payload names, as Terraform writes it. */
  readonly device?: string;
  /** Changes to the script that sets LUKS up. */
  readonly script?: (text: string) => string;
  readonly attachment?: Body<'hcloud_volume_attachment'>;
  /** Servers beside it. */
  readonly servers?: Readonly<Record<string, Body<'hcloud_server'>>>;
  readonly extra?: TerraformJson;
  readonly quadlet?: string;
  /** Whether a mount unit tells systemd of the mount that the script makes. */
  readonly mountUnit?: boolean;
}

/** A host with a volume that its payload encrypts, opens and mounts below /srv/lukko, and a log store on it. */
export function encryptedHost(choices: Choices = {}): TerraformJson {
  const id = choices.device ?? '${hcloud_volume.data.id}';
  const all = encryptedVolumeFiles(`/dev/disk/by-id/scsi-0HC_Volume_${id}`);
  const files = Object.fromEntries(
    Object.entries(all).filter(([path]) => choices.mountUnit !== false || !path.endsWith('.mount')),
  );
  const payload = cloudConfig(
    {
      ...files,
      [volumeScript]: (choices.script ?? ((text) => text))(files[volumeScript] ?? ''),
      '/etc/containers/systemd/logs.container': choices.quadlet ?? logs('/srv/lukko/logs'),
    },
    [startVolume, ['systemctl', 'daemon-reload'], ['systemctl', 'start', 'logs.service']],
  );
  return hcloud(
    {
      hcloud_server: { host: server({ user_data: payload }), ...choices.servers },
      hcloud_volume: { data: volume() },
      hcloud_volume_attachment: { data: choices.attachment ?? attachment() },
    },
    choices.extra,
  );
}

/** VictoriaLogs with its data in a directory of the host, which waits for the mount unless told not to. */
export function logs(directory: string, waits = true): string {
  return quadlet(
    victoriaLogsImage,
    [`Volume=${directory}:/data`, 'Exec=-storageDataPath=/data'],
    waits ? ['RequiresMountsFor=/srv/lukko'] : [],
  );
}

/** Drops what formats and binds: the script then mounts the bare device. */
export function withoutLuks(script: string): string {
  const kept = script.split('\n').slice(0, 2);
  return `${[...kept, 'mkfs.ext4 -q "$LUKKO_VOLUME_DEVICE"', 'mount "$LUKKO_VOLUME_DEVICE" /srv/lukko'].join('\n')}\n`;
}
