import { type Graph, type Resource, readConfiguration } from '@lukko/terraform-model';
import { environmentClassOf } from '../../../packages/cli/src/environment-class.ts';

const labelled = (kind?: string) => ({ name: 'x', ...(kind === undefined ? {} : { labels: { 'lukko-class': kind } }) });
const graphOf = (stated: string | undefined, server: string | undefined, volume: string | undefined) =>
  readConfiguration([
    {
      file: 'cdk.tf.json',
      text: JSON.stringify({
        ...(stated === undefined
          ? {}
          : { '//': { metadata: { stackName: 's', environment: { name: 'e', class: stated } } } }),
        resource: { hcloud_server: { host: labelled(server) }, hcloud_volume: { data: labelled(volume) } },
      }),
    },
  ]);

test.each([
  ['nothing said', undefined, undefined, undefined, undefined],
  ['said by the stack', 'disposable', undefined, undefined, 'disposable'],
  ['said by every label', undefined, 'staging', 'staging', 'staging'],
  ['one without label', undefined, 'disposable', undefined, undefined],
  ['labels that differ', undefined, 'disposable', 'production', undefined],
  ['no class of ours', undefined, 'toy', 'toy', undefined],
  ['no class of ours, by the stack', 'toy', undefined, undefined, undefined],
] as const)('%s', (_, stated, server, volume, expected) => {
  expect(environmentClassOf(graphOf(stated, server, volume))).toBe(expected);
});

test('a plan cannot call what was production disposable', () => {
  const graph = graphOf('disposable', 'disposable', 'disposable');
  const was = graphOf(undefined, 'production', 'production').resources;
  const before = (resource: Resource, index: number): Resource =>
    Object.create(resource, { before: { value: was[index]?.attr.bind(was[index]) } });
  const changed: Graph = { ...graph, roots: graph.roots, resources: graph.resources.map(before) };
  expect(environmentClassOf(graph)).toBe('disposable');
  expect(environmentClassOf(changed)).toBeUndefined();
});
