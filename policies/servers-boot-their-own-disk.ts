import { all, holds, rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const host = (attributes: Parameters<typeof server>[0], extra: TerraformJson = {}) =>
  hcloud({ hcloud_server: { host: server(attributes) } }, extra);

export const serversBootTheirOwnDisk = rule({
  id: 'servers-boot-their-own-disk',
  title: 'Servers boot from their own disk, not from a rescue system or an ISO',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.9', 'ISO27001:2022/A.8.18', 'ISO27001:2022/A.8.32'],
  rationale:
    'A rescue system is a root shell beside the installed one: no firewall of the host, no log, no policy, and every disk within reach. It belongs to an incident, opened by hand and closed again, and never into the declaration of a server.',
  remediation: 'Remove rescue and iso; use the rescue system by hand in an incident that is recorded',
  sources: [
    'https://docs.hetzner.com/cloud/servers/getting-started/rescue-system',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/server.md',
  ],
  appliesTo: ['hcloud_server'],
  check: (resource) =>
    all((['rescue', 'iso'] as const).map((name) => holds(resource.attr(name), (value) => value === '', true))),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to boot from its own disk`)
      : fit(
          `${addressOf(resource)} boots ${resource.attr('rescue').text === undefined ? 'with an ISO in its drive' : 'a rescue system'}`,
        ),
  examples: [
    { name: 'neither is mentioned', verdict: 'pass', terraform: host({}) },
    { name: 'the rescue system', verdict: 'fail', terraform: host({ rescue: 'linux64' }) },
    { name: 'an ISO in the drive', verdict: 'fail', terraform: host({ iso: 'debian-13.1.0-amd64-netinst.iso' }) },
    {
      name: 'a variable without value decides',
      verdict: 'unknown',
      terraform: host({ rescue: '${var.rescue}' }, { variable: { rescue: { type: 'string' } } }),
    },
  ],
});
