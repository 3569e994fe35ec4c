import { holds, rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { type Body, hcloud } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const address = (attributes: Partial<Body<'hcloud_primary_ip'>>, extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_primary_ip: { host: { name: 'host', type: 'ipv4', location: 'hel1', auto_delete: false, ...attributes } },
    },
    extra,
  );

export const addressesOutliveServers = rule({
  id: 'addresses-outlive-servers',
  title: 'Primary IPs are not deleted with their server',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.9', 'ISO27001:2022/A.8.20', 'ISO27001:2022/A.5.29'],
  rationale:
    'An address that goes with its server goes back to Hetzner and on to the next customer, while DNS records, firewalls and allowlists of partners still name it: whoever gets it answers under our name.',
  remediation: 'Write auto_delete = false',
  sources: [
    'https://docs.hetzner.com/cloud/servers/primary-ips/faq',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/primary_ip.md',
  ],
  appliesTo: ['hcloud_primary_ip'],
  check: (resource) =>
    unlessIgnored(
      resource,
      'auto_delete',
      holds(resource.attr('auto_delete'), (value) => value === false || value === 'false', true),
    ),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to outlive its server`)
      : fit(`${addressOf(resource)} is deleted with its server, while names still point at it`),
  examples: [
    { name: 'kept', verdict: 'pass', terraform: address({}) },
    { name: 'deleted with the server', verdict: 'fail', terraform: address({ auto_delete: true }) },
    {
      name: 'a variable without value decides',
      verdict: 'unknown',
      terraform: address({ auto_delete: '${var.thrown}' }, { variable: { thrown: { type: 'bool' } } }),
    },
  ],
});
