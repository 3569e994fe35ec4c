import { rule } from '@lukko/policy-engine';
import { hiddenSetUp, setUp, stated } from './shared/host-setup.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const periodic = (value: 0 | 1): Record<string, string> => ({
  '/etc/apt/apt.conf.d/20auto-upgrades': `APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "${value}";\n`,
});
const upgrades = 'packages: [unattended-upgrades]\n';

export const hostsUpdateThemselves = rule({
  id: 'hosts-update-themselves',
  title: 'Hosts install security updates by themselves',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.8', 'ISO27001:2022/A.8.19', 'NIS2/21(2)(e)'],
  rationale:
    'Between the day a hole is known and the day somebody gets round to it lies the time in which it is used. unattended-upgrades closes it every day, as long as both periodic steps of apt are switched on, as the package does by itself, and nothing stops the timers that take them. On Fedora and its kin dnf-automatic does the same.',
  remediation:
    'Install unattended-upgrades, leave both APT::Periodic steps at "1" and the timers apt-daily and apt-daily-upgrade on',
  sources: [
    'https://wiki.debian.org/UnattendedUpgrades',
    'https://sources.debian.org/src/unattended-upgrades/2.9.1%2Bnmu3/debian/postinst/',
    'https://help.ubuntu.com/community/AutomaticSecurityUpdates',
    'https://dnf.readthedocs.io/en/latest/automatic.html',
  ],
  appliesTo: ['server'],
  check: (host, facts) => stated(host, facts.hostSettings(host.resource).automaticUpdates),
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to install security updates by itself`)
      : fit(`${addressOf(resource)} installs no security updates by itself: ${truth.because[0]?.saw}`),
  examples: [
    { name: 'the package, and both steps', verdict: 'pass', terraform: setUp(periodic(1), [], upgrades) },
    {
      name: 'the package, and the step that installs is off',
      verdict: 'fail',
      terraform: setUp(periodic(0), [], upgrades),
    },
    {
      name: 'the package and both steps, and the timer that starts them is masked',
      verdict: 'fail',
      terraform: setUp(periodic(1), [['systemctl', 'mask', 'apt-daily-upgrade.timer']], upgrades),
    },
    {
      name: 'the package alone, which turns both steps on when it is installed',
      verdict: 'pass',
      terraform: setUp({}, [], upgrades),
    },
    { name: 'nothing that updates', verdict: 'fail', terraform: setUp({}, [['systemctl', 'daemon-reload']]) },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
