import { type HostSettings, sshPorts } from '@lukko/facts';
import { cloudConfig, factsOf } from '../sample.ts';

function settingsOf(
  files: Readonly<Record<string, string>>,
  run: readonly (readonly string[])[] = [],
  more = '',
  image = 'debian-13',
): HostSettings {
  const user_data = `${cloudConfig(files, run)}${more}`;
  const facts = factsOf({ resource: { hcloud_server: { a: { image, user_data } } } });
  const [server] = facts.graph.ofType('hcloud_server');
  if (server === undefined) throw new Error('no server');
  return facts.hostSettings(server);
}

it('services a host is told of, by kind', () => {
  const settings = settingsOf(
    {
      '/etc/chrony/chrony.conf': 'server ntp1.hetzner.de iburst\n',
      '/etc/systemd/resolved.conf.d/a.conf': '[Resolve]\nDNS=185.12.64.1\n',
      '/etc/postfix/main.cf': 'relayhost = [mail.example]:587\n',
      '/etc/rsyslog.d/a.conf': '*.* @@logs.example:6514\n',
      '/etc/apt/sources.list.d/a.sources': 'Types: deb\nURIs: https://mirror.example/debian\n',
    },
    [],
    'ntp:\n  servers: [ntp2.hetzner.de]\n',
  );
  const named = (list: HostSettings['clocks']) => list.map(({ host, line }) => `${host} ${line}`);
  expect(named(settings.clocks)).toEqual(['ntp2.hetzner.de 10', 'ntp1.hetzner.de 1']);
  expect(named(settings.resolvers)).toEqual(['185.12.64.1 2']);
  expect(named(settings.mailRelays)).toEqual(['mail.example:587 1']);
  expect(named(settings.logTargets)).toEqual(['logs.example 1']);
  expect(named(settings.packageSources)).toEqual(['https://mirror.example/debian 2']);
  expect(settings.whole).toBe(true);
});

it('sshd, journald and the kernel: the value that counts, where it stands', () => {
  const settings = settingsOf({
    '/etc/ssh/sshd_config.d/10-a.conf': 'PasswordAuthentication no\n',
    '/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\nMaxAuthTries 3\n',
    '/etc/systemd/journald.conf': '[Journal]\nStorage=persistent\nSystemMaxUse=1G\n',
    '/etc/systemd/journald.conf.d/10-a.conf': '[Journal]\nStorage=volatile\n[Other]\nStorage=auto\n',
    '/etc/sysctl.d/10-a.conf': '# c\nkernel/dmesg_restrict = 1\nnet.ipv4.ip_forward=1\n',
    '/etc/sysctl.d/90-b.conf': '-net.ipv4.ip_forward = 0\n',
  });
  const values = (map: HostSettings['sshd']) =>
    Object.fromEntries([...map].map(([key, { value, line }]) => [key, `${value} ${line}`]));
  expect(values(settings.sshd)).toEqual({ passwordauthentication: 'no 1', maxauthtries: '3 3' });
  expect(values(settings.journal)).toEqual({ Storage: 'volatile 2', SystemMaxUse: '1G 3' });
  expect(values(settings.kernel)).toEqual({ 'kernel.dmesg_restrict': '1 2', 'net.ipv4.ip_forward': '0 1' });
});

describe('swap', () => {
  it.each([
    ['nothing turns it on', {}, [], '', true, 'nothing turns swap on'],
    ['memory itself, compressed', {}, [['swapon', '-p', '100', '/dev/zram0']], '', true, 'nothing turns swap on'],
    ['zram alone', {}, [['swapon', '/dev/zram0']], '', true, 'nothing turns swap on'],
    ['a swap file', {}, [['swapon', '/swap.img']], '', false, 'swapon /swap.img'],
    ['a swap file of cloud-init', {}, [], 'swap: {filename: /swap.img, size: 1G}\n', false, 'swapon /swap.img'],
    ['a line of fstab', { '/etc/fstab': '/swap.img none swap sw 0 0\n' }, [], '', false, 'swap on /swap.img'],
    ['a comment of fstab', { '/etc/fstab': '#/swap.img none swap sw 0 0\n' }, [], '', true, 'nothing turns swap on'],
    ['all of it', {}, [['swapon', '-a']], '', false, 'swapon'],
    ['a mount of cloud-init', {}, [], 'mounts:\n  - [/dev/sdb, none, swap, sw]\n', false, 'swapon /dev/sdb'],
    [
      'a package that makes one',
      {},
      [],
      'packages: [dphys-swapfile]\n',
      false,
      'package dphys-swapfile, which makes a swap file',
    ],
    ['a script nobody can read', {}, [['python3', '/x.py']], '', 'unknown', 'nothing turns swap on'],
  ] as const)('%s', (_, files, run, more, is, saw) => {
    const { noSwap } = settingsOf(files, run, more);
    expect([noSwap.is, noSwap.because[0]?.saw]).toEqual([is, saw]);
  });
});

it('what a snapshot brings is not known', () => {
  for (const image of ['123456', '${data.hcloud_image.golden.id}']) {
    const { noSwap, automaticUpdates } = settingsOf({}, [], '', image);
    expect([noSwap.is, noSwap.because.at(-1)?.saw]).toEqual(['unknown', 'an image that is not shown to have no swap']);
    expect(automaticUpdates.is).toBe('unknown');
  }
  expect(settingsOf({}, [['swapon', '/swap.img']], '', '123456').noSwap.is).toBe(false);
});

describe('updates that install themselves', () => {
  const ON = 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n';
  const PACKAGE = 'packages: [unattended-upgrades]\n';
  const at = (text: string) => ({ '/etc/apt/apt.conf.d/90x': text });
  const dropIn = (text: string) => ({ '/etc/systemd/system/apt-daily-upgrade.timer.d/a.conf': text });
  const off = (text: string) => ({ '/etc/apt/apt.conf.d/99y': text });
  const origins = (text: string) => ({
    '/etc/apt/apt.conf.d/50unattended-upgrades': `Unattended-Upgrade::Origins-Pattern {\n  "${text}";\n};\n`,
  });
  it.each([
    ['the package and both steps', at(ON), [], PACKAGE, true],
    ['the package alone, which asks debconf', {}, [], PACKAGE, true],
    ['the package alone, and debconf was told', {}, [['debconf-set-selections', '/x']], PACKAGE, false],
    ['the steps alone', at(ON), [], '', false],
    ['one step alone', at('APT::Periodic::Unattended-Upgrade "1";\n'), [], PACKAGE, false],
    ['one step off', at(ON.replace('Upgrade "1"', 'Upgrade "0"')), [], PACKAGE, false],
    [
      'in a block',
      at('APT::Periodic {\n  Update-Package-Lists "1";\n  Unattended-Upgrade "1";\n};\n'),
      [],
      PACKAGE,
      true,
    ],
    ['off in a block', { ...at(ON), ...off('APT { Periodic { Unattended-Upgrade "0"; }; };\n') }, [], PACKAGE, false],
    [
      'turned off by a later file',
      { ...at(ON), ...off('APT::Periodic::Unattended-Upgrade "0";\n') },
      [],
      PACKAGE,
      false,
    ],
    ['all of it off', { ...at(ON), ...off('apt::periodic::enable "0";\n') }, [], PACKAGE, false],
    ['a comment', at(`/*\n${ON}*/\n# ${ON}`), [['debconf-set-selections', '/x']], PACKAGE, false],
    [
      'a file that apt does not read',
      { '/etc/apt/apt.conf.d/90x.disabled': ON },
      [['debconf-set-selections', '/x']],
      PACKAGE,
      false,
    ],
    [
      'lists that are cleared',
      { ...at(ON), ...off('#clear Unattended-Upgrade::Origins-Pattern;\n') },
      [],
      PACKAGE,
      'unknown',
    ],
    ['no origin of security', { ...at(ON), ...origins('origin=Docker') }, [], PACKAGE, 'unknown'],
    ['origins of security', { ...at(ON), ...origins('origin=Debian,label=Debian-Security') }, [], PACKAGE, true],
    ['a payload that is not read whole', at(ON), [['python3', '/x.py']], PACKAGE, 'unknown'],
    ['installed by a command', at(ON), [['apt-get', 'install', '-y', 'unattended-upgrades']], '', true],
    ['removed again', at(ON), [['apt-get', 'purge', '-y', 'unattended-upgrades']], PACKAGE, false],
    ['its timer is masked', at(ON), [['systemctl', 'mask', 'apt-daily-upgrade.timer']], PACKAGE, false],
    [
      'both timers are disabled',
      at(ON),
      [['systemctl', 'disable', '--now', 'apt-daily.timer', 'apt-daily-upgrade.timer']],
      PACKAGE,
      false,
    ],
    ['all that begins so is masked', at(ON), [['systemctl', 'mask', 'apt-daily*']], PACKAGE, false],
    ['its service is masked', at(ON), [['systemctl', 'mask', 'apt-daily-upgrade']], PACKAGE, false],
    ['masked by a link', at(ON), [['ln', '-sf', '/dev/null', '/etc/systemd/system/apt-daily.timer']], PACKAGE, false],
    [
      'masked, and brought back',
      at(ON),
      [
        ['systemctl', 'mask', 'apt-daily.timer'],
        ['systemctl', 'unmask', 'apt-daily.timer'],
      ],
      PACKAGE,
      true,
    ],
    ['stopped until the next boot', at(ON), [['systemctl', 'stop', 'apt-daily.timer']], PACKAGE, 'unknown'],
    ['another unit is masked', at(ON), [['systemctl', 'mask', 'rpcbind.socket']], PACKAGE, true],
    [
      'a drop-in that takes the times of the timer away',
      { ...at(ON), ...dropIn('[Timer]\nOnCalendar=\n') },
      [],
      PACKAGE,
      'unknown',
    ],
    [
      'a drop-in that names another time',
      { ...at(ON), ...dropIn('[Timer]\nOnCalendar=\nOnCalendar=Sun 3:00\n') },
      [],
      PACKAGE,
      true,
    ],
    [
      'a drop-in that starts something else',
      { ...at(ON), ...dropIn('[Timer]\nUnit=other.service\n') },
      [],
      PACKAGE,
      'unknown',
    ],
  ] as const)('%s', (_, files, run, more, is) => {
    expect(settingsOf(files, run, more).automaticUpdates.is).toBe(is);
  });
});

describe('updates of other distributions', () => {
  const TIMER = ['systemctl', 'enable', '--now', 'dnf-automatic-install.timer'];
  const PLAIN = ['systemctl', 'enable', '--now', 'dnf-automatic.timer'];
  const APPLY = { '/etc/dnf/automatic.conf': '[commands]\napply_updates = yes\n' };
  it.each([
    ['an image of Ubuntu', 'ubuntu-24.04', {}, [], '', 'unknown'],
    ['an image of Debian', 'debian-13', {}, [], '', false],
    ['nothing', 'rocky-9', {}, [], '', false],
    ['the package of another distribution', 'rocky-9', {}, [], 'packages: [unattended-upgrades]\n', false],
    ['the timer that installs', 'rocky-9', {}, [TIMER], 'packages: [dnf-automatic]\n', true],
    ['the timer that downloads', 'rocky-9', {}, [PLAIN], 'packages: [dnf-automatic]\n', false],
    ['told to install', 'alma-9', APPLY, [PLAIN], 'packages: [dnf-automatic]\n', true],
    ['no timer', 'fedora-42', APPLY, [], 'packages: [dnf-automatic]\n', false],
  ] as const)('%s', (_, image, files, run, more, is) => {
    expect(settingsOf(files, run, more, image).automaticUpdates.is).toBe(is);
  });
});

it.each([
  ['Port, each of them', '/etc/ssh/sshd_config.d/a.conf', 'Port 22\n# Port 1\nPort=443\n', ['22', '443']],
  [
    'ListenAddress',
    '/etc/ssh/sshd_config',
    'ListenAddress 0.0.0.0:80\nlistenaddress [::]:8022\nListenAddress ::\n',
    ['80', '8022'],
  ],
  [
    'a socket',
    '/etc/systemd/system/ssh.socket.d/a.conf',
    '[Socket]\nListenStream=\nListenStream=0.0.0.0:443\nListenStream=2022\n',
    ['443', '2022'],
  ],
  ['nothing', '/etc/ssh/sshd_config', 'PasswordAuthentication no\n', []],
  ['another file', '/etc/other.conf', 'Port 443\n', []],
] as const)('ports on which sshd listens: %s', (_, file, text, ports) => {
  expect(sshPorts(settingsOf({ [file]: text }).payload).map(({ value }) => value)).toEqual(ports);
});
