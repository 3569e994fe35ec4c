import { holds, rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { hcloud, volume } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { removable } from './shared/removal.ts';
import { addressOf } from './shared/words.ts';

const data = (attributes: Parameters<typeof volume>[0], extra: TerraformJson = {}) =>
  hcloud({ hcloud_volume: { data: volume(attributes) } }, extra);

export const volumesDeleteProtected = rule({
  id: 'volumes-delete-protected',
  title: 'Volumes are protected from deletion',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.5.33', 'ISO27001:2022/A.8.13', 'GDPR/32(1)(b)'],
  rationale:
    'A volume that is deleted takes its data with it at once, by a click in the console as by a plan. Hetzner refuses to delete one that is protected, whoever asks, until the protection was lifted by a call of its own.',
  remediation: 'Write delete_protection = true; lift it in a change of its own when the removal is meant',
  sources: [
    'https://docs.hetzner.cloud/reference/cloud',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/volume.md',
  ],
  appliesTo: ['hcloud_volume'],
  appliesWhen: (resource, _, context) => removable(resource, context),
  check: (resource) =>
    unlessIgnored(
      resource,
      'delete_protection',
      holds(resource.attr('delete_protection'), (protection) => protection === true || protection === 'true'),
    ),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to be protected from deletion`)
      : fit(`${addressOf(resource)} is not protected from deletion`),
  examples: [
    { name: 'protected', verdict: 'pass', terraform: data({}) },
    { name: 'protection switched off', verdict: 'fail', terraform: data({ delete_protection: false }) },
    {
      name: 'protection left out: the default is none',
      verdict: 'fail',
      terraform: data({ delete_protection: undefined }),
    },
    {
      name: 'protection that a variable without value decides',
      verdict: 'unknown',
      terraform: data({ delete_protection: '${var.protected}' }, { variable: { protected: { type: 'bool' } } }),
    },
    {
      name: 'an environment that may be thrown away',
      verdict: 'not-applicable',
      environmentClass: 'disposable',
      terraform: data({ delete_protection: false }),
    },
  ],
});
