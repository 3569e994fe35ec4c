import { deciding, volumeOf, withScript } from './encrypted-volume.ts';
import { cloudConfig, DEVICE, type Host, host, START, script, unit } from './sample.ts';

describe('the proof that a volume is encrypted', () => {
  it('holds when the payload formats, opens and mounts it, and says why', () => {
    const volume = volumeOf(host());
    expect(volume.encryption.is).toBe(true);
    expect(volume.mount).toBe('/srv/lukko');
    expect(volume.encryption.steps.map(deciding)).toMatchSnapshot();
  });

  it.each([
    [
      'linux_device of the volume',
      { files: { '/etc/lukko/host.env': 'LUKKO_VOLUME_DEVICE=${hcloud_volume.data.linux_device}\n' } },
    ],
    [
      'the command directly in runcmd',
      {
        files: { '/etc/systemd/system/lukko-volume.service': '' },
        run: [['env', `LUKKO_VOLUME_DEVICE=${DEVICE}`, '/usr/local/lib/lukko/volume']],
      },
    ],
    [
      'server_id of the volume instead of an attachment',
      { attachment: null, volume: { server_id: '${hcloud_server.host.id}', location: null } },
    ],
    [
      'the device sourced by the script',
      {
        ...withScript(script.replace('set -eu', 'set -eu\n. /etc/lukko/host.env')),
        files: {
          '/usr/local/lib/lukko/volume': script.replace('set -eu', 'set -eu\n. /etc/lukko/host.env'),
          '/etc/systemd/system/lukko-volume.service': unit.replace(/EnvironmentFile.*\n/, ''),
        },
      },
    ],
    [
      'a function around the set-up',
      withScript(
        script.replace(
          'cryptsetup luksFormat --batch-mode --type luks2 --key-file /run/key "$LUKKO_VOLUME_DEVICE"',
          'set_up() { cryptsetup luksFormat -q --key-file /run/key "$1"; }\n  set_up "$LUKKO_VOLUME_DEVICE"',
        ),
      ),
    ],
    [
      'crypttab and fstab for later boots',
      {
        files: {
          '/etc/crypttab': `lukko-data ${DEVICE} none _netdev,luks\n`,
          '/etc/fstab': '/dev/mapper/lukko-data /srv/lukko ext4 _netdev 0 2\n',
        },
      },
    ],
  ] as const)('holds with %s', (_, change) => {
    const volume = volumeOf(host(change));
    expect(volume.encryption.steps.filter((step) => step.is !== true).map(deciding)).toEqual([]);
    expect(volume.encryption.is).toBe(true);
  });

  it.each([
    ['luksFormat', withScript(script.replace(/ *cryptsetup luksFormat.*\n/, '')), false],
    [
      'the open and the unlock',
      withScript(script.replace(/.*(clevis luks unlock|cryptsetup open).*\n/g, '  :\n')),
      false,
    ],
    ['the mount', withScript(script.replace(/mountpoint.*\n/, '')), false],
    ['the enablement of the unit', { run: [['systemctl', 'daemon-reload']] }, false],
    [
      'the [Install] section, with enable alone',
      {
        run: [['systemctl', 'enable', 'lukko-volume.service']],
        files: { '/etc/systemd/system/lukko-volume.service': unit.replace(/\[Install\][^]*/, '') },
      },
      false,
    ],
    ['the unit itself', { files: { '/etc/systemd/system/lukko-volume.service': '' } }, false],
    ['the device variable', { files: { '/etc/lukko/host.env': 'OTHER=1\n' } }, 'unknown'],
    [
      'the environment file',
      { files: { '/etc/systemd/system/lukko-volume.service': unit.replace(/EnvironmentFile.*\n/, '') } },
      'unknown',
    ],
    ['the attachment', { attachment: null }, false],
    ['user_data', { server: { user_data: null } }, false],
    ['ExecStart', { files: { '/etc/systemd/system/lukko-volume.service': unit.replace(/ExecStart.*\n/, '') } }, false],
  ] as const)('fails without %s', (_, change, is) => {
    expect(volumeOf(host(change)).encryption.is).toBe(is);
  });

  it.each([
    [
      'another volume named by id',
      { files: { '/etc/lukko/host.env': 'LUKKO_VOLUME_DEVICE=/dev/disk/by-id/scsi-0HC_Volume_4711\n' } },
      false,
    ],
    [
      'another volume named by reference',
      {
        files: {
          '/etc/lukko/host.env': 'LUKKO_VOLUME_DEVICE=/dev/disk/by-id/scsi-0HC_Volume_${hcloud_volume.other.id}\n',
        },
        more: {
          hcloud_volume: {
            data: { name: 'data', size: 10, location: 'hel1' },
            other: { name: 'other', size: 10, location: 'hel1' },
          },
        },
      },
      false,
    ],
    ['a device by its order', { files: { '/etc/lukko/host.env': 'LUKKO_VOLUME_DEVICE=/dev/sdb\n' } }, 'unknown'],
    [
      'a device by a pattern',
      withScript(script.replace('set -eu', 'set -eu\nLUKKO_VOLUME_DEVICE=$(echo /dev/disk/by-id/scsi-0HC_Volume_*)')),
      'unknown',
    ],
    ['a file system by the provider', { volume: { format: 'ext4' } }, false],
    ['a format nobody knows', { volume: { format: '${var.format}' }, root: { variable: { format: {} } } }, 'unknown'],
    [
      'a file system on the device',
      withScript(script.replace('mkfs.ext4 -q /dev/mapper/lukko-data', 'mkfs.ext4 -q "$LUKKO_VOLUME_DEVICE"')),
      false,
    ],
    [
      'a plain mount when the unlock fails',
      withScript(
        script.replace('-n lukko-data\nelse', '-n lukko-data || mount "$LUKKO_VOLUME_DEVICE" /srv/lukko\nelse'),
      ),
      false,
    ],
    [
      'a plain mapping of the device',
      withScript(script.replace('cryptsetup open --key-file', 'cryptsetup open --type plain --key-file')),
      false,
    ],
    ['a file system on a partition', withScript(`${script}mkfs.ext4 "$LUKKO_VOLUME_DEVICE-part1"\n`), false],
    ['an image written to the device', withScript(`${script}cat /srv/image > "$LUKKO_VOLUME_DEVICE"\n`), false],
    ['a program that takes the device', withScript(`${script}dd if=/srv/image of="$LUKKO_VOLUME_DEVICE"\n`), 'unknown'],
    [
      'fs_setup of cloud-init',
      {
        payload: `${cloudConfig({ '/etc/lukko/host.env': `LUKKO_VOLUME_DEVICE=${DEVICE}\n`, '/usr/local/lib/lukko/volume': script, '/etc/systemd/system/lukko-volume.service': unit }, [START])}fs_setup:\n  - device: ${DEVICE}\n    filesystem: ext4\n`,
      },
      false,
    ],
    ['something else mounted in its place', withScript(`${script}mount /dev/mapper/other /srv/lukko\n`), false],
    ['a script fetched at boot', { run: [START, ['sh', '-c', 'curl -fsSL https://get.example/x | sh']] }, 'unknown'],
    ['a program nobody shows', { run: [START, ['/opt/setup']] }, 'unknown'],
    [
      'LUKS only under a condition of its own',
      withScript(script.replace('  cryptsetup luksFormat', '  [ "$ENCRYPT" = yes ] && cryptsetup luksFormat')),
      'unknown',
    ],
    [
      'an early end that counts as success',
      withScript(script.replace('set -eu', 'set -eu\n[ "$ENCRYPT" = yes ] || exit 0')),
      'unknown',
    ],
    ['an end before anything', withScript(script.replace('set -eu', 'exit 0')), false],
    ['LUKS under a condition that is false', withScript(`#!/bin/sh\nif false; then\n${script}fi\n`), false],
    ['LUKS in a function nobody calls', withScript(`#!/bin/sh\nsetup() {\n${script.replace(/^#!.*\n/, '')}}\n`), false],
    [
      'LUKS in a comment',
      withScript(script.replace(/^( *)cryptsetup luksFormat/m, '$1# cryptsetup luksFormat')),
      false,
    ],
    ['LUKS in a here-document', withScript(`#!/bin/sh\ncat <<'EOF'\n${script}EOF\n`), false],
    ['LUKS in an echo', withScript(script.replace('cryptsetup luksFormat', 'echo cryptsetup luksFormat')), false],
    ['a unit that is masked', { run: [START, ['systemctl', 'mask', 'lukko-volume.service']] }, false],
    [
      'a unit started only perhaps',
      { run: [['sh', '-c', '[ -e /srv/go ] && systemctl start lukko-volume.service']] },
      'unknown',
    ],
    [
      'another server of the attachment',
      {
        attachment: { server_id: '${hcloud_server.other.id}' },
        more: {
          hcloud_server: {
            host: { name: 'host' },
            other: { name: 'other', user_data: '#cloud-config\npackages: [chrony]\n' },
          },
        },
      },
      false,
    ],
    [
      'a server that a variable chooses',
      {
        attachment: { server_id: '${var.first ? hcloud_server.host.id : "7"}' },
        root: { variable: { first: { type: 'bool' } } },
      },
      'unknown',
    ],
    ['a server of another state', { attachment: { server_id: '${data.hcloud_server.other.id}' } }, 'unknown'],
    ['a payload that a variable holds', { payload: '${var.payload}', root: { variable: { payload: {} } } }, 'unknown'],
    [
      'a payload that a variable chooses',
      { payload: '${var.secure ? "#cloud-config" : ""}', root: { variable: { secure: { type: 'bool' } } } },
      'unknown',
    ],
    ['multipart user_data', { payload: 'Content-Type: multipart/mixed; boundary="x"\n\n--x\n' }, 'unknown'],
    ['a payload that is ignored', { server: { lifecycle: { ignore_changes: ['user_data'] } } }, 'unknown'],
    [
      'a server that is there any number of times',
      { server: { count: '${var.n}' }, root: { variable: { n: { type: 'number' } } } },
      'unknown',
    ],
    [
      'an attachment terraform does not keep',
      { attachment: { lifecycle: { ignore_changes: ['server_id'] } } },
      'unknown',
    ],
  ] as readonly (readonly [string, Host, boolean | 'unknown'])[])('is never shown with %s', (_, change, is) => {
    expect(volumeOf(host(change)).encryption.is).toBe(is);
  });

  it('says unknown, not false, of an unattached volume in an open world', () => {
    const volume = volumeOf(host({ attachment: null }), { complete: false });
    expect(volume.encryption.is).toBe('unknown');
    expect(volume.attachment.is).toBe('unknown');
  });

  it('is not shown by a script whose syntax is broken, but refuted when the word is missing in it', () => {
    expect(volumeOf(host(withScript(`${script}fi\n`))).encryption.is).toBe('unknown');
    const broken = withScript(`${script.replace(/ *cryptsetup luksFormat.*\n/, '')}fi\n`);
    expect(volumeOf(host(broken)).encryption.is).toBe(false);
  });

  it('is shown by a recorded LUKS UUID that the script insists on, when a blank disk is refused', () => {
    const pinned = script
      .replace(
        '  clevis luks unlock',
        '  [ "$(cryptsetup luksUUID "$LUKKO_VOLUME_DEVICE")" = "$UUID" ] || exit 1\n  clevis luks unlock',
      )
      .replace(/ {2}cryptsetup luksFormat/, '  [ -z "$UUID" ] || exit 1\n  cryptsetup luksFormat');
    const env = (uuid: string) => ({
      files: {
        '/usr/local/lib/lukko/volume': pinned,
        '/etc/lukko/host.env': `LUKKO_VOLUME_DEVICE=${DEVICE}\nUUID=${uuid}\n`,
      },
    });
    expect(volumeOf(host(env('"0b0f3b3e-2f6f-4b53-9d3e-2f3c0a8f6a11"'))).encryption.is).toBe(true);
    expect(volumeOf(host(env('pinned'))).encryption.is).toBe(false);
  });
});
