import { holds, no, rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const host = (attributes: Parameters<typeof server>[0], extra: TerraformJson = {}) =>
  hcloud({ hcloud_server: { host: server(attributes) } }, extra);

export const noPlainServerBackups = rule({
  id: 'no-plain-server-backups',
  title: 'Hetzner makes no copies of root disks, which are not encrypted',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.13', 'ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.10', 'GDPR/32(1)(a)'],
  rationale:
    'Backups and snapshots of a server copy its root disk as it is: nobody encrypts it, and what is deleted on the host lives on in the copies. Volumes, where the data lies, are not in them at all, so they are no backup of it either. Backups that are encrypted before they leave the host are.',
  remediation:
    'Leave backups out and remove hcloud_snapshot; back data up from the host, encrypted (stacks/backups.ts)',
  sources: [
    'https://docs.hetzner.com/cloud/servers/backups-snapshots/overview',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/server.md',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/snapshot.md',
  ],
  appliesTo: ['hcloud_server', 'hcloud_snapshot'],
  check: (resource) => {
    if (resource.type === 'hcloud_snapshot') {
      const of = resource.attr('server_id');
      return no({ at: of.at, saw: 'a snapshot copies the root disk as it is' });
    }
    return unlessIgnored(
      resource,
      'backups',
      holds(resource.attr('backups'), (value) => value === false, true),
    );
  },
  message: (resource, truth) => {
    if (resource.type === 'hcloud_snapshot')
      return fit(`${addressOf(resource)} copies a root disk, which is not encrypted`);
    return truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to be left out of Hetzner's backups, which copy its plain root disk`)
      : fit(`${addressOf(resource)} has Hetzner copy its root disk every day, which is not encrypted`);
  },
  examples: [
    { name: 'no backups by Hetzner', verdict: 'pass', terraform: host({}) },
    { name: 'backups by Hetzner', verdict: 'fail', terraform: host({ backups: true }) },
    {
      name: 'a snapshot',
      verdict: 'fail',
      terraform: hcloud({
        hcloud_server: { host: server({}) },
        hcloud_snapshot: { host: { server_id: '${hcloud_server.host.id}' } },
      }),
    },
    {
      name: 'a variable without value decides',
      verdict: 'unknown',
      terraform: host({ backups: '${var.backups}' }, { variable: { backups: { type: 'bool' } } }),
    },
  ],
});
