import { deciding, volumeOf, withScript } from './encrypted-volume.ts';
import { DEVICE, type Host, host, START, script } from './sample.ts';

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
    ['luksFormat that only looks at its words', withScript(script.replace(format, `${format} --test-args`)), false],
    ['a link before cryptsetup', later('ln -sf /bin/true /usr/local/sbin/cryptsetup'), 'unknown'],
    ['a link in the folder before it', later('ln -s /opt/x/cryptsetup /usr/local/sbin/'), 'unknown'],
    ['a copy in the place of clevis', later('cp /bin/true /usr/bin/clevis'), 'unknown'],
    ['a script written there', later("echo 'exit 0' >/usr/local/bin/mount"), 'unknown'],
    ['a diversion', later('dpkg-divert --rename --add /usr/sbin/cryptsetup'), 'unknown'],
    ['a program taken away', later('rm /usr/sbin/cryptsetup'), 'unknown'],
    ['a program copied from its place', later('cp /usr/sbin/cryptsetup /root/'), true],
    ['another program', later('ln -s /opt/x/tool /usr/local/bin/tool'), true],
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
    ['a copy onto the disk', followedBy(`dd if=/etc/passwd of=${DEVICE}`), 'unknown'],
    ['a copy onto a disk by its kernel name', followedBy('dd if=/etc/passwd of=/dev/sdb'), 'unknown'],
    ['a line onto the disk', followedBy(`echo a > ${DEVICE}`), false],
    ['a line onto a disk by its kernel name', followedBy('echo a > /dev/sdb'), 'unknown'],
    ['xargs', followedBy('echo "$X" | xargs mkfs.ext4'), 'unknown'],
    ['find -exec', followedBy('find /dev/disk -name "*Volume*" -exec mkfs.ext4 {} \\;'), 'unknown'],
    ['awk that starts programs', followedBy(`awk 'BEGIN { system("mkfs.ext4 /dev/sdb") }'`), 'unknown'],
    ['at', followedBy('echo "mkfs.ext4 /dev/sdb" | at now'), 'unknown'],
    ['an alias', withScript(script.replace('set -eu', 'alias mount=true')), 'unknown'],
    ['a search path of its own', withScript(script.replace('set -eu', 'PATH=/opt/bin:/usr/bin')), 'unknown'],
    ['a search path before the usual one', withScript(script.replace('set -eu', 'PATH=/opt/bin:$PATH')), 'unknown'],
    ['a search path after the usual one', withScript(script.replace('set -eu', 'PATH=$PATH:/opt/bin')), true],
    ['a search path that is not determined', withScript(script.replace('set -eu', 'PATH=$HOME/bin:$PATH')), 'unknown'],
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
    ['a provisioner of the server', { server: { provisioner: [{ 'remote-exec': { inline: ['true'] } }] } }, 'unknown'],
    [
      'a provisioner that names the server',
      {
        more: {
          terraform_data: {
            x: {
              input: '${hcloud_server.host.id}',
              provisioner: [{ 'local-exec': { command: 'ansible-playbook a.yml' } }],
            },
          },
        },
      },
      'unknown',
    ],
    [
      'a provisioner that connects to nobody knows whom',
      {
        more: {
          terraform_data: {
            x: {
              provisioner: [
                { 'remote-exec': { inline: ['true'], connection: { host: '${hcloud_server.host.ipv4_address}' } } },
              ],
            },
          },
        },
      },
      'unknown',
    ],
    [
      'a provisioner that runs when it is destroyed',
      { server: { provisioner: [{ 'local-exec': { when: 'destroy', command: 'true' } }] } },
      true,
    ],
    [
      'a provisioner beside it',
      { more: { terraform_data: { x: { provisioner: [{ 'local-exec': { command: 'true' } }] } } } },
      true,
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

it('a reason never holds a secret', () => {
  const run = [START, ['sh', '-c', 'echo aB3xpassword=hunter2secret | /opt/setup --password=hunter2secret']];
  const { encryption } = volumeOf(host({ run }));
  expect(encryption.is).toBe('unknown');
  expect(JSON.stringify(encryption)).not.toContain('hunter2secret');
  expect(JSON.stringify(encryption)).toContain('not followed: setup …');
});
