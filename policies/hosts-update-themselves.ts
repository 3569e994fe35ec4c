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
    'Between the day a hole is known and the day somebody gets round to it lies the time in which it is used. unattended-upgrades closes it every day, and only where both periodic steps of apt are switched on.',
  remediation: 'Install unattended-upgrades and set both APT::Periodic steps to "1"',
  sources: ['https://wiki.debian.org/UnattendedUpgrades', 'https://help.ubuntu.com/community/AutomaticSecurityUpdates'],
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
    { name: 'nothing that updates', verdict: 'fail', terraform: setUp({}, [['systemctl', 'daemon-reload']]) },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
