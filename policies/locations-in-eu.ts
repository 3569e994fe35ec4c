import { zoneInEu } from '@lukko/facts';
import { holds, rule } from '@lukko/policy-engine';
import { hcloud, server, volume } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { standsIn } from './shared/stands-in.ts';
import { addressOf, stands } from './shared/words.ts';

export const locationsInEu = rule({
  id: 'locations-in-eu',
  title: 'Everything that stands somewhere stands in the European Union',
  severity: 'critical',
  waivable: true,
  controls: ['ISO27001:2022/A.5.23', 'ISO27001:2022/A.5.34', 'GDPR/44'],
  rationale:
    'A server, volume, address or load balancer stands in a data centre, and the law of that country reaches it. Hetzner has locations in the United States and Singapore beside those in Germany and Finland, and picks one itself where none is written.',
  remediation: 'Write location hel1, fsn1 or nbg1; network zone eu-central',
  sources: ['https://docs.hetzner.com/cloud/general/locations', 'https://docs.hetzner.com/cloud/networks/faq'],
  appliesTo: ['placement'],
  check: ({ resource, attr, by }) => {
    const inside =
      by === 'location'
        ? standsIn(attr, (location) => location?.eu === true)
        : holds(attr, (zone) => zoneInEu(String(zone)) === true);
    return unlessIgnored(resource, String(attr.path[0]), inside);
  },
  message: ({ resource, attr, by, location }, truth) =>
    truth.is === 'unknown'
      ? fit(
          `${addressOf(resource)} stands in a ${by === 'location' ? 'location' : 'network zone'} that is not known for certain`,
        )
      : fit(`${addressOf(resource)} ${stands(attr, location)}`),
  examples: [
    {
      name: 'a server and its volume in Helsinki',
      verdict: 'pass',
      terraform: hcloud({ hcloud_server: { host: server() }, hcloud_volume: { data: volume() } }),
    },
    {
      name: 'a server in Ashburn',
      verdict: 'fail',
      terraform: hcloud({ hcloud_server: { host: server({ location: 'ash' }) }, hcloud_volume: { data: volume() } }),
    },
    {
      name: 'a server without a location: Hetzner picks one',
      verdict: 'fail',
      terraform: hcloud({ hcloud_server: { host: server({ location: undefined }) } }),
    },
    {
      name: 'a location in capitals, which Hetzner does not know',
      verdict: 'fail',
      terraform: hcloud({ hcloud_server: { host: server({ location: 'HEL1' }) } }),
    },
    {
      name: 'a location that a variable without value decides',
      verdict: 'unknown',
      terraform: hcloud(
        { hcloud_server: { host: server({ location: '${var.location}' }) } },
        { variable: { location: { type: 'string' } } },
      ),
    },
    {
      name: 'a volume made for a server that this configuration does not have',
      verdict: 'unknown',
      terraform: hcloud({ hcloud_volume: { data: volume({ location: undefined, server_id: 4711 }) } }),
    },
    {
      name: 'a location that is in the Union either way',
      verdict: 'pass',
      terraform: hcloud(
        { hcloud_server: { host: server({ location: '${var.near ? "hel1" : "fsn1"}' }) } },
        { variable: { near: { type: 'bool' } } },
      ),
    },
  ],
});
