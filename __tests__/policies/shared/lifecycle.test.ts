import type { Rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { judgeExample } from '../../../packages/cli/src/pages/example.ts';
import { loadBalancerPinsLocation } from '../../../policies/load-balancer-pins-location.ts';
import { locationsInEu } from '../../../policies/locations-in-eu.ts';
import { noWorldOpenAdminPorts } from '../../../policies/no-world-open-admin-ports.ts';
import { serversBehindFirewall } from '../../../policies/servers-behind-firewall.ts';
import { firewall, hcloud, inbound, operators, server, volume } from '../../../policies/shared/examples.ts';
import { volumesDeleteProtected } from '../../../policies/volumes-delete-protected.ts';
import { verdictOf } from '../verdict-of.ts';

type Ignored = 'all' | readonly string[];
const lifecycle = (ignored: Ignored) => ({ lifecycle: { ignore_changes: ignored } });
const judge = (rule: Rule, terraform: TerraformJson) =>
  verdictOf(judgeExample(rule, { name: 'case', verdict: 'unknown', terraform }));

const guarded = (ignored: Ignored) =>
  hcloud({
    hcloud_server: { host: { ...server({ firewall_ids: ['${hcloud_firewall.host.id}'] }), ...lifecycle(ignored) } },
    hcloud_firewall: { host: firewall(inbound('22', operators)) },
  });
const located = (ignored: Ignored) => hcloud({ hcloud_server: { host: { ...server(), ...lifecycle(ignored) } } });
const kept = (ignored: Ignored) => hcloud({ hcloud_volume: { data: { ...volume(), ...lifecycle(ignored) } } });
const opened = (ignored: Ignored) =>
  hcloud({ hcloud_firewall: { host: { ...firewall(inbound('22', operators)), ...lifecycle(ignored) } } });
const balanced = (ignored: Ignored) =>
  hcloud({
    hcloud_load_balancer: {
      public: { name: 'a', load_balancer_type: 'lb11', location: 'hel1', ...lifecycle(ignored) },
    },
  });

type Case = readonly [attribute: string, rule: Rule, terraform: (ignored: Ignored) => TerraformJson];
const cases: readonly Case[] = [
  ['location', locationsInEu as Rule, located],
  ['delete_protection', volumesDeleteProtected as Rule, kept],
  ['firewall_ids', serversBehindFirewall as Rule, guarded],
  ['rule', noWorldOpenAdminPorts as Rule, opened],
  ['rule[0].source_ips', noWorldOpenAdminPorts as Rule, opened],
  ['location', loadBalancerPinsLocation as Rule, balanced],
];

describe('a pass that rests on an attribute whose changes are ignored', () => {
  it.each(cases.map(([attribute, rule, terraform]) => [rule.id, attribute, rule, terraform] as const))(
    '%s is not shown when %s is',
    (_, attribute, rule, terraform) => {
      const [first = ''] = attribute.split('[');
      expect(judge(rule, terraform([attribute]))).toBe('unknown');
      expect(judge(rule, terraform('all'))).toBe('unknown');
      expect(judge(rule, terraform(['labels', `${first}_other`]))).toBe('pass');
      expect(judge(rule, terraform([]))).toBe('pass');
    },
  );
});
