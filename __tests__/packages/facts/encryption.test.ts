import type { Statement } from '@lukko/facts';
import { cloudConfig, DEVICE, factsOf, type Host, host, START, script, unit } from './sample.ts';

function volumeOf(terraform: object, options?: Parameters<typeof factsOf>[1]) {
  const [volume] = factsOf(terraform, options).volumes;
  if (volume === undefined) throw new Error('no volume');
  return volume;
}

const deciding = ({ claim, is, because }: Statement) =>
  `${is} ${claim}: ${because.map(({ at, saw }) => `${at}: ${saw}`).join(' · ')}`;
const withScript = (text: string): Host => ({ files: { '/usr/local/lib/lukko/volume': text } });

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
          'set_up() { cryptsetup luksFormat -q "$1"; }\n  set_up "$LUKKO_VOLUME_DEVICE"',
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

describe('what takes the encryption away, or may', () => {
  const format = 'cryptsetup luksFormat --batch-mode --type luks2 --key-file /run/key';
  const followedBy = (line: string) => withScript(`${script}${line}\n`);
  const later = (...lines: readonly string[]): Host => ({ run: [START, ...lines.map((line) => ['sh', '-c', line])] });
  const beside = (path: string, text: string): Host => ({ files: { [path]: text } });
  const DROP_IN = '/etc/systemd/system/lukko-volume.service.d/x.conf';

  it.each([
    [
      'a cipher that leaves all as it is',
      withScript(script.replace(format, `${format} --cipher cipher_null-ecb`)),
      false,
    ],
    ['the same by its short name', withScript(script.replace(format, `${format} -cnull`)), false],
    ['a cipher nobody knows', withScript(script.replace(format, `${format} --cipher "$CIPHER"`)), 'unknown'],
    ['luksFormat that only prints', withScript(script.replace(format, `${format} --help`)), false],
    ['a mount that is only pretended', withScript(script.replace('mount /dev', 'mount --fake /dev')), false],
    ['reencrypt --decrypt', followedBy('cryptsetup reencrypt --decrypt "$LUKKO_VOLUME_DEVICE"'), false],
    ['umount in the same script', followedBy('umount /srv/lukko/'), false],
    ['cryptsetup close in the same script', followedBy('cryptsetup close lukko-data'), false],
    ['umount in runcmd', later('umount -l /srv/lukko'), 'unknown'],
    ['mount --move', followedBy('mount --move /srv/lukko /mnt'), false],
    ['a bind mount over it', followedBy('mount --bind /var/plain /srv/lukko'), false],
    ['tmpfs over it', followedBy('mount -t tmpfs tmpfs /srv/lukko'), false],
    ['the same directory spelled otherwise', followedBy('mount /dev/sda1 /srv/x/../lukko/'), false],
    ['a mapping of its own', followedBy('dmsetup create lukko-data --table "0 8 linear /dev/sda 0"'), 'unknown'],
    ['a disk by its kernel name', followedBy('badblocks -w /dev/sdb'), 'unknown'],
    ['xargs', followedBy('echo "$X" | xargs mkfs.ext4'), 'unknown'],
    ['find -exec', followedBy('find /dev/disk -name "*Volume*" -exec mkfs.ext4 {} \\;'), 'unknown'],
    ['awk that starts programs', followedBy(`awk 'BEGIN { system("mkfs.ext4 /dev/sdb") }'`), 'unknown'],
    ['at', followedBy('echo "mkfs.ext4 /dev/sdb" | at now'), 'unknown'],
    ['an alias', withScript(script.replace('set -eu', 'alias mount=true')), 'unknown'],
    ['a search path of its own', withScript(script.replace('set -eu', 'PATH=/opt/bin:/usr/bin')), 'unknown'],
    ['a program before cryptsetup', beside('/usr/local/sbin/cryptsetup', '#!/bin/sh\nexit 0\n'), false],
    ['an edited environment', later("sed -i 's/by-id.*/sdc/' /etc/lukko/host.env"), 'unknown'],
    ['a script that is taken away', later('rm -rf /usr/local/lib/lukko'), 'unknown'],
    ['a script that is no program any more', later('chmod 0644 /usr/local/lib/lukko/volume'), 'unknown'],
    ['a script that is fetched anew', later('curl -fo /usr/local/lib/lukko/volume https://a.example/v'), 'unknown'],
    ['a mask by hand', later('ln -sf /dev/null /etc/systemd/system/lukko-volume.service'), 'unknown'],
    ['a variable of the manager', later('systemctl set-environment LUKKO_VOLUME_DEVICE=/dev/sdc'), 'unknown'],
    ['a drop-in for every service', beside('/etc/systemd/system/service.d/x.conf', '[Service]\nExecStart=\n'), false],
    ['a drop-in for a prefix', beside('/etc/systemd/system/lukko-.service.d/x.conf', '[Service]\nExecStart=\n'), false],
    ['another root', beside(DROP_IN, '[Service]\nRootDirectory=/var/x\n'), 'unknown'],
    ['mounts of its own', beside(DROP_IN, '[Service]\nPrivateMounts=yes\n'), 'unknown'],
    ['mkfs when the unit stops', beside(DROP_IN, `[Service]\nExecStop=/sbin/mkfs.ext4 ${DEVICE}\n`), false],
    ['cron', beside('/etc/cron.d/x', `@reboot root /sbin/mkfs.ext4 -F ${DEVICE}\n`), false],
    ['rc.local', beside('/etc/rc.local', `#!/bin/sh\nmkfs.ext4 -F ${DEVICE}\n`), false],
    ['a rule of udev', beside('/etc/udev/rules.d/x.rules', 'ACTION=="add", RUN+="/bin/x"\n'), 'unknown'],
    ['a generator', beside('/etc/systemd/system-generators/x', '#!/bin/sh\n'), 'unknown'],
    [
      'a mount unit that is required',
      beside('/etc/systemd/system/srv-lukko.mount', '[Mount]\nWhat=/var/x\nWhere=/srv/lukko\n'),
      false,
    ],
    ['a format that is ignored', { volume: { lifecycle: { ignore_changes: ['format'] } } }, 'unknown'],
    [
      'a second attachment',
      {
        more: {
          hcloud_volume_attachment: {
            one: { volume_id: '${hcloud_volume.data.id}', server_id: '${hcloud_server.host.id}' },
            two: { volume_id: '${hcloud_volume.data.id}', server_id: 4711 },
          },
        },
      },
      'unknown',
    ],
  ] as readonly (readonly [string, Host, boolean | 'unknown'])[])('is seen: %s', (_, change, is) => {
    expect(volumeOf(host(change)).encryption.is).toBe(is);
  });

  it('a module of cloud-init that is not followed', () => {
    const terraform = host() as { resource: { hcloud_server: { host: { user_data: string } } } };
    terraform.resource.hcloud_server.host.user_data += 'ansible:\n  pull: { url: "https://a.example/x" }\n';
    expect(volumeOf(terraform).encryption.is).toBe('unknown');
  });

  it.each([
    ['what clears up before', withScript(script.replace('mountpoint -q', 'umount /srv/lukko || true\nmountpoint -q'))],
    [
      'a unit that closes what an attempt left',
      beside(DROP_IN, '[Service]\nExecStartPre=-/usr/sbin/cryptsetup close lukko-data\n'),
    ],
    ['umount when the unit stops', beside(DROP_IN, '[Service]\nExecStop=/usr/bin/umount /srv/lukko\n')],
    ['umount under a trap', withScript(script.replace('set -eu', 'set -eu\ntrap "umount /srv/lukko" TERM'))],
    ['a bind mount of it elsewhere', followedBy('mount --bind /srv/lukko/containers /var/lib/containers')],
    [
      'a rule that names a network card',
      beside('/etc/udev/rules.d/x.rules', 'SUBSYSTEM=="net", ATTR{address}=="x", NAME="net0"\n'),
    ],
    ['dpkg that only tells', followedBy('arch=$(dpkg --print-architecture)')],
    ['cron that does something else', beside('/etc/cron.d/x', '17 3 * * * root /usr/bin/fstrim -a\n')],
  ] as readonly (readonly [string, Host])[])('is not seen where it is not: %s', (_, change) => {
    expect(
      volumeOf(host(change))
        .encryption.steps.filter((step) => step.is !== true)
        .map(deciding),
    ).toEqual([]);
  });
});

describe('a payload that rebuilds its server', () => {
  const payload = cloudConfig(
    {
      '/etc/lukko/host.env': `LUKKO_VOLUME_DEVICE=${DEVICE}\n`,
      '/usr/local/lib/lukko/volume': script,
      '/etc/systemd/system/lukko-volume.service': unit,
    },
    [START],
  );
  const rebuild = (command: string, more: object = {}): Host => ({
    server: { lifecycle: { ignore_changes: ['user_data', 'image'] } },
    more: {
      terraform_data: {
        rebuild: {
          input: '${local.payload}',
          triggers_replace: '${sha256(local.payload)}',
          provisioner: [{ 'local-exec': { command } }],
          ...more,
        },
      },
    },
    root: { locals: { payload } },
    payload: '${local.payload}',
  });
  const ours = 'lukko host rebuild ${hcloud_server.host.id}';

  it('is what is judged', () => {
    const facts = factsOf(host(rebuild('lukko host rebuild --server ${hcloud_server.host.id}')));
    expect(facts.volumes.map((volume) => volume.encryption.is)).toEqual([true]);
    expect(facts.servers[0]?.payload.attr.at).toBe('terraform_data.rebuild.input');
  });

  it.each([
    ['a command that is another', rebuild('echo lukko host rebuild ${hcloud_server.host.id}')],
    ['a server that is not named', rebuild('lukko host rebuild --server 1')],
    [
      'a payload whose change triggers nothing',
      rebuild('lukko host rebuild ${hcloud_server.host.id}', { triggers_replace: null }),
    ],
    [
      'a rebuild at destruction only',
      rebuild('', {
        provisioner: [{ 'local-exec': { command: 'lukko host rebuild ${hcloud_server.host.id}', when: 'destroy' } }],
      }),
    ],
    ['a trigger that is no part of the payload', rebuild(ours, { triggers_replace: 'once' })],
    ['a rebuild that a variable switches', rebuild(ours, { count: '${var.some}' })],
    ['ignored changes of the payload', rebuild(ours, { lifecycle: { ignore_changes: ['input'] } })],
    // The server is created with the label of the payload, so that the first rebuild does nothing.
    ['another user_data at the first boot', { ...rebuild(ours), payload: '#cloud-config\npackages: [chrony]\n' }],
    ['a rescue system', { ...rebuild(ours), server: { lifecycle: { ignore_changes: 'all' }, rescue: 'linux64' } }],
  ])('shows nothing with %s', (_, change) => {
    const facts = factsOf(host(change));
    expect(facts.volumes.map((volume) => volume.encryption.is)).toEqual(['unknown']);
    expect(facts.servers[0]?.payload.state).toBe('unknown');
  });
});

it('a reason never holds a secret', () => {
  const run = [START, ['sh', '-c', 'echo aB3xpassword=hunter2secret | /opt/setup --password=hunter2secret']];
  const { encryption } = volumeOf(host({ run }));
  expect(encryption.is).toBe('unknown');
  expect(JSON.stringify(encryption)).not.toContain('hunter2secret');
  expect(JSON.stringify(encryption)).toContain('not followed: setup …');
});
