import { holds, rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/**
 * Families that Hetzner has taken off sale: a server of such a type goes on running, but cannot be made again.
 * https://docs.hetzner.cloud/changelog
 */
const withdrawn: readonly { readonly family: RegExp; readonly says: string }[] = [
  { family: /^cx(11|21|31|41|51)(-ceph)?$/, says: 'cx11 to cx51' },
  { family: /^cx(2|3|4|5)1-ceph$/, says: 'types with ceph' },
  { family: /^ccx(11|21|31|41|51|12|22|32|42|52|62)$/, says: 'the first and second generation of ccx' },
];

const host = (type: string, extra: TerraformJson = {}) =>
  hcloud({ hcloud_server: { host: server({ server_type: type }) } }, extra);

export const serverTypesOffered = rule({
  id: 'server-types-offered',
  title: 'Servers have a type that can still be ordered',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.8.6', 'ISO27001:2022/A.8.14', 'ISO27001:2022/A.5.30'],
  rationale:
    'A server of a type that is no longer sold runs on, until the day it has to be made again: after a failure, in another location, for a drill. Then the plan that worked for years is refused.',
  remediation: 'Move to a type that is sold: cx23, cpx22, cax11, ccx13 or a larger one of its family',
  sources: ['https://docs.hetzner.cloud/changelog', 'https://docs.hetzner.com/cloud/servers/overview'],
  appliesTo: ['hcloud_server'],
  check: (resource) =>
    unlessIgnored(
      resource,
      'server_type',
      holds(resource.attr('server_type'), (type) => !withdrawn.some(({ family }) => family.test(String(type)))),
    ),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} has a type that is not known`)
      : fit(`${addressOf(resource)} has the type ${resource.attr('server_type').text}, which is no longer sold`),
  examples: [
    { name: 'a type of today', verdict: 'pass', terraform: host('cx23') },
    { name: 'a type of the first generation', verdict: 'fail', terraform: host('cx21') },
    {
      name: 'a type that a variable without value names',
      verdict: 'unknown',
      terraform: host('${var.type}', { variable: { type: { type: 'string' } } }),
    },
  ],
});
