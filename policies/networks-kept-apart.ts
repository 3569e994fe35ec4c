import { parseBlock } from '@lukko/facts';
import { all, holds, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Graph, Reason, Resource, TerraformJson } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { type Body, hcloud } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit, short } from './shared/message.ts';
import { networksOf, overlapping, type SomeNetworks, whyUnclear } from './shared/network-ranges.ts';
import { addressOf } from './shared/words.ts';

const networks = (
  ranges: Readonly<Record<string, string>>,
  more: Partial<Body<'hcloud_network'>> = {},
  extra: TerraformJson = {},
) =>
  hcloud(
    {
      hcloud_network: Object.fromEntries(
        Object.entries(ranges).map(([name, range]) => [name, { name, ip_range: range, ...more }]),
      ),
    },
    extra,
  );

export const networksKeptApart = rule({
  id: 'networks-kept-apart',
  title: 'Private networks share no addresses, and no routes with a vSwitch',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.22', 'ISO27001:2022/A.8.20', 'NIS2/21(2)(e)'],
  rationale:
    'Networks separate what need not talk. Two with the same addresses are joined by the first host in both, and nobody can tell by an address which one is meant; a network that shows its routes to a vSwitch lets every dedicated server there in.',
  remediation: 'Give each network a range of its own, and leave expose_routes_to_vswitch out',
  sources: [
    'https://docs.hetzner.com/cloud/networks/faq',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/network.md',
  ],
  appliesTo: ['hcloud_network'],
  check: (own, { graph }) => {
    const exposed = holds(own.attr('expose_routes_to_vswitch'), (value) => value === false || value === 'false', true);
    return all([
      unlessIgnored(own, 'expose_routes_to_vswitch', exposed),
      unlessIgnored(own, 'ip_range', apart(own, graph)),
    ]);
  },
  message: (own, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(own)} is not shown to be kept apart from other networks`)
      : fit(`${addressOf(own)} is not kept apart: ${truth.because[0]?.saw}`),
  examples: [
    { name: 'one network', verdict: 'pass', terraform: networks({ internal: '10.20.0.0/16' }) },
    { name: 'two ranges', verdict: 'pass', terraform: networks({ front: '10.20.0.0/16', back: '10.21.0.0/16' }) },
    {
      name: 'one range within the other',
      verdict: 'fail',
      terraform: networks({ front: '10.0.0.0/8', back: '10.21.0.0/16' }),
    },
    {
      name: 'routes shown to a vSwitch',
      verdict: 'fail',
      terraform: networks({ internal: '10.20.0.0/16' }, { expose_routes_to_vswitch: true }),
    },
    {
      name: 'a range that a variable without value holds',
      verdict: 'unknown',
      terraform: networks({ internal: '${var.range}' }, {}, { variable: { range: { type: 'string' } } }),
    },
  ],
});

function apart(own: Resource, graph: Graph): Truth {
  const range = own.attr('ip_range');
  const block = parseBlock(range.text ?? '');
  if (block === undefined) return unclear(own);
  const networks = networksOf(graph);
  const clashing = overlapping(block, networks, most + 1);
  if (clashing.of > 1) {
    const reasons = others(clashing, own).map((other) => ({
      at: range.at,
      saw: `${range.text} overlaps ${other.address}`,
    }));
    return no(...reasons, ...rest(range.at, clashing.of - 1, 'overlap it'));
  }
  if (networks.unclear.length > 0) {
    return unknown(
      ...networks.unclear.slice(0, most).flatMap((other) => unclear(other).because),
      ...rest(range.at, networks.unclear.length, 'have ranges that are not known').map((reason) => ({
        ...reason,
        causes: networks.causes,
      })),
    );
  }
  const beside = {
    first: networks.ranged.slice(0, most + 1).map(({ network }) => network),
    of: networks.ranged.length,
  };
  return yes(
    { at: range.at, saw: `${range.text}, beside ${beside.of - 1} other networks` },
    ...others(beside, own).map((other) => {
      const theirs = other.attr('ip_range');
      return { at: theirs.at, saw: `${theirs.text} is apart` };
    }),
    ...rest(range.at, beside.of - 1, 'are apart'),
  );
}

/** Networks named in the reasons of one verdict, of which reports keep twenty; how many more there are is said. */
const most = 19;

function others({ first }: SomeNetworks, own: Resource): readonly Resource[] {
  return first.filter(({ id }) => id !== own.id).slice(0, most);
}

function rest(at: string, number: number, what: string): readonly Reason[] {
  return number > most ? [{ at, saw: `${number - most} more networks ${what}` }] : [];
}

function unclear(network: Resource): Truth {
  const { value, at } = network.attr('ip_range');
  return unknown({
    at,
    saw: short(describe(value), 60),
    causes: whyUnclear(value),
  });
}
