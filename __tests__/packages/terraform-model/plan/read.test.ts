import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Graph, InputError, readPlan, readPlanFile, describe as words } from '@lukko/terraform-model';
import { resource } from '../stacks.ts';

const fixtures = path.join(__dirname, '../../../fixtures/terraform-model');
const bytes = (name: string) => readFileSync(path.join(fixtures, name));
const recorded = (name: string, joined = false) =>
  readPlan({
    bytes: bytes(`${name}/plan.json`),
    file: 'plan.json',
    source: joined ? readPlanFile(bytes(`${name}/plan.tfplan`), 'plan.tfplan').source : undefined,
  });

/** A plan of our own making, for what no recording has. */
const plan = (document: object) => readPlan({ bytes: Buffer.from(JSON.stringify(document)), file: 'plan.json' });

const fault = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'read';
};

const attributes = (graph: Graph) =>
  graph.resources.map((one) => ({
    id: one.id,
    change: one.change,
    place: one.place,
    provider: one.provider,
    attributes:
      one.attr().value.state === 'map'
        ? Object.fromEntries(
            [...(one.attr().value as { entries: ReadonlyMap<string, unknown> }).entries.keys()]
              .sort()
              .map((name) => one.attr(name))
              .filter(({ value }) => value.state !== 'unset')
              .map((attr) => [
                attr.path[0],
                [
                  words(attr.value),
                  ...attr.references.map((ref) => `→ ${ref.target}.${ref.attribute.join('.')} ${ref.certainty}`),
                ].join(' '),
              ]),
          )
        : {},
  }));

describe('a recorded plan of files in JSON syntax', () => {
  it('is read with the expressions it records itself', () => {
    expect(attributes(recorded('json-syntax'))).toMatchSnapshot();
  });

  it('is read with its source', () => {
    const graph = recorded('json-syntax', true);
    expect(attributes(graph)).toMatchSnapshot();
    const [root] = graph.roots;
    expect([root?.backend.id, root?.backend.written, root?.terraformVersion, root?.kind]).toEqual([
      'backend.local',
      false,
      '1.11.4',
      'plan',
    ]);
    expect(
      resource(graph, 'terraform_data.p').provisioners?.map((one) => [one.type, one.attr('command').text]),
    ).toEqual([['local-exec', 'lukko host rebuild']]);
    expect(resource(graph, 'terraform_data.p').lifecycle).toEqual({
      preventDestroy: false,
      ignoreChanges: [],
      createBeforeDestroy: false,
    });
  });

  it('never holds a sensitive value', () => {
    for (const graph of [recorded('json-syntax'), recorded('json-syntax', true), recorded('hcl-syntax')]) {
      const seen = JSON.stringify(attributes(graph));
      expect(seen).not.toContain('geheim');
      expect(seen).not.toContain('aaaaaaaa');
    }
  });
});

describe('a recorded plan of files in HCL', () => {
  const graph = recorded('hcl-syntax');

  it('has only bare references where values are not known: possible edges, never certain ones', () => {
    expect(attributes(graph)).toMatchSnapshot();
    const { edges, complete, why } = graph.to(
      resource(graph, 'hcloud_volume_attachment.data'),
      ['volume_id'],
      'hcloud_volume',
    );
    expect([edges.map((edge) => [edge.resource.id, edge.certainty]), complete, why]).toEqual([
      [['hcloud_volume.data[0]', 'possible']],
      false,
      ['source'],
    ]);
  });

  it('believes a constant payload when its digest is the planned one', () => {
    expect(resource(graph, 'hcloud_server.fixed').attr('user_data').text).toBe('echo ${HOME}');
  });

  it('its plan file holds the configuration in HCL', () => {
    const file = readPlanFile(bytes('hcl-syntax/plan.tfplan'), 'plan.tfplan');
    expect([file.source?.files.map((one) => one.file), file.lockFile?.includes('hetznercloud/hcloud')]).toEqual([
      ['main.tf'],
      true,
    ]);
  });

  it('does not know its backend or lifecycles', () => {
    const backend = graph.roots[0]?.backend;
    expect([backend?.id, backend?.written, backend?.attr('bucket').value]).toEqual([
      'backend.unknown',
      false,
      { state: 'unknown', causes: ['source'], expression: '', references: [] },
    ]);
    expect(resource(graph, 'hcloud_volume.data[0]').lifecycle).toBeUndefined();
  });
});

describe('a recorded plan of a second run', () => {
  const graph = recorded('second-run', true);

  it('tells what changes, and what was before', () => {
    expect(graph.resources.map((one) => [one.id, one.change, one.before?.('input').text])).toMatchSnapshot();
  });

  it('knows what exists already, and follows it', () => {
    expect(words(resource(graph, 'terraform_data.reader').attr('input').value)).toMatch(
      /^"\$\{terraform_data.replaced.id\} [0-9a-f-]{36}"$/,
    );
    expect(resource(graph, 'data.terraform_remote_state.other').attr('outputs', 'greeting').text).toBe('hello');
  });
});

const server = (after: object, more: object = {}) => ({
  format_version: '1.2',
  terraform_version: '1.11.4',
  resource_changes: [
    {
      address: 'hcloud_server.a',
      mode: 'managed',
      type: 'hcloud_server',
      name: 'a',
      provider_name: 'registry.terraform.io/hetznercloud/hcloud',
      change: { actions: ['create'], before: null, after, after_unknown: {}, after_sensitive: {} },
    },
  ],
  ...more,
});
const hash = (text: string) => createHash('sha1').update(text).digest('base64');

describe('user_data', () => {
  const joined = (text: string, planned: string) =>
    resource(
      readPlan({
        bytes: Buffer.from(JSON.stringify(server({ user_data: planned }))),
        file: 'plan.json',
        source: {
          files: [
            { file: 'main.tf.json', text: JSON.stringify({ resource: { hcloud_server: { a: { user_data: text } } } }) },
          ],
        },
      }),
      'hcloud_server.a',
    ).attr('user_data').value;

  it('is unknown by `source` when only its digest is at hand', () => {
    expect(resource(plan(server({ user_data: hash('x') })), 'hcloud_server.a').attr('user_data').value).toEqual({
      state: 'unknown',
      causes: ['source'],
      expression: '',
      references: [],
    });
  });

  it('is the text of the source when the digest is its own, and not otherwise', () => {
    expect(joined('echo $${HOME}', hash('echo ${HOME}'))).toEqual({ state: 'known', value: 'echo ${HOME}' });
    expect(joined('other', hash('echo'))).toMatchObject({ state: 'unknown', causes: ['source'] });
    expect(joined('${hcloud_volume.x.id}', hash('echo'))).toMatchObject({ state: 'unknown', causes: ['source'] });
  });
});

describe('a plan that reads the state of a sibling stack', () => {
  it('keeps the edge of a reference that cdktf marked sensitive, and nothing of its value', () => {
    const state = (path: string) => ({ backend: { local: { path } } });
    const network = {
      '//': { metadata: { stackName: 'network' } },
      terraform: state('network.tfstate'),
      resource: { hcloud_firewall: { web: { name: 'web' } } },
      output: { 'cross-stack-output-web': { value: '${hcloud_firewall.web.id}', sensitive: true } },
    };
    const logs = {
      '//': { metadata: { stackName: 'logs' } },
      terraform: state('logs.tfstate'),
      data: { terraform_remote_state: { n: { backend: 'local', config: { path: 'network.tfstate' } } } },
      resource: {
        hcloud_server: { a: { firewall_ids: ['${data.terraform_remote_state.n.outputs.cross-stack-output-web}'] } },
      },
    };
    const document = server(
      { firewall_ids: [424242] },
      {
        prior_state: {
          values: {
            root_module: {
              resources: [
                {
                  address: 'data.terraform_remote_state.n',
                  mode: 'data',
                  type: 'terraform_remote_state',
                  name: 'n',
                  values: {
                    backend: 'local',
                    config: { path: 'network.tfstate' },
                    outputs: { 'cross-stack-output-web': '424242' },
                  },
                  sensitive_values: { outputs: { 'cross-stack-output-web': true } },
                },
              ],
            },
          },
        },
      },
    );
    for (const change of document.resource_changes)
      Object.assign(change.change, { after_sensitive: { firewall_ids: true } });
    const graph = readPlan({
      bytes: Buffer.from(JSON.stringify(document)),
      file: 'plan.json',
      source: { files: [{ file: 'logs/cdk.tf.json', text: JSON.stringify(logs) }] },
      siblings: [{ files: [{ file: 'logs/network.tf.json', text: JSON.stringify(network) }] }],
    });
    const host = resource(graph, 'logs/hcloud_server.a');
    expect(JSON.stringify(host.attr('firewall_ids').value)).not.toContain('424242');
    const { edges, complete } = graph.to(host, ['firewall_ids'], 'hcloud_firewall');
    expect([edges.map((edge) => [edge.resource.id, edge.certainty]), complete]).toEqual([
      [['network/hcloud_firewall.web', 'certain']],
      true,
    ]);
  });
});

describe('plans of other makes', () => {
  it('reads an old one with short provider names and without configuration', () => {
    const old = plan({
      format_version: '0.1',
      resource_changes: [
        {
          address: 'hcloud_volume.a',
          mode: 'managed',
          type: 'hcloud_volume',
          name: 'a',
          provider_name: 'hcloud',
          change: { actions: ['create'], after: { size: 10 }, after_unknown: { id: true } },
        },
        {
          address: 'aws_instance.a',
          mode: 'managed',
          type: 'aws_instance',
          name: 'a',
          provider_name: 'aws',
          change: { actions: ['create'], after: {} },
        },
      ],
    });
    expect(old.resources.map(({ id, provider }) => [id, provider])).toEqual([
      ['hcloud_volume.a', 'registry.terraform.io/hetznercloud/hcloud'],
      ['aws_instance.a', 'registry.terraform.io/hashicorp/aws'],
    ]);
    expect(words(resource(old, 'hcloud_volume.a').attr('id').value)).toBe('unknown (computed: hcloud_volume.a.id)');
    expect(old.roots[0]?.providers.map(({ source, written }) => [source, written])).toEqual([
      ['registry.terraform.io/hetznercloud/hcloud', false],
      ['registry.terraform.io/hashicorp/aws', false],
    ]);
  });

  it('keeps deposed objects apart and has unknowns and marks at any depth', () => {
    const graph = plan({
      format_version: '1.0',
      resource_changes: [
        {
          address: 'x_y.a',
          mode: 'managed',
          type: 'x_y',
          name: 'a',
          change: {
            actions: ['update'],
            after: { list: [{ k: 'v' }, {}], map: { open: 'o', secret: 's' } },
            after_unknown: { list: [{}, { k: true }], map: {} },
            after_sensitive: { map: { secret: true } },
          },
        },
        {
          address: 'x_y.a',
          deposed: '00aa',
          mode: 'managed',
          type: 'x_y',
          name: 'a',
          change: { actions: ['delete'], before: { list: [] } },
        },
      ],
    });
    const a = resource(graph, 'x_y.a');
    expect(graph.resources.map(({ id, change }) => [id, change])).toEqual([
      ['x_y.a', 'update'],
      ['x_y.a (deposed 00aa)', 'delete'],
    ]);
    expect(
      [a.attr('list', 0, 'k'), a.attr('list', 1, 'k'), a.attr('map', 'open'), a.attr('map', 'secret')].map(
        ({ value }) => words(value),
      ),
    ).toEqual(['"v"', 'unknown (computed)', '"o"', 'unknown (sensitive: not shown)']);
  });

  it('keys of the prototype are no attributes', () => {
    const graph = plan(server(JSON.parse('{"__proto__": {"x": 1}, "name": "a"}')));
    expect(resource(graph, 'hcloud_server.a').attr('constructor').value).toEqual({ state: 'unset' });
  });

  it('is open when the plan is not complete', () => {
    expect(plan(server({}, { complete: false })).closedBecause).toMatchSnapshot();
    expect(fault(() => plan(server({}, { errored: true })))).toMatchSnapshot();
    expect(plan(server({})).closed).toBe(true);
  });

  it.each([
    ['PK\u0003\u0004', 'a binary plan file'],
    ['{"format_version": "2.0", "resource_changes": []}', 'a newer format'],
    ['{"format_version": "1.0", "values": {}}', 'a state'],
    ['{"resource": {}}', 'a configuration'],
    ['[]', 'a list'],
    ['', 'nothing'],
    ['{"format_version": "1.0", "resource_changes": [], "resource_changes": []}', 'a key twice'],
    ['{"format_version": "1.0", "resource_changes": [{"address": 1}]}', 'an element without address'],
  ])('refuses %j: %s', (text) => {
    expect(fault(() => readPlan({ bytes: Buffer.from(text), file: 'plan.json' }))).toMatchSnapshot();
  });
});

describe('code beside resources, as a plan records it', () => {
  const configuration = {
    root_module: {
      resources: [
        { mode: 'ephemeral', type: 'external', name: 'token', expressions: { program: { constant_value: ['sh'] } } },
        {
          mode: 'managed',
          type: 'hcloud_server',
          name: 'a',
          provisioners: [{ type: 'local-exec', expressions: { command: { constant_value: 'sh' } } }],
        },
      ],
      actions: [{ type: 'local_command', name: 'deploy', expressions: { config: [{ command: {} }] } }],
    },
  };

  it('ephemeral resources and actions are seen; what it leaves out of a provisioner is not guessed', () => {
    const graph = readPlan({
      bytes: Buffer.from(JSON.stringify({ ...server({}), configuration })),
      file: 'plan.json',
    });
    const [root] = graph.roots;
    expect(root?.actions.map(({ id, provider }) => [id, provider])).toEqual([
      ['action.local_command.deploy', 'registry.terraform.io/hashicorp/local'],
    ]);
    expect(resource(graph, 'ephemeral.external.token')).toMatchObject({ mode: 'ephemeral', change: 'read' });
    expect(root?.resources).toContain('ephemeral.external.token');
    expect(resource(graph, 'hcloud_server.a').provisioners).toMatchObject([
      { onFailure: undefined, connected: undefined },
    ]);
  });

  it.each([[{ actions: {} }], [{ actions: [{ type: 'x' }] }]])('refuses actions of another form: %j', (module) => {
    const bytes = Buffer.from(JSON.stringify({ ...server({}), configuration: { root_module: module } }));
    expect(() => readPlan({ bytes, file: 'plan.json' })).toThrow(/configuration\.root_module\.actions/);
  });
});
