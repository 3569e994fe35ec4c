import { holds, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Attr, Resource } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const host = (attributes: Parameters<typeof server>[0]) => hcloud({ hcloud_server: { host: server(attributes) } });

export const publicAddressesDeclared = rule({
  id: 'public-addresses-declared',
  title: 'Servers say of both address families whether they are public',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.8.9', 'ISO27001:2022/A.8.20'],
  rationale:
    'What public_net does not mention is on: a server that declares only its IPv4 has a public IPv6 beside it, made by Hetzner and deleted with the server, in no inventory. Firewall, DNS and monitoring then cover one of two doors.',
  remediation: 'Write public_net with ipv4_enabled and ipv6_enabled',
  sources: ['https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/server.md'],
  appliesTo: ['hcloud_server'],
  check: (server) => declared(server),
  message: (server, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(server)} is not shown to say which public addresses it has`)
      : fit(`${addressOf(server)} has a public address family it does not mention`),
  examples: [
    { name: 'both families are mentioned', verdict: 'pass', terraform: host({}) },
    {
      name: 'both are switched off',
      verdict: 'pass',
      terraform: host({ public_net: [{ ipv4_enabled: false, ipv6_enabled: false }], network: [{ network_id: 4711 }] }),
    },
    { name: 'no public_net', verdict: 'fail', terraform: host({ public_net: undefined }) },
    { name: 'only IPv4 is mentioned', verdict: 'fail', terraform: host({ public_net: [{ ipv4_enabled: true }] }) },
    {
      name: 'an IPv6 by its id, and IPv4 off',
      verdict: 'pass',
      terraform: host({ public_net: [{ ipv4_enabled: false, ipv6: 4711 }] }),
    },
  ],
});

function declared(server: Resource): Truth {
  const block = server.attr('public_net');
  const { value, at } = block;
  if (value.state === 'unset') return no({ at, saw: 'no public_net: both families are on' });
  const items = block.items();
  const [item] = items;
  if (item === undefined)
    return value.state === 'list' && value.complete
      ? no({ at, saw: 'no public_net: both families are on' })
      : unknown({ at, saw: describe(value), causes: value.state === 'unknown' ? value.causes : ['function'] });
  const missing = (['ipv4', 'ipv6'] as const).filter(
    (family) => unset(item.attr(`${family}_enabled`)) && unset(item.attr(family)),
  );
  return missing.length > 0
    ? no({ at: item.at, saw: `nothing about ${missing.join(' and ')}` })
    : yes({ at: item.at, saw: 'IPv4 and IPv6' });
}

/** Whether nothing at all is written: a value that is not known yet is written. */
function unset(attr: Attr): boolean {
  return attr.value.state === 'unset' || holds(attr, () => true).is === false;
}
