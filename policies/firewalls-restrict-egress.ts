import { all, any, no, not, rule, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Attr, Resource, TerraformJson } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { everybody, type FirewallRule, firewall, hcloud, inbound, operators, server } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const out = (port: string | undefined, protocol = 'tcp'): FirewallRule => ({
  direction: 'out',
  protocol,
  ...(port === undefined ? {} : { port }),
  destination_ips: everybody,
});
const behind = (rules: readonly FirewallRule[], extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_server: { host: server({ firewall_ids: ['${hcloud_firewall.host.id}'] }) },
      hcloud_firewall: { host: firewall(inbound('22', operators), ...rules) },
    },
    extra,
  );

export const firewallsRestrictEgress = rule({
  id: 'firewalls-restrict-egress',
  title: 'Firewalls of public servers say what may leave',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.12', 'ISO27001:2022/A.8.20', 'ISO27001:2022/A.8.23', 'NIS2/21(2)(e)'],
  rationale:
    'A Hetzner firewall without an outbound rule lets everything out, on every port, to everywhere: that is how data leaves and how intruders call home. One outbound rule closes all that is not named.',
  remediation: 'Add outbound rules for what the host needs: 80 and 443, its resolvers, its clock',
  sources: ['https://docs.hetzner.com/cloud/firewalls/faq'],
  appliesTo: ['server'],
  appliesWhen: ({ exposure }) => shown(exposure.public),
  check: ({ resource, exposure }) => {
    const walls = exposure.firewalls;
    if (walls.length === 0) {
      const guarded = shown(exposure.guarded);
      return guarded.is === 'unknown' ? guarded : no({ at: resource.id, saw: 'no firewall: everything may leave' });
    }
    const certain = walls.filter(({ certainty }) => certainty === 'certain').map(({ firewall }) => restricts(firewall));
    const possible = walls
      .filter(({ certainty }) => certainty !== 'certain')
      .map(({ firewall, via }) => unknown({ at: via.at, saw: `perhaps ${firewall.id}`, causes: ['possible'] }));
    return unlessIgnored(resource, 'firewall_ids', any([...certain, ...possible]));
  },
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to have a firewall that says what may leave`)
      : fit(`${addressOf(resource)} may send anything anywhere: no firewall says what may leave`),
  examples: [
    { name: 'the web and nothing else', verdict: 'pass', terraform: behind([out('443'), out('80')]) },
    { name: 'no outbound rule: everything may leave', verdict: 'fail', terraform: behind([]) },
    { name: 'every port to everywhere', verdict: 'fail', terraform: behind([out('1-65535')]) },
    { name: 'a rule for any port to everywhere', verdict: 'fail', terraform: behind([out('443'), out('any')]) },
    {
      name: 'ports that a variable without value names',
      verdict: 'unknown',
      terraform: behind([{ ...out('443'), port: '${var.port}' }], { variable: { port: { type: 'string' } } }),
    },
  ],
});

/** At least one outbound rule, and none that lets every TCP port out to everywhere. */
function restricts(wall: Resource): Truth {
  const rules = wall.attr('rule');
  const { value, at } = rules;
  const outbound = rules.items().filter((one) => one.attr('direction').text !== 'in');
  if (value.state !== 'unset' && (value.state !== 'list' || !value.complete) && value.state !== 'map')
    return unknown({ at, saw: describe(value), causes: value.state === 'unknown' ? value.causes : ['function'] });
  if (outbound.length === 0) return no({ at, saw: 'no outbound rule: everything may leave' });
  return unlessIgnored(wall, 'rule', all(outbound.map((one) => not(everything(one)))));
}

function everything(one: Attr): Truth {
  const direction = one.attr('direction');
  if (direction.text !== 'out')
    return unknown({ at: direction.at, saw: describe(direction.value), causes: causes(direction) });
  const protocol = one.attr('protocol');
  if (protocol.text !== undefined && protocol.text !== 'tcp' && protocol.text !== 'udp')
    return no({ at: one.at, saw: `protocol ${protocol.text}` });
  return all([everyPort(one.attr('port')), everywhere(one.attr('destination_ips'))]);
}

function everyPort(port: Attr): Truth {
  if (port.text === undefined) return unknown({ at: port.at, saw: describe(port.value), causes: causes(port) });
  const [from = 0, to = from] = port.text === 'any' ? [1, 65_535] : port.text.split('-').map(Number);
  return to - from >= 65_000
    ? yes({ at: port.at, saw: `ports ${port.text}` })
    : no({ at: port.at, saw: `port ${port.text}` });
}

function everywhere(destinations: Attr): Truth {
  const blocks = destinations.items();
  const open = blocks.find(({ text }) => text !== undefined && /^(0\.0\.0\.0|::)\/[01]$/.test(text));
  if (open !== undefined) return yes({ at: open.at, saw: open.text ?? '' });
  if (
    destinations.value.state === 'list' &&
    destinations.value.complete &&
    blocks.every(({ text }) => text !== undefined)
  )
    return no({ at: destinations.at, saw: `${blocks.length} networks` });
  return unknown({ at: destinations.at, saw: describe(destinations.value), causes: causes(destinations) });
}

function causes({ value }: Attr) {
  return value.state === 'unknown' ? value.causes : (['function'] as const);
}
