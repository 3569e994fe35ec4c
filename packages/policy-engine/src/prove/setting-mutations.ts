import type { Facts } from '@lukko/facts';
import type { Value } from '@lukko/terraform-model';
import { existing, known, type Mutation, setTo, type Target, unset } from './change.ts';

/** One attribute of every resource of a type set to a worse value. */
function setting(id: string, what: string, type: string, attribute: string, value: Value): Mutation {
  return { id, what, targets: (facts) => existing(facts, type).map((resource) => setTo(resource, attribute, value)) };
}

/** Settings of single resources made worse: each is a line somebody may change in a hurry. */
export const settingMutations: readonly Mutation[] = [
  {
    id: 'labels-dropped',
    what: 'nothing says whose it is',
    targets: (facts) =>
      ['hcloud_server', 'hcloud_volume', 'hcloud_network', 'hcloud_firewall', 'hcloud_primary_ip', 'hcloud_zone']
        .flatMap((type) => existing(facts, type))
        .filter((resource) => resource.attr('labels').value.state === 'map')
        .map((resource) => setTo(resource, 'labels', unset)),
  },
  setting('server-backups-on', 'its plain root disk is copied every day', 'hcloud_server', 'backups', known(true)),
  setting('server-type-withdrawn', 'its type is no longer sold', 'hcloud_server', 'server_type', known('cx21')),
  setting('rescue-booted', 'it boots a rescue system', 'hcloud_server', 'rescue', known('linux64')),
  setting('public-by-default', 'it has the public addresses nobody mentioned', 'hcloud_server', 'public_net', unset),
  setting(
    'ssh-key-weak',
    'its key is one OpenSSH no longer knows',
    'hcloud_ssh_key',
    'public_key',
    known('ssh-dss AAAA operator'),
  ),
  setting(
    'address-goes-with-server',
    'its address is given to somebody else',
    'hcloud_primary_ip',
    'auto_delete',
    known(true),
  ),
  setting(
    'network-not-private',
    'it spans addresses of somebody else',
    'hcloud_network',
    'ip_range',
    known('20.0.0.0/8'),
  ),
  { id: 'authorities-dropped', what: 'any authority may issue certificates for it', targets: withoutAuthorities },
];

/** CAA records (RFC 8659): all of a model at once, since one that is left still speaks for the names below it. */
function withoutAuthorities(facts: Facts): readonly Target[] {
  const records = ['hcloud_zone_rrset', 'hcloud_zone_record']
    .flatMap((type) => existing(facts, type))
    .filter((record) => record.attr('type').text === 'CAA')
    .map(({ id }) => id);
  const [first] = records;
  return first === undefined ? [] : [{ address: first, changes: { removed: new Set(records) } }];
}
