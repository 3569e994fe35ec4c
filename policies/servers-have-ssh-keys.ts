import { any, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Attr, TerraformJson } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const host = (attributes: Parameters<typeof server>[0], extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_ssh_key: {
        operator: {
          name: 'operator',
          public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDSC1AR4W5mKYsC30DGgILsvN5WzGSsDMsJYrI5xb1PW operator',
        },
      },
      hcloud_server: { host: server(attributes) },
    },
    extra,
  );

export const serversHaveSshKeys = rule({
  id: 'servers-have-ssh-keys',
  title: 'Servers are created with an SSH key, so that no root password exists',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.5', 'ISO27001:2022/A.5.17'],
  rationale:
    'Where no key is given, Hetzner makes a root password, sends it by mail and returns it in the answer to the call, where debug logs keep it; the server then takes passwords from anybody who reaches it.',
  remediation: 'Name at least one hcloud_ssh_key in ssh_keys',
  sources: [
    'https://docs.hetzner.cloud/reference/cloud',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/server.md',
  ],
  appliesTo: ['hcloud_server'],
  check: (resource) => hasKey(resource.attr('ssh_keys')),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to be created with an SSH key`)
      : fit(`${addressOf(resource)} is created without an SSH key, so with a root password`),
  examples: [
    { name: 'a key', verdict: 'pass', terraform: host({ ssh_keys: ['${hcloud_ssh_key.operator.id}'] }) },
    { name: 'no keys', verdict: 'fail', terraform: host({}) },
    { name: 'an empty list', verdict: 'fail', terraform: host({ ssh_keys: [] }) },
    {
      name: 'keys from a variable without value',
      verdict: 'unknown',
      terraform: host({ ssh_keys: '${var.keys}' }, { variable: { keys: { type: 'list(string)' } } }),
    },
  ],
});

function hasKey(attr: Attr): Truth {
  const { value, at } = attr;
  if (value.state === 'unset' || (value.state === 'known' && value.value === null))
    return no({ at, saw: 'no ssh_keys' });
  if (value.state === 'list') {
    const items = attr.items();
    if (items.length > 0) return any(items.map(isKey));
    return value.complete
      ? no({ at, saw: 'an empty list' })
      : unknown({ at, saw: 'a list that may be empty', causes: ['function'] });
  }
  return unknown({ at, saw: describe(value), causes: value.state === 'unknown' ? value.causes : ['function'] });
}

/** A name or id that is written, or a reference to one key of this input. */
function isKey(item: Attr): Truth {
  const { value, at } = item;
  if (value.state === 'known')
    return value.value === null || value.value === '' ? no({ at, saw: 'nothing' }) : yes({ at, saw: describe(value) });
  if (value.state !== 'unknown') return unknown({ at, saw: describe(value), causes: ['function'] });
  const { traversal } = value;
  return traversal?.target !== undefined && traversal.certainty === 'certain'
    ? yes({ at, saw: traversal.text })
    : unknown({ at, saw: describe(value), causes: value.causes });
}
