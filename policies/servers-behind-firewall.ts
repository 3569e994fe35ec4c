import type { ServerFacts } from '@lukko/facts';
import { any, not, rule, shown, type Truth, yes } from '@lukko/policy-engine';
import type { Resource, TerraformJson } from '@lukko/terraform-model';
import { everybody, firewall, hcloud, inbound, operators, server } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const host = (attributes: Parameters<typeof server>[0], extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_server: { host: server(attributes) },
      hcloud_firewall: { host: firewall(inbound('22', operators), inbound('443', everybody)) },
    },
    extra,
  );
const guarded = { firewall_ids: ['${hcloud_firewall.host.id}'] } as const;

export const serversBehindFirewall = rule({
  id: 'servers-behind-firewall',
  title: 'Servers with a public address stand behind a firewall',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.20', 'ISO27001:2022/A.8.22', 'NIS2/21(2)(e)'],
  rationale:
    'A Hetzner server has a public IPv4 and IPv6 address unless both are switched off, and everything that listens on it can be reached by anybody until a firewall is applied. A server whose public_net is left out is public.',
  remediation:
    'Apply a firewall: firewall_ids, hcloud_firewall_attachment or apply_to; or switch both address families off',
  sources: [
    'https://docs.hetzner.com/cloud/firewalls/faq',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/server.md',
  ],
  appliesTo: ['server'],
  appliesWhen: ({ exposure }) => shown(exposure.public),
  check: ({ resource, exposure }) => {
    const inside = unlessIgnored(resource, 'public_net', not(shown(exposure.public)));
    return any([inside, ...applied(resource, exposure)]);
  },
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} has a public address and is not shown to stand behind a firewall`)
      : fit(`${addressOf(resource)} has a public address and no firewall`),
  examples: [
    { name: 'a firewall by its id', verdict: 'pass', terraform: host(guarded) },
    { name: 'no firewall', verdict: 'fail', terraform: host({}) },
    { name: 'public_net left out, no firewall', verdict: 'fail', terraform: host({ public_net: undefined }) },
    {
      name: 'no public address',
      verdict: 'not-applicable',
      terraform: host({ public_net: [{ ipv4_enabled: false, ipv6_enabled: false }], network: [{ network_id: 4711 }] }),
    },
    {
      name: 'a firewall that is attached, where the server leaves its own list to that',
      verdict: 'pass',
      terraform: hcloud({
        hcloud_server: { host: server({ lifecycle: { ignore_changes: ['firewall_ids'] } }) },
        hcloud_firewall: { host: firewall(inbound('22', operators)) },
        hcloud_firewall_attachment: {
          host: { firewall_id: '${hcloud_firewall.host.id}', server_ids: ['${hcloud_server.host.id}'] },
        },
      }),
    },
    {
      name: 'a list of firewalls whose changes are ignored',
      verdict: 'unknown',
      terraform: host({ ...guarded, lifecycle: { ignore_changes: ['firewall_ids'] } }),
    },
    {
      name: 'a firewall that a variable without value switches',
      verdict: 'unknown',
      terraform: host(
        { firewall_ids: '${var.guarded ? [hcloud_firewall.host.id] : []}' },
        { variable: { guarded: { type: 'bool' } } },
      ),
    },
  ],
});

/** Each way a firewall certainly applies: the server's own list, whose changes may be ignored, or somebody else's, which they do not concern. */
function applied(server: Resource, { guarded, firewalls }: ServerFacts['exposure']): readonly Truth[] {
  const whole = unlessIgnored(server, 'firewall_ids', shown(guarded));
  if (whole.is === shown(guarded).is) return [whole];
  const others = firewalls.filter(({ certainty, via }) => certainty === 'certain' && via.owner !== server.id);
  return [
    whole,
    ...others.map(({ via }) => {
      const there = yes({ at: via.at, saw: 'applied there' });
      return via.at.includes('label_selector') ? unlessIgnored(server, 'labels', there) : there;
    }),
  ];
}
