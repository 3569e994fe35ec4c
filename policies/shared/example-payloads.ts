/** Prints a cloud-config: files by path, then the commands of `runcmd`, each an argument vector. */
export function cloudConfig(
  files: Readonly<Record<string, string>>,
  commands: readonly (readonly string[])[] = [],
): string {
  const written = Object.entries(files).flatMap(([path, content]) => [
    `  - path: ${path}`,
    `    permissions: '${content.startsWith('#!') ? '0755' : '0644'}'`,
    '    content: |',
    ...content
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `      ${line}`)),
  ]);
  const run = commands.map((command) => `  - [${command.map((word) => `'${word}'`).join(', ')}]`);
  const first = written.length === 0 ? [] : ['write_files:', ...written];
  return `${['#cloud-config', ...first, ...(run.length === 0 ? [] : ['runcmd:', ...run])].join('\n')}\n`;
}

/** A Podman quadlet; `unit` adds lines to its first section. */
export function quadlet(image: string, options: readonly string[] = [], unit: readonly string[] = []): string {
  const name = image.split('/').at(-1)?.split(/[:@]/)[0];
  const lines = ['[Unit]', `Description=${name}`, ...unit, '[Container]', `Image=${image}`, ...options];
  return `${[...lines, '[Install]', 'WantedBy=multi-user.target'].join('\n')}\n`;
}

/** Digests of the images config/README.md names, with their sources. */
export const caddyImage =
  'registry.lukko.example/library/caddy:2.11.4@sha256:df7f1c2fb114453b951de51a98efc010db1655a92c2e86be6706714e2417a78d';
export const victoriaLogsImage =
  'registry.lukko.example/victoriametrics/victoria-logs:v1.52.0@sha256:47b820890d64c4575a2a0a46415dcd8a4fd59a0f1fcd6a377693d7aea639442e';

/** Path of the script that sets LUKS up, opens the volume and mounts it. */
export const volumeScript = '/usr/local/lib/lukko/volume';
/** The command that has it run at every boot, the first included. */
export const startVolume: readonly string[] = ['systemctl', 'enable', '--now', 'lukko-volume.service'];

/** The four files that encrypt the volume behind a device and mount it on /srv/lukko. */
export function encryptedVolumeFiles(device: string): Record<string, string> {
  return {
    '/etc/lukko/host.env': `LUKKO_VOLUME_DEVICE=${device}\n`,
    [volumeScript]: luksScript,
    '/etc/systemd/system/lukko-volume.service': volumeUnit,
    '/etc/systemd/system/srv-lukko.mount': mountUnit,
  };
}

const luksScript = `#!/bin/sh
set -eu
if ! cryptsetup isLuks "$LUKKO_VOLUME_DEVICE"; then
  dd if=/dev/urandom of=/run/lukko/key bs=32 count=1
  cryptsetup luksFormat --batch-mode --type luks2 --key-file /run/lukko/key "$LUKKO_VOLUME_DEVICE"
  clevis luks bind -y -k /run/lukko/key -d "$LUKKO_VOLUME_DEVICE" tang '{"url":"http://192.0.2.10:7500"}'
  cryptsetup open --type luks2 --key-file /run/lukko/key "$LUKKO_VOLUME_DEVICE" lukko-data
  mkfs.ext4 -q /dev/mapper/lukko-data
  rm -f /run/lukko/key
else
  clevis luks unlock -d "$LUKKO_VOLUME_DEVICE" -n lukko-data
fi
mount /dev/mapper/lukko-data /srv/lukko
`;

const volumeUnit = `[Unit]
Description=Opens the encrypted volume
[Service]
Type=oneshot
RemainAfterExit=yes
EnvironmentFile=/etc/lukko/host.env
ExecStart=/usr/local/lib/lukko/volume
[Install]
WantedBy=multi-user.target
`;

const mountUnit = `[Unit]
Description=The encrypted volume, which the script mounts
[Mount]
What=/dev/mapper/lukko-data
Where=/srv/lukko
Type=ext4
`;
