import { rule } from '@lukko/policy-engine';
import { filtered, ruleset } from './shared/example-filter.ts';
import { hiddenSetUp, setUp, stated } from './shared/host-setup.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

export const hostsGuardMetadata = rule({
  id: 'hosts-guard-metadata',
  title: 'Only root reaches the metadata service of a host',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.3', 'ISO27001:2022/A.8.12', 'ISO27001:2022/A.8.20'],
  rationale:
    'Any program on a server may ask 169.254.169.254 for the whole user_data, without a password. One request that an application can be talked into sending there shows how the host is set up, and every secret that was put there.',
  remediation: 'Drop ip daddr 169.254.169.254 for users other than root in the output chain of nftables',
  sources: [
    'https://docs.hetzner.cloud/reference/cloud',
    'https://cloudinit.readthedocs.io/en/latest/reference/datasources/hetzner.html',
  ],
  appliesTo: ['server'],
  check: (host, facts) => stated(host, facts.hostSettings(host.resource).firewall.guardsMetadata),
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to keep its metadata service to root`)
      : fit(`${addressOf(resource)} lets every program ask for its user_data: ${truth.because[0]?.saw}`),
  examples: [
    {
      name: 'dropped for everybody but root',
      verdict: 'pass',
      terraform: filtered(ruleset('drop', 'drop', 'ip daddr 169.254.169.254 meta skuid != 0 drop')),
    },
    { name: 'the web to everywhere, and so to it', verdict: 'fail', terraform: filtered(ruleset('drop', 'drop')) },
    { name: 'no ruleset at all', verdict: 'fail', terraform: setUp({}, [['systemctl', 'daemon-reload']]) },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
