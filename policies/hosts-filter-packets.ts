import { all, rule } from '@lukko/policy-engine';
import { filtered, ruleset } from './shared/example-filter.ts';
import { hiddenSetUp, setUp, stated } from './shared/host-setup.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

export const hostsFilterPackets = rule({
  id: 'hosts-filter-packets',
  title: 'Hosts drop what is not named, both ways, by a packet filter of their own',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.20', 'ISO27001:2022/A.8.22', 'ISO27001:2022/A.8.23', 'NIS2/21(2)(e)'],
  rationale:
    "Hetzner's firewall sees only the public interface: what comes over a private network passes it by, and it knows no users or programs. A ruleset on the host that drops by default, for IPv4 and IPv6, in and out, holds where the other does not look.",
  remediation: 'Bring /etc/nftables.conf with policy drop at input and output, and enable nftables.service',
  sources: [
    'https://docs.hetzner.com/cloud/firewalls/faq',
    'https://wiki.nftables.org/wiki-nftables/index.php/Configuring_chains',
  ],
  appliesTo: ['server'],
  check: (host, facts) => {
    const { firewall } = facts.hostSettings(host.resource);
    return all([stated(host, firewall.dropsInbound), stated(host, firewall.dropsOutbound)]);
  },
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to drop what is not named, both ways`)
      : fit(`${addressOf(resource)} lets packets through that nobody named: ${truth.because[0]?.saw}`),
  examples: [
    { name: 'both ways are dropped by default', verdict: 'pass', terraform: filtered(ruleset('drop', 'drop')) },
    { name: 'everything may leave', verdict: 'fail', terraform: filtered(ruleset('drop', 'accept')) },
    { name: 'no ruleset at all', verdict: 'fail', terraform: setUp({}, [['systemctl', 'daemon-reload']]) },
    {
      name: 'a program that changes the rules in its own way',
      verdict: 'unknown',
      terraform: setUp({}, [['ufw', 'enable']]),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
