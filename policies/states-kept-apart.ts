import { dirname, isAbsolute, join, normalize } from 'node:path/posix';
import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Root, TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit, short } from './shared/message.ts';

const stack = (backend: Readonly<Record<string, unknown>>): TerraformJson => ({
  ...hcloud({ hcloud_server: { host: server() } }),
  terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } }, backend },
});
const local = (path: string) => stack({ local: { path } });

export const statesKeptApart = rule({
  id: 'states-kept-apart',
  title: 'Every stack of every environment keeps a state of its own',
  severity: 'high',
  waivable: false,
  controls: ['ISO27001:2022/A.8.31', 'ISO27001:2022/A.8.9', 'ISO27001:2022/A.8.32'],
  rationale:
    'Two stacks that write one state delete each other: what one declares the other does not know, so its next apply removes it. Two environments in one place are one forgotten setting away from that.',
  remediation: 'Give every stack its own path or key, with the environment in it: state/<environment>/<stack>.tfstate',
  sources: [
    'https://developer.hashicorp.com/terraform/language/state',
    'https://developer.hashicorp.com/terraform/language/backend',
  ],
  appliesTo: ['root'],
  check: (root, { graph }): readonly Judgement[] => {
    const mine = placeOf(root);
    if (root.kind !== 'synth' && root.kind !== 'configuration') return [];
    if (mine === undefined) {
      const truth = unknown({ at: root.backend.id, saw: 'a place that is not known', causes: ['function'] });
      return [{ truth, message: fit(`${named(root)} does not show where its state lies`), place: root.backend.place }];
    }
    const sharing = graph.roots.filter((other) => other !== root && placeOf(other) === mine);
    const truth = apart(root, mine, sharing);
    return [{ truth, message: said(root, sharing), place: root.backend.place }];
  },
  message: (root) => fit(`${named(root)} shares its state`),
  examples: [
    {
      name: 'two stacks, two files',
      verdict: 'pass',
      terraform: {},
      stacks: {
        edge: local('../../../state/example/edge.tfstate'),
        logs: local('../../../state/example/logs.tfstate'),
      },
    },
    {
      name: 'two stacks, one file',
      verdict: 'fail',
      terraform: {},
      stacks: { edge: local('../../../state/example.tfstate'), logs: local('../../../state/example.tfstate') },
    },
    {
      name: 'two stacks, one file that is written in two ways',
      verdict: 'fail',
      terraform: {},
      stacks: {
        edge: local('../../../state/example/edge.tfstate'),
        logs: local('../../../state/example/../example/./edge.tfstate'),
      },
    },
    {
      name: 'two stacks, one key of a bucket',
      verdict: 'fail',
      terraform: {},
      stacks: {
        edge: stack({ s3: { bucket: 'lukko-state', key: 'one.tfstate', region: 'fsn1' } }),
        logs: stack({ s3: { bucket: 'lukko-state', key: 'one.tfstate', region: 'fsn1' } }),
      },
    },
  ],
});

function apart(root: Root, mine: string, sharing: readonly Root[]): Truth {
  const at = root.backend.id;
  if (sharing.length > 0) return no({ at, saw: `${mine}, as ${sharing.map(named).join(', ')}` });
  const environment = root.environment?.name;
  if (
    environment !== undefined &&
    !mine.split(/[/:]/).some((part) => part === environment || part.startsWith(`${environment}.`))
  )
    return no({ at, saw: `${mine}, which does not name the environment ${environment}` });
  return yes({ at, saw: mine });
}

/** Where a backend writes, as one text that is equal for the same place; undefined when a part of it is not known. */
function placeOf({ backend, place }: Root): string | undefined {
  if (!backend.written) return `local:${backend.place.file}`;
  const parts = [
    'path',
    'endpoint',
    'bucket',
    'key',
    'prefix',
    'container_name',
    'address',
    'schema_name',
    'secret_suffix',
    'organization',
    'workspaces',
  ];
  const said: string[] = [backend.type];
  for (const name of parts) {
    const { value, text } = backend.attr(name);
    if (value.state === 'unset' || (value.state === 'known' && value.value === null)) continue;
    if (text === undefined && value.state !== 'list' && value.state !== 'map') return undefined;
    // A path is one of the folder of its stack, however it is written.
    if (name === 'path' && backend.type === 'local' && text !== undefined) {
      said.push(isAbsolute(text) ? normalize(text) : join(dirname(place.file), text));
      continue;
    }
    said.push(
      text ??
        JSON.stringify(
          backend
            .attr(name)
            .items()
            .map((item) => item.attr('name').text),
        ),
    );
  }
  const endpoint = backend.attr('endpoints').items()[0]?.attr('s3').text;
  return [...said, ...(endpoint === undefined ? [] : [endpoint])].join(':');
}

function named(root: Root): string {
  return root.stack === undefined ? short(root.place.file, 48) : `stack ${short(root.stack, 40)}`;
}

function said(root: Root, sharing: readonly Root[]): string {
  return sharing.length > 0
    ? fit(`${named(root)} writes the same state as ${sharing.map(named).join(', ')}`, `${named(root)} shares its state`)
    : fit(`${named(root)} keeps its state where the environment is not named`);
}
