import { type HostSettings, sshPorts } from '@lukko/facts';
import { cloudConfig, factsOf } from '../sample.ts';

function settingsOf(
  files: Readonly<Record<string, string>>,
  run: readonly (readonly string[])[] = [],
  more = '',
): HostSettings {
  const facts = factsOf({ resource: { hcloud_server: { a: { user_data: `${cloudConfig(files, run)}${more}` } } } });
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
    '/etc/ssh/sshd_config': 'PasswordAuthentication yes\nMaxAuthTries 3\n',
    '/etc/systemd/journald.conf': '[Journal]\nStorage=persistent\nSystemMaxUse=1G\n',
    '/etc/systemd/journald.conf.d/10-a.conf': '[Journal]\nStorage=volatile\n[Other]\nStorage=auto\n',
    '/etc/sysctl.d/10-a.conf': '# c\nkernel/dmesg_restrict = 1\nnet.ipv4.ip_forward=1\n',
    '/etc/sysctl.d/90-b.conf': '-net.ipv4.ip_forward = 0\n',
  });
  const values = (map: HostSettings['sshd']) =>
    Object.fromEntries([...map].map(([key, { value, line }]) => [key, `${value} ${line}`]));
  expect(values(settings.sshd)).toEqual({ passwordauthentication: 'no 1', maxauthtries: '3 2' });
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
    ['a script nobody can read', {}, [['python3', '/x.py']], '', 'unknown', 'nothing turns swap on'],
  ] as const)('%s', (_, files, run, more, is, saw) => {
    const { noSwap } = settingsOf(files, run, more);
    expect([noSwap.is, noSwap.because[0]?.saw]).toEqual([is, saw]);
  });
});

describe('updates that install themselves', () => {
  const ON = 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n';
  const PACKAGE = 'packages: [unattended-upgrades]\n';
  const at = (text: string) => ({ '/etc/apt/apt.conf.d/90x': text });
  it.each([
    ['the package and both steps', at(ON), [], PACKAGE, true],
    ['the package alone', {}, [], PACKAGE, false],
    ['the steps alone', at(ON), [], '', false],
    ['one step off', at(ON.replace('Upgrade "1"', 'Upgrade "0"')), [], PACKAGE, false],
    [
      'turned off by a later file',
      { ...at(ON), '/etc/apt/apt.conf.d/99y': 'APT::Periodic::Unattended-Upgrade "0";\n' },
      [],
      PACKAGE,
      false,
    ],
    ['a payload that is not read whole', at(ON), [['python3', '/x.py']], PACKAGE, 'unknown'],
    ['installed by a command', at(ON), [['apt-get', 'install', '-y', 'unattended-upgrades']], '', true],
  ] as const)('%s', (_, files, run, more, is) => {
    expect(settingsOf(files, run, more).automaticUpdates.is).toBe(is);
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
