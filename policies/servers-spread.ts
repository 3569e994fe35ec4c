import { all, holds, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Graph, Resource, TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const group = { hcloud_placement_group: { hosts: { name: 'hosts', type: 'spread' } } };
const two = (attributes: Parameters<typeof server>[0], extra: TerraformJson = {}) =>
  hcloud(
    {
      ...group,
      hcloud_server: { one: server({ name: 'one', ...attributes }), other: server({ name: 'other', ...attributes }) },
    },
    extra,
  );
const placed = { placement_group_id: '${hcloud_placement_group.hosts.id}' } as const;

export const serversSpread = rule({
  id: 'servers-spread',
  title: 'Servers of one location stand on different hardware',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.8.14', 'ISO27001:2022/A.8.6', 'GDPR/32(1)(b)'],
  rationale:
    'Without a placement group two servers may share one physical machine, and its failure takes both: the service with its monitoring, the primary with its copy. A group of type spread keeps up to ten apart.',
  remediation: 'Name a hcloud_placement_group of type spread in placement_group_id',
  sources: ['https://docs.hetzner.com/cloud/placement-groups/overview'],
  appliesTo: ['hcloud_server'],
  appliesWhen: (resource, { graph }) => neighbours(resource, graph),
  check: (resource, { graph }) => spread(resource, graph),
  message: (resource, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to stand apart from its neighbours`)
      : fit(`${addressOf(resource)} may share its hardware with the other servers of its location`),
  examples: [
    { name: 'a group that spreads', verdict: 'pass', terraform: two(placed) },
    { name: 'no group', verdict: 'fail', terraform: two({}) },
    { name: 'one server alone', verdict: 'not-applicable', terraform: hcloud({ hcloud_server: { host: server() } }) },
    {
      name: 'a group that a variable without value names',
      verdict: 'unknown',
      terraform: two({ placement_group_id: '${var.group}' }, { variable: { group: { type: 'number' } } }),
    },
  ],
});

/**
 * Another server of the same project stands in the same location. A placement group never spans projects, and which project a
 * stack of ours goes to stands in its label `lukko-project`.
 */
function neighbours(resource: Resource, graph: Graph): Truth {
  const location = resource.attr('location').text;
  const at = resource.attr('location').at;
  if (location === undefined) {
    const { value } = resource.attr('location');
    return unknown({
      at,
      saw: 'a location that may hold others',
      causes: value.state === 'unknown' ? value.causes : ['computed'],
    });
  }
  const others = (together(graph).get(placeOf(resource)) ?? 0) - 1;
  return others > 0 || !resource.expanded
    ? yes({ at, saw: `${others} more in ${location}` })
    : no({ at, saw: `no other server in ${location}` });
}

/** Servers by project and location, counted once a graph: asking each about all others would take hours in a large plan. */
const counted = new WeakMap<Graph, ReadonlyMap<string, number>>();

function together(graph: Graph): ReadonlyMap<string, number> {
  const known = counted.get(graph);
  if (known !== undefined) return known;
  const counts = new Map<string, number>();
  for (const server of graph.all('hcloud_server')) {
    if (server.mode === 'managed') counts.set(placeOf(server), (counts.get(placeOf(server)) ?? 0) + 1);
  }
  counted.set(graph, counts);
  return counts;
}

function placeOf(server: Resource): string {
  return JSON.stringify([server.attr('labels', 'lukko-project').text, server.attr('location').text]);
}

function spread(resource: Resource, graph: Graph): Truth {
  const attr = resource.attr('placement_group_id');
  if (attr.value.state === 'unset') return no({ at: attr.at, saw: 'no placement group' });
  const { edges } = graph.to(resource, ['placement_group_id'], 'hcloud_placement_group');
  if (edges.length === 0)
    return attr.value.state === 'known' && attr.value.value === null
      ? no({ at: attr.at, saw: 'no placement group' })
      : unknown({ at: attr.at, saw: 'a group that is not part of the input', causes: ['outside'] });
  return all(
    edges.map(({ resource: group, certainty }) =>
      certainty === 'certain'
        ? holds(group.attr('type'), (type) => type === 'spread')
        : unknown({ at: attr.at, saw: `perhaps ${group.id}`, causes: ['possible'] }),
    ),
  );
}
