import { rule } from '@lukko/policy-engine';
import { declared } from './shared/declared-hosts.ts';
import { hiddenSetUp, setUp } from './shared/host-setup.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const BESIDE = /:apt\.(security\[|(https?_|ftp_)?proxy$)/;

export const packageSourcesDeclared = rule({
  id: 'package-sources-declared',
  title: 'Hosts name the archives their packages come from',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.8.19', 'ISO27001:2022/A.5.21', 'NIS2/21(2)(d)'],
  rationale:
    'Packages run as root. The archive an image brings is behind a content network that its distribution chose; the one that a payload names is judged like every other host it reaches, and stays the same when the image changes.',
  remediation: 'Name the mirrors under apt: primary and security of the cloud-config',
  sources: [
    'https://cloudinit.readthedocs.io/en/latest/reference/modules.html',
    'https://docs.hetzner.com/robot/dedicated-server/operating-systems/hetzner-aptitude-mirror',
  ],
  appliesTo: ['server'],
  check: (host, facts) => {
    const settings = facts.hostSettings(host.resource);
    // Beside these the archive of the image is still asked: for all that is no security update, or through the proxy.
    const whole = settings.packageSources.filter(({ at }) => !BESIDE.test(at));
    return declared(host, settings, whole, 'package source');
  },
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to name its package sources`)
      : fit(`${addressOf(resource)} names no package source: it takes what its image brings`),
  examples: [
    {
      name: 'the mirror of Hetzner',
      verdict: 'pass',
      terraform: setUp(
        {},
        [],
        'apt:\n  primary:\n    - arches: [default]\n      uri: https://mirror.hetzner.com/debian/packages\n',
      ),
    },
    {
      name: 'a mirror of security updates alone',
      verdict: 'fail',
      terraform: setUp(
        {},
        [],
        'apt:\n  security:\n    - arches: [default]\n      uri: https://mirror.hetzner.com/debian/security\n',
      ),
    },
    { name: 'the archive of the image', verdict: 'fail', terraform: setUp({}, [['systemctl', 'daemon-reload']]) },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
