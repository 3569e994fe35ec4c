import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deciding, volumeOf } from './encrypted-volume.ts';
import { cloudConfig, DEVICE, factsOf, host } from './sample.ts';

const jwe = (name: string) => readFileSync(join(__dirname, '../../fixtures/clevis', `${name}.jwe`), 'utf8');
const judged = (payload: string, more: Parameters<typeof host>[0] = {}) =>
  volumeOf(host({ payload, ...more })).encryption;
/** The verdict, and the first step that is not shown. */
const verdict = (payload: string, more: Parameters<typeof host>[0] = {}) => {
  const { is, steps } = judged(payload, more);
  const open = steps.find((step) => step.is !== true);
  return open === undefined ? String(is) : `${is} | ${deciding(open)}`;
};

describe('cryptsetup straight from runcmd', () => {
  const commands = (format: string) => [
    ['sh', '-c', 'head -c 64 /dev/urandom >/run/key'],
    ['sh', '-c', format],
    ['cryptsetup', 'open', '--key-file', '/run/key', DEVICE, 'data'],
    ['mkfs.ext4', '/dev/mapper/data'],
    ['mount', '/dev/mapper/data', '/srv/data'],
  ];
  it.each([
    ['this volume', `cryptsetup -q luksFormat --key-file /run/key ${DEVICE}`, /^true$/],
    [
      'another volume',
      'cryptsetup -q luksFormat --key-file /run/key /dev/disk/by-id/scsi-0HC_Volume_4711',
      /^false \| false LUKS is set up/,
    ],
    [
      'a device by its order',
      'cryptsetup -q luksFormat --key-file /run/key /dev/sdb',
      /^unknown \| unknown LUKS is set up/,
    ],
  ])('%s', (_, format, expected) => {
    expect(verdict(cloudConfig({}, commands(format)))).toMatch(expected);
  });

  it('a partition of it, but not when another partition stays plain', () => {
    const format = `cryptsetup -q luksFormat --key-file /run/key ${DEVICE}-part1`;
    const [make, , , ...rest] = commands(format);
    const steps = [
      ['sgdisk', '-n', '1:0:0', DEVICE],
      make ?? [],
      ['sh', '-c', format],
      ['cryptsetup', 'open', '--key-file', '/run/key', `${DEVICE}-part1`, 'data'],
      ...rest,
    ];
    expect(verdict(cloudConfig({}, steps))).toBe('true');
    expect(verdict(cloudConfig({}, [...steps, ['mkfs.ext4', `${DEVICE}-part2`]]))).toMatch(
      /nothing writes to it in plain/,
    );
  });
});

describe('disk_setup and fs_setup of cloud-init', () => {
  const config = ({
    fs = '/dev/mapper/data',
    cmd = '',
    key = 'head -c 64 /dev/urandom >/run/key',
  } = {}) => `#cloud-config
bootcmd:
  - ${key}
  - [sgdisk, -n, '1:0:0', '${DEVICE}']
  - cryptsetup -q luksFormat --key-file /run/key ${DEVICE}-part1
  - cryptsetup open --key-file /run/key ${DEVICE}-part1 data
disk_setup:
  ${DEVICE}:
    table_type: gpt
    layout: true
    overwrite: false
fs_setup:
  - label: data
    filesystem: ext4
    device: ${fs}
${cmd}mounts:
  - [/dev/mapper/data, /srv/data, ext4, 'defaults,nofail']
`;
  it('a file system inside LUKS', () => expect(verdict(config())).toBe('true'));
  it('a file system on the bare device', () =>
    expect(verdict(config({ fs: DEVICE }))).toMatch(/^false \| false nothing writes to it in plain: .*mkfs\.ext4/));
  it('a key of the payload', () =>
    expect(verdict(config({ key: 'echo secret >/run/key' }))).toMatch(/^false \| false nobody else knows its keys/));
  it('a command of its own, with the keys of the entry filled in', () => {
    expect(verdict(config({ cmd: "    cmd: 'mkfs -t %(filesystem)s %(device)s'\n" }))).toBe('true');
    expect(verdict(config({ fs: DEVICE, cmd: "    cmd: [mkfs, -t, '%(filesystem)s', '%(device)s']\n" }))).toMatch(
      /in plain/,
    );
  });
});

describe('crypttab', () => {
  const mount = '/dev/mapper/data /srv/data ext4 defaults,nofail,_netdev 0 2\n';
  const files = (line: string, more: Record<string, string> = {}) => ({
    '/etc/crypttab': `${line}\n`,
    '/etc/fstab': mount,
    ...more,
  });
  const uuid = '0b5f2b1e-7d1a-4c3d-9c80-2a6a4ac8c9d1';
  const formats = (options: string) => [
    ['sh', '-c', 'head -c 64 /dev/urandom >/run/key'],
    ['sh', '-c', `cryptsetup -q luksFormat ${options} --key-file /run/key ${DEVICE}`],
    ['clevis', 'luks', 'bind', '-y', '-k', '/run/key', '-d', DEVICE, 'tang', '{"url":"http://192.0.2.10"}'],
  ];
  it.each([
    ['by its path', DEVICE, '', /^true$/],
    ['by the UUID it was given', `UUID=${uuid}`, `--uuid ${uuid}`, /^true$/],
    ['by the label it was given', 'LABEL=lukko', '--label lukko', /^true$/],
    [
      'by another UUID',
      'UUID=11111111-7d1a-4c3d-9c80-2a6a4ac8c9d1',
      `--uuid ${uuid}`,
      /^unknown \| unknown it is opened/,
    ],
  ])('%s, with a token that Tang opens', (_, device, options, expected) => {
    expect(verdict(cloudConfig(files(`data ${device} none luks,_netdev`), formats(options)))).toMatch(expected);
  });
  it('alone: who set it up is not shown', () => {
    expect(verdict(cloudConfig(files(`data ${DEVICE} none luks,_netdev`)))).toMatch(
      /^unknown \| unknown LUKS is set up on it: .*opened as LUKS, but who set it up/,
    );
  });
  it('of another volume', () => {
    expect(verdict(cloudConfig(files('data /dev/disk/by-id/scsi-0HC_Volume_4711 none luks')))).toMatch(/^false/);
  });
  it('without LUKS', () => {
    expect(verdict(cloudConfig(files(`data ${DEVICE} /dev/urandom plain,tmp`)))).toMatch(/in plain|^false/);
  });
});

describe('a key that comes over the network', () => {
  const with_ = (name: string, open = 'clevis decrypt </etc/lukko/key.jwe >/run/key') =>
    verdict(
      cloudConfig({ '/etc/lukko/key.jwe': jwe(name) }, [
        ['sh', '-c', open],
        ['sh', '-c', `cryptsetup -q luksFormat --key-file /run/key ${DEVICE}`],
        ['cryptsetup', 'open', '--key-file', '/run/key', DEVICE, 'data'],
        ['mount', '/dev/mapper/data', '/srv/data'],
      ]),
    );
  it.each([
    ['tang', /^true$/],
    ['sss', /^true$/],
    ['null', /^false \| .*sealed by clevis to nobody/],
    ['mixed', /^false \| .*sealed by clevis to nobody/],
  ])('sealed by clevis: %s', (name, expected) => expect(with_(name)).toMatch(expected));
  it('by a pipe', () => expect(with_('tang', 'cat /etc/lukko/key.jwe | clevis decrypt >/run/key')).toBe('true'));
  it('not when something is added that others know', () =>
    expect(with_('tang', 'echo x | clevis decrypt >/run/key')).toMatch(/^unknown/));
  it('not when it is fetched from anywhere', () =>
    expect(with_('tang', 'curl https://keys.example/key >/run/key')).toMatch(/^unknown/));
});

describe('a volume that stands elsewhere', () => {
  const payload = (device: string) =>
    cloudConfig({}, [
      ['sh', '-c', 'head -c 64 /dev/urandom >/run/key'],
      ['sh', '-c', `cryptsetup isLuks ${device} || cryptsetup -q luksFormat --key-file /run/key ${device}`],
      ['cryptsetup', 'open', '--key-file', '/run/key', device, 'data'],
      ['mount', '/dev/mapper/data', '/srv/data'],
    ]);
  const root = (device: string) => ({
    data: { hcloud_volume: { old: { name: 'old' } } },
    resource: {
      hcloud_server: { host: { name: 'host', location: 'hel1', user_data: payload(device) } },
      hcloud_volume_attachment: {
        old: { volume_id: '${data.hcloud_volume.old.id}', server_id: '${hcloud_server.host.id}' },
      },
    },
  });
  it.each([
    ['${data.hcloud_volume.old.linux_device}', true],
    ['/dev/disk/by-id/scsi-0HC_Volume_${data.hcloud_volume.old.id}', true],
    ['/dev/disk/by-id/scsi-0HC_Volume_4711', false],
  ])('%s', (device, is) => {
    const [volume] = factsOf(root(device)).volumes;
    expect(volume?.resource.id).toContain('data.hcloud_volume.old');
    expect(volume?.encryption.is).toBe(is);
  });
});
