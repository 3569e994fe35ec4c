import { holds, rule } from '@lukko/policy-engine';
import { type Body, hcloud } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { removable } from './shared/removal.ts';
import { addressOf } from './shared/words.ts';

const zone = (attributes: Partial<Body<'hcloud_zone'>>) =>
  hcloud(
    { hcloud_zone: { own: { name: 'lukko.example', mode: 'primary', delete_protection: true, ...attributes } } },
    { variable: { protected: { type: 'bool' } } },
  );

export const zonesDeleteProtected = rule({
  id: 'zones-delete-protected',
  title: 'DNS zones are protected from deletion',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.9', 'ISO27001:2022/A.5.29', 'GDPR/32(1)(b)'],
  rationale:
    'A zone that is deleted takes every name with it: services, mail, certificates. As long as the registry still delegates to the name servers, whoever creates the zone next in another account of the same provider answers for it.',
  remediation: 'Write delete_protection = true; lift it in a change of its own when the removal is meant',
  sources: [
    'https://docs.hetzner.cloud/reference/cloud',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/zone.md',
  ],
  appliesTo: ['hcloud_zone'],
  appliesWhen: (resource, _, context) => removable(resource, context),
  check: (resource) =>
    unlessIgnored(
      resource,
      'delete_protection',
      holds(resource.attr('delete_protection'), (value) => value === true || value === 'true'),
    ),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to be protected from deletion`)
      : fit(`${addressOf(resource)} is not protected from deletion`),
  examples: [
    { name: 'protected', verdict: 'pass', terraform: zone({}) },
    { name: 'protection switched off', verdict: 'fail', terraform: zone({ delete_protection: false }) },
    {
      name: 'a variable without value decides',
      verdict: 'unknown',
      terraform: zone({ delete_protection: '${var.protected}' }),
    },
  ],
});
