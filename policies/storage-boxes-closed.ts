import { all, holds, rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { type Body, hcloud } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

type Access = Body<'hcloud_storage_box'>['access_settings'];
const box = (access: Access | undefined, extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_storage_box: {
        archive: {
          name: 'archive',
          storage_box_type: 'bx11',
          location: 'hel1',
          password: '${var.password}',
          ...(access === undefined ? {} : { access_settings: access }),
        },
      },
    },
    { variable: { password: { type: 'string', sensitive: true }, open: { type: 'bool' } }, ...extra },
  );

/** Ways in that send a password over a protocol of file shares, and the switch that opens the box to the internet. */
const closed = ['reachable_externally', 'samba_enabled', 'webdav_enabled'] as const;

export const storageBoxesClosed = rule({
  id: 'storage-boxes-closed',
  title: 'Storage boxes are closed to the internet and to file-share protocols',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.20', 'ISO27001:2022/A.8.3', 'ISO27001:2022/A.8.13'],
  rationale:
    'A storage box holds backups, so everything. Reachable from outside, with SMB or WebDAV beside SSH, its password is all that stands between them and anybody who guesses, and no firewall of ours is in front of it.',
  remediation: 'Switch reachable_externally, samba_enabled and webdav_enabled off; use SSH with keys',
  sources: [
    'https://docs.hetzner.com/storage/storage-box/general',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/storage_box.md',
  ],
  appliesTo: ['hcloud_storage_box'],
  check: (resource) =>
    unlessIgnored(
      resource,
      'access_settings',
      all(closed.map((name) => holds(resource.attr('access_settings', name), (value) => value === false, true))),
    ),
  message: (resource, truth) => {
    const open = closed.filter((name) => resource.attr('access_settings', name).text === 'true');
    return truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to be closed to the internet`)
      : fit(`${addressOf(resource)} is open: ${open.join(', ')}`);
  },
  examples: [
    {
      name: 'SSH only, from within',
      verdict: 'pass',
      terraform: box({ ssh_enabled: true, reachable_externally: false }),
    },
    { name: 'nothing is switched on', verdict: 'pass', terraform: box(undefined) },
    {
      name: 'reachable from the internet',
      verdict: 'fail',
      terraform: box({ ssh_enabled: true, reachable_externally: true }),
    },
    { name: 'a file share', verdict: 'fail', terraform: box({ samba_enabled: true }) },
    {
      name: 'a variable without value decides',
      verdict: 'unknown',
      terraform: box({ reachable_externally: '${var.open}' }),
    },
  ],
});
