import fc from 'fast-check';
import { isTalos, readTalos } from '../../../packages/facts/src/payload/talos.ts';
import { diskOf } from '../../../packages/facts/src/payload/talos-disk.ts';
import { deciding, volumeOf } from './encrypted-volume.ts';
import { DEVICE, factsOf, host } from './sample.ts';

const machine =
  'version: v1alpha1\nmachine:\n  type: worker\n  time:\n    servers: [ntp1.hetzner.de]\ncluster:\n  clusterName: lukko\n';
const KMS = '    - slot: 0\n      kms:\n        endpoint: https://kms.lukko.example:4050\n';
const volume = ({
  match = `'"${DEVICE}" in disk.symlinks'`,
  keys = KMS,
  encryption = true,
  kind = 'UserVolumeConfig',
  name = 'data',
} = {}) =>
  `---
apiVersion: v1alpha1
kind: ${kind}
name: ${name}
provisioning:
  diskSelector:
    match: ${match}
  minSize: 10GiB
${encryption ? `encryption:\n  provider: luks2\n  keys:\n${keys}` : ''}`;
const TALOS = {
  server: { image: '${data.hcloud_image.talos.id}' },
  root: { data: { hcloud_image: { talos: { with_selector: 'os=talos' } } } },
};
const verdict = (text: string, more: Parameters<typeof host>[0] = {}) => {
  const { is, steps } = volumeOf(
    host({
      payload: machine + text,
      ...TALOS,
      ...more,
      server: { ...TALOS.server, ...more.server, user_data: machine + text },
    }),
  ).encryption;
  const open = steps.find((step) => step.is !== true);
  return open === undefined ? String(is) : `${is} | ${deciding(open)}`;
};
const keys = (key: string) => verdict(volume({ keys: `    - slot: 0\n      ${key}\n` }));

describe('volumes of Talos', () => {
  it('with a key that a KMS seals', () => {
    expect(verdict(volume())).toBe('true');
    expect(volumeOf(host({ payload: machine + volume(), ...TALOS })).mount).toBe('/var/mnt/data');
  });

  it.each([
    [
      'static',
      'static: {passphrase: secret}',
      /^false \| false nobody else knows its keys: .*a static passphrase, which stands in user_data/,
    ],
    ['nodeID', 'nodeID: {}', /^false \| false nobody else knows its keys: .*the UUID of the machine/],
    ['tpm', 'tpm: {}', /^unknown \| unknown nobody else knows its keys: .*TPM/],
    ['kms without TLS', 'kms: {endpoint: grpc://192.0.2.7:4050}', /^unknown \| unknown nobody else knows its keys/],
    ['of a kind nobody knows', 'vault: {}', /^unknown/],
  ])('a key of the kind %s', (_, key, expected) => expect(keys(key)).toMatch(expected));

  it('a good key beside one that others know', () => {
    expect(verdict(volume({ keys: `${KMS}    - slot: 1\n      static: {passphrase: secret}\n` }))).toMatch(/^false/);
  });

  it('never tells the passphrase', () => {
    expect(keys('static: {passphrase: correct-horse}')).not.toContain('correct-horse');
  });

  it.each([
    ['without encryption', volume({ encryption: false }), /^false/],
    [
      'another device',
      volume({ match: `'"/dev/disk/by-id/scsi-0HC_Volume_4711" in disk.symlinks'` }),
      /^false \| false LUKS is set up on it/,
    ],
    ['any disk but the system’s', volume({ match: "'!system_disk'" }), /^unknown/],
    ['one of two', volume({ match: `'"${DEVICE}" in disk.symlinks || disk.transport == "scsi"'` }), /^unknown/],
    ['the disk of the system', volume({ match: 'system_disk' }), /^false \| false LUKS is set up on it/],
    ['raw, for a driver', volume({ kind: 'RawVolumeConfig', encryption: false }), /^(false|unknown)/],
    [
      'one that is there already',
      volume({ kind: 'ExistingVolumeConfig' })
        .replace('provisioning', 'discovery')
        .replace('diskSelector', 'volumeSelector'),
      /^false/,
    ],
    [
      'machine.disks',
      `machine:\n  disks:\n    - device: ${DEVICE}\n      partitions: [{mountpoint: /var/mnt/data}]\n`,
      /^unknown|^false/,
    ],
    ['the volume of the workloads', volume({ kind: 'VolumeConfig', name: 'EPHEMERAL' }), /^true$/],
  ])('%s', (_, text, expected) => expect(verdict(text)).toMatch(expected));

  it('systemDiskEncryption counts for a volume of the system that lies there', () => {
    const system = machine.replace(
      'machine:\n',
      `machine:\n  systemDiskEncryption:\n    ephemeral:\n      provider: luks2\n      keys:\n${KMS.replaceAll(/^/gm, '    ')}`,
    );
    const text = `${system.trimEnd()}\n${volume({ kind: 'VolumeConfig', name: 'EPHEMERAL', encryption: false })}`;
    const { encryption } = volumeOf(host({ payload: text, ...TALOS }));
    expect(encryption.steps.map(deciding)).toMatchSnapshot();
    expect(encryption.is).toBe(true);
  });

  it('a plain machine.disks of this very volume', () => {
    const text = machine.replace(
      '  type: worker\n',
      `  type: worker\n  disks:\n    - device: ${DEVICE}\n      partitions:\n        - mountpoint: /var/mnt/data\n`,
    );
    const { encryption } = volumeOf(host({ payload: text, ...TALOS }));
    expect(encryption.is).toBe(false);
    expect(encryption.steps.find((step) => step.claim.startsWith('nothing writes'))?.is).toBe(false);
  });

  it('on an image that is not Talos nothing runs it', () => {
    expect(verdict(volume(), { server: { image: 'debian-13' } })).toMatch(
      /^unknown .*the image debian-13 does not run/,
    );
  });

  it('on another server', () => {
    const root = host({
      payload: machine + volume(),
      ...TALOS,
      attachment: { server_id: '${hcloud_server.other.id}' },
      more: {
        hcloud_server: {
          host: { name: 'host', location: 'hel1', user_data: machine + volume() },
          other: { name: 'other', location: 'hel1', user_data: machine },
        },
      },
    });
    expect(volumeOf(root).encryption.is).toBe(false);
  });

  it('names the hosts it asks', () => {
    const { hosts } = factsOf(host({ payload: machine + volume(), ...TALOS }));
    expect(hosts.map(({ host: name, position }) => `${position} ${name}`)).toEqual(
      expect.arrayContaining(['URL kms.lukko.example', 'clock ntp1.hetzner.de']),
    );
  });
});

describe('diskOf', () => {
  it.each([
    ['"/dev/x" in disk.symlinks', '/dev/x'],
    ["'/dev/x' in disk.symlinks && !system_disk", '/dev/x'],
    ['disk.symlinks.exists(s, s == "/dev/x")', '/dev/x'],
    ['disk.dev_path == "/dev/sdb"', '/dev/sdb'],
    ['!("/dev/x" in disk.symlinks)', undefined],
    ['"/dev/x" in disk.symlinks && "/dev/y" in disk.symlinks', undefined],
    ['disk.symlinks.exists(s, t == "/dev/x")', undefined],
    ['disk.size > 10u * GB', undefined],
  ])('%s', (selector, device) => expect(diskOf(selector)).toBe(device));
});

test('whatever stands there, it is read without failing', () => {
  const piece = fc.constantFrom(
    '---\n',
    'kind: UserVolumeConfig\n',
    'encryption:\n',
    '  keys:\n',
    '  - static: {passphrase: a}\n',
    'machine:\n',
    '  disks: [1]\n',
    ': ',
    '"',
    '\u{e000}',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 20 }), (parts) => {
      const text = `version: v1alpha1\nmachine: {}\n${parts.join('')}`;
      expect(isTalos(text)).toBe(true);
      const read = readTalos(text, [], 'x');
      expect(read.unread.length).toBeGreaterThan(0);
      expect(read.commands?.every(({ declared }) => declared !== undefined)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
