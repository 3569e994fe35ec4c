import { cloudConfig, DEVICE, factsOf, type Host, host, mountUnit, quadlet, START, script, unit } from './sample.ts';

function pathsOf(change: Host) {
  const [server] = factsOf(host(change)).servers;
  return (server?.dataPaths ?? []).map(({ path, service, encrypted }) => `${path} ${service} ${encrypted.is}`);
}
const container = (text: string): Host => ({ files: { '/etc/containers/systemd/logs.container': text } });
const waiting = '[Unit]\nRequiresMountsFor=/srv/lukko\n';

it.each([
  ['below the mount, waiting', {}, ['/srv/lukko/logs logs.container true']],
  [
    'beside the mount',
    container(quadlet.replace('/srv/lukko/logs:', '/srv/lukko-logs:')),
    ['/srv/lukko-logs logs.container false'],
  ],
  [
    'out of the mount by ..',
    container(quadlet.replace('/srv/lukko/logs:', '/srv/lukko/../logs:')),
    ['/srv/lukko/../logs logs.container false'],
  ],
  [
    'not waiting',
    container(quadlet.replace('RequiresMountsFor=/srv/lukko', 'After=network.target')),
    ['/srv/lukko/logs logs.container false'],
  ],
  [
    'waiting for a mount that systemd does not know',
    { files: { '/etc/systemd/system/srv-lukko.mount': '' } },
    ['/srv/lukko/logs logs.container false'],
  ],
  [
    'waiting for the mount of another directory',
    { files: { '/etc/systemd/system/srv-lukko.mount': mountUnit.replace('Where=/srv/lukko', 'Where=/srv') } },
    ['/srv/lukko/logs logs.container false'],
  ],
  [
    'waiting for a line of fstab',
    {
      files: {
        '/etc/systemd/system/srv-lukko.mount': '',
        '/etc/fstab': '/dev/mapper/lukko-data /srv/lukko/ ext4 noauto 0 2\n',
      },
    },
    ['/srv/lukko/logs logs.container true'],
  ],
  [
    'waiting for the unit that mounts',
    container(
      quadlet.replace('RequiresMountsFor=/srv/lukko', 'Requires=lukko-volume.service\nAfter=lukko-volume.service'),
    ),
    ['/srv/lukko/logs logs.container true'],
  ],
  [
    'requiring it without order',
    container(quadlet.replace('RequiresMountsFor=/srv/lukko', 'Requires=lukko-volume.service')),
    ['/srv/lukko/logs logs.container false'],
  ],
  [
    'requiring a unit that mounts nothing',
    container(quadlet.replace('RequiresMountsFor=/srv/lukko', 'Requires=x.service\nAfter=x.service')),
    ['/srv/lukko/logs logs.container false'],
  ],
  [
    'on a volume that is not encrypted',
    { ...container(quadlet), volume: { format: 'ext4' } },
    ['/srv/lukko/logs logs.container false'],
  ],
  [
    'on a volume whose format nobody knows',
    { volume: { format: '${var.x}' }, root: { variable: { x: {} } } },
    ['/srv/lukko/logs logs.container unknown'],
  ],
  [
    'on a volume that is perhaps attached',
    { attachment: { volume_id: '${var.x}' }, root: { variable: { x: {} } } },
    ['/srv/lukko/logs logs.container unknown'],
  ],
  [
    'without a mount at all',
    { files: { '/usr/local/lib/lukko/volume': script.replace(/mountpoint.*\n/, '') } },
    ['/srv/lukko/logs logs.container false'],
  ],
  [
    'in podman’s own storage',
    container(quadlet.replace('/srv/lukko/logs:', 'logs:')),
    ['/var/lib/containers/storage logs.container false'],
  ],
  [
    'in podman’s storage on the volume',
    {
      files: {
        '/etc/containers/systemd/logs.container': quadlet.replace('/srv/lukko/logs:', 'logs:'),
        '/etc/containers/storage.conf': '[storage]\ngraphroot = "/srv/lukko/containers"\n',
      },
    },
    ['/srv/lukko/containers logs.container true'],
  ],
  [
    'read-only, or in memory',
    container(
      quadlet.replace('/srv/lukko/logs:/data', '/etc/x:/etc/x:ro\nVolume=/run/x:/run/x\nVolume=/srv/lukko/logs:/data'),
    ),
    ['/srv/lukko/logs logs.container true'],
  ],
  [
    'inside the container',
    container(`${waiting}[Container]\nImage=r.example/postgres:17\n`),
    ['/var/lib/containers/storage logs.container false'],
  ],
  [
    'a host path nobody knows',
    container(quadlet.replace('/srv/lukko/logs:', '${var.x}:')),
    ['${var.x} logs.container unknown'],
  ],
] as readonly (readonly [string, Host, string[]])[])('%s', (_, change, expected) => {
  expect(pathsOf({ root: { variable: { x: {} } }, ...change })).toEqual(expected);
});

it('services of units and packages keep data too', () => {
  const unit = (exec: string) => `${waiting}[Service]\nExecStart=${exec}\n[Install]\nWantedBy=multi-user.target\n`;
  const files = {
    '/etc/containers/systemd/logs.container': '',
    '/etc/systemd/system/restic.service': unit(
      '/usr/bin/rclone serve restic --append-only --addr 127.0.0.1:1 /srv/lukko/restic',
    ),
    '/etc/systemd/system/logs.service': unit('/usr/bin/victoria-logs-prod -storageDataPath=/var/logs'),
  };
  const run = [
    START,
    ['apt-get', 'install', '-y', 'postgresql'],
    ['systemctl', 'enable', '--now', 'restic.service'],
    ['systemctl', 'enable', '--now', 'logs.service'],
  ];
  expect(pathsOf({ files, run })).toEqual([
    '/srv/lukko/restic restic.service true',
    '/var/logs logs.service false',
    '/var/lib/postgresql postgresql false',
  ]);
});

it('a compose file keeps data where its volumes lie', () => {
  const compose =
    'services:\n  db:\n    image: r.example/postgres:17\n    volumes:\n      - /srv/lukko/db:/var/lib/postgresql\n      - {type: volume, source: v, target: /x}\n';
  expect(pathsOf({ files: { '/etc/containers/systemd/logs.container': '', '/opt/compose.yaml': compose } })).toEqual([
    '/srv/lukko/db db.compose false',
    '/var/lib/containers/storage db.compose false',
  ]);
});

it.each([
  [
    'a bind mount between',
    ['mount', '--bind', '/var/plain', '/srv/lukko/logs'],
    '/srv/lukko/logs logs.container false',
  ],
  ['a disk between', ['mount', '/dev/sda5', '/srv/lukko/logs/'], '/srv/lukko/logs logs.container false'],
  ['memory between', ['mount', '-t', 'tmpfs', 'tmpfs', '/srv/lukko/logs'], '/srv/lukko/logs logs.container true'],
  ['a link that leads away', ['ln', '-s', '/var/plain', '/srv/lukko/logs'], '/srv/lukko/logs logs.container false'],
] as const)('what lies between the volume and the directory: %s', (_, command, expected) => {
  expect(pathsOf({ run: [START, command] })).toEqual([expected]);
});

it('a directory that shows one of the volume lies on the volume', () => {
  const files = { '/etc/containers/systemd/logs.container': quadlet.replace('/srv/lukko/logs:', '/var/logs:') };
  expect(pathsOf({ files })).toEqual(['/var/logs logs.container false']);
  const run = [START, ['mount', '--bind', '/srv/lukko/logs', '/var/logs']];
  expect(pathsOf({ files, run })).toEqual(['/var/logs logs.container true']);
});

it('a link of tmpfiles.d leads away too', () => {
  const files = { '/etc/tmpfiles.d/x.conf': 'L+ /srv/lukko/logs - - - - /var/plain\n' };
  expect(pathsOf({ files })).toEqual(['/srv/lukko/logs logs.container false']);
});

it('a swap file keeps memory on the root disk', () => {
  expect(pathsOf({ run: [START, ['swapon', '/swap.img']] })).toContain('/swap.img swap false');
});

it('a mount that cloud-init writes into fstab is one systemd knows', () => {
  const files = {
    '/etc/lukko/host.env': `LUKKO_VOLUME_DEVICE=${DEVICE}\n`,
    '/usr/local/lib/lukko/volume': script,
    '/etc/systemd/system/lukko-volume.service': unit,
    '/etc/containers/systemd/logs.container': quadlet,
  };
  const mounts = 'mounts:\n  - [/dev/mapper/lukko-data, /srv/lukko, ext4, "noauto", "0", "2"]\n';
  expect(pathsOf({ payload: `${cloudConfig(files, [START])}${mounts}` })).toEqual([
    '/srv/lukko/logs logs.container true',
  ]);
  expect(pathsOf({ payload: cloudConfig(files, [START]) })).toEqual(['/srv/lukko/logs logs.container false']);
});

it('says what is missing for RequiresMountsFor=', () => {
  const [server] = factsOf(host({ files: { '/etc/systemd/system/srv-lukko.mount': '' } })).servers;
  const step = server?.dataPaths[0]?.encrypted.steps.find((each) => each.is === false);
  expect(step?.because[0]?.saw).toBe(
    'RequiresMountsFor=/srv/lukko, but no mount unit or line of fstab is for /srv/lukko',
  );
});
