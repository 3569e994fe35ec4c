import { rule } from '@lukko/policy-engine';
import { declared } from './shared/declared-hosts.ts';
import { hiddenSetUp, setUp } from './shared/host-setup.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

export const clocksDeclared = rule({
  id: 'clocks-declared',
  title: 'Hosts name the clocks they ask',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.8.17', 'ISO27001:2022/A.8.15'],
  rationale:
    'Logs of several hosts tell one story only when their clocks agree, and certificates are checked by the clock. A distribution brings a pool that anybody may join, in any country; the clocks that a payload names are judged like every other host it reaches.',
  remediation: 'Name servers in /etc/chrony/chrony.conf or in timesyncd.conf',
  sources: ['https://www.rfc-editor.org/rfc/rfc8633', 'https://chrony-project.org/doc/4.6/chrony.conf.html'],
  appliesTo: ['server'],
  check: (host, facts) => {
    const settings = facts.hostSettings(host.resource);
    return declared(host, settings, settings.clocks, 'clock');
  },
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to name its clocks`)
      : fit(`${addressOf(resource)} names no clock: it asks what its distribution brings`),
  examples: [
    {
      name: 'clocks of Hetzner',
      verdict: 'pass',
      terraform: setUp({
        '/etc/chrony/chrony.conf': 'server ntp1.hetzner.de iburst\nserver ntp2.hetzner.com iburst\n',
      }),
    },
    { name: 'what the distribution brings', verdict: 'fail', terraform: setUp({}, [['systemctl', 'daemon-reload']]) },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
