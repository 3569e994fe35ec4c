import { rule } from '@lukko/policy-engine';
import { declared } from './shared/declared-hosts.ts';
import { hiddenSetUp, setUp } from './shared/host-setup.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

export const resolversDeclared = rule({
  id: 'resolvers-declared',
  title: 'Hosts name the resolvers they ask',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.8.20', 'ISO27001:2022/A.8.21', 'ISO27001:2022/A.5.14'],
  rationale:
    'A resolver learns every name that a host looks up, and decides where it is sent. Where none is named, what DHCP gives counts, and systemd-resolved falls back on a built-in list that leads to the United States.',
  remediation: 'Name DNS in a drop-in of /etc/systemd/resolved.conf.d, and leave FallbackDNS empty',
  sources: [
    'https://www.freedesktop.org/software/systemd/man/latest/resolved.conf.html',
    'https://docs.hetzner.com/dns-console/dns/general/recursive-name-servers',
  ],
  appliesTo: ['server'],
  check: (host, facts) => {
    const settings = facts.hostSettings(host.resource);
    return declared(host, settings, settings.resolvers, 'resolver');
  },
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to name its resolvers`)
      : fit(`${addressOf(resource)} names no resolver: it asks whom the network names`),
  examples: [
    {
      name: 'resolvers of Hetzner',
      verdict: 'pass',
      terraform: setUp({
        '/etc/systemd/resolved.conf.d/10-host.conf': '[Resolve]\nDNS=185.12.64.1 185.12.64.2\nFallbackDNS=\n',
      }),
    },
    { name: 'what the network gives', verdict: 'fail', terraform: setUp({}, [['systemctl', 'daemon-reload']]) },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
