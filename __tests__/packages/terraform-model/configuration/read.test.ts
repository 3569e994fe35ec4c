import { InputError, readConfiguration, readSynth, describe as words } from '@lukko/terraform-model';
import { one, resource, stacks } from '../stacks.ts';

const fault = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'read';
};

describe('stacks of a cdktf.out', () => {
  const graph = stacks({
    network: {
      resource: { hcloud_firewall: { web: { name: 'web' } } },
      output: {
        'cross-stack-output-hcloud_firewallwebid': { value: '${hcloud_firewall.web.id}', sensitive: true },
        place: { value: 'hel1' },
        hidden: { value: 'hel1', sensitive: true },
      },
    },
    logs: {
      data: {
        terraform_remote_state: {
          network: {
            backend: 'local',
            config: { path: '../../../state/test/network.tfstate', workspace: '${terraform.workspace}' },
          },
          other: { backend: 's3', config: { bucket: 'b', key: 'k' } },
        },
      },
      resource: {
        hcloud_server: {
          host: {
            '//': {
              metadata: {
                path: 'logs/host/server',
                stackTrace: ['stacks/constructs/hardened-server.ts:41', 'stacks/logs.ts:23', 'main.ts:30'],
                origins: [
                  { attribute: 'location', file: 'config/example.yaml', line: 14 },
                  { attribute: 'user_data', value: 'registry.example', file: 'config/example.yaml', line: 15 },
                ],
              },
            },
            name: 'host',
            location: '${data.terraform_remote_state.network.outputs.place}',
            image: '${data.terraform_remote_state.other.outputs.image}',
            iso: '${data.terraform_remote_state.network.outputs.hidden}',
            firewall_ids: ['${data.terraform_remote_state.network.outputs.cross-stack-output-hcloud_firewallwebid}'],
          },
        },
      },
    },
  });
  const host = resource(graph, 'logs/hcloud_server.host');

  it('follows a remote state to the resource of the sibling stack, with a certain edge', () => {
    const { edges, complete } = graph.to(host, ['firewall_ids'], 'hcloud_firewall');
    expect(edges.map(({ resource: to, certainty, via }) => [to.id, certainty, via.at])).toEqual([
      ['network/hcloud_firewall.web', 'certain', 'logs/hcloud_server.host.firewall_ids[0]'],
    ]);
    expect(complete).toBe(true);
    const incoming = graph.from('hcloud_server', ['firewall_ids'], resource(graph, 'network/hcloud_firewall.web'));
    expect(incoming.edges.map(({ resource: from }) => from.id)).toEqual(['logs/hcloud_server.host']);
    expect(incoming.complete).toBe(true);
  });

  it('resolves a literal output, respects a mark, and does not guess a state that is not there', () => {
    expect(host.attr('location').text).toBe('hel1');
    expect(words(host.attr('iso').value)).toBe('unknown (sensitive: not shown)');
    expect(host.attr('image').value).toMatchObject({ state: 'unknown', causes: ['outside'] });
  });

  it('takes place, construct path and origins from the metadata', () => {
    expect(host.place).toEqual({ file: 'stacks/logs.ts', line: 23 });
    expect(host.constructPath).toBe('logs/host/server');
    expect(host.origins).toEqual([
      { attribute: 'location', place: { file: 'config/example.yaml', line: 14 } },
      { attribute: 'user_data', value: 'registry.example', place: { file: 'config/example.yaml', line: 15 } },
    ]);
    expect(resource(graph, 'network/hcloud_firewall.web').place).toEqual({
      file: 'cdktf.out/stacks/network/cdk.tf.json',
      line: 16,
    });
  });

  it('matches remote states on S3 by bucket and key', () => {
    const backend = { terraform: { backend: { s3: { bucket: 'b', key: 'network', region: 'eu' } } } };
    const read = stacks({
      network: { ...backend, output: { x: { value: 'found' } } },
      logs: {
        data: { terraform_remote_state: { n: { backend: 's3', config: { bucket: 'b', key: 'network' } } } },
        resource: { terraform_data: { x: { input: '${data.terraform_remote_state.n.outputs.x}' } } },
      },
    });
    expect(resource(read, 'logs/terraform_data.x').attr('input').text).toBe('found');
  });

  it('is closed when the manifest names no other stack', () => {
    const file = (name: string) => ({
      files: [
        {
          file: `cdktf.out/stacks/${name}/cdk.tf.json`,
          text: JSON.stringify({ '//': { metadata: { stackName: name } } }),
        },
      ],
    });
    const manifest = {
      file: 'cdktf.out/manifest.json',
      text: JSON.stringify({
        stacks: {
          a: { synthesizedStackPath: 'stacks/a/cdk.tf.json' },
          b: { synthesizedStackPath: 'stacks/b/cdk.tf.json' },
        },
      }),
    };
    const why = (names: readonly string[]) => readSynth({ roots: names.map(file), manifest });
    expect([why(['a', 'b']).closed, why(['a', 'b']).closedBecause]).toEqual([
      true,
      'all 2 stacks of cdktf.out/manifest.json were read',
    ]);
    expect([why(['a']).closed, why(['a']).closedBecause]).toEqual([
      false,
      'stack b of cdktf.out/manifest.json is not part of the input',
    ]);
  });
});

describe('a root in JSON syntax', () => {
  it('says what is in it', () => {
    const graph = one(
      {
        terraform: {
          required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '~> 1.68' }, aws: '~> 5.0' },
          cloud: { organization: 'x' },
        },
        provider: { hcloud: [{ token: '${var.token}' }, { alias: 'keys', endpoint: 'https://example.org' }] },
        variable: { token: { sensitive: true }, given: {}, standard: { default: 1 } },
        resource: {
          hcloud_volume: { a: { name: 'a', provider: 'hcloud.keys' } },
          vercel_project: { p: {} },
          terraform_data: {
            t: {
              lifecycle: {
                prevent_destroy: true,
                ignore_changes: ['input', 'triggers_replace'],
                create_before_destroy: true,
              },
              depends_on: ['hcloud_volume.a'],
              provisioner: [
                { 'local-exec': { command: 'x ${self.id}' } },
                { 'local-exec': [{ command: 'y', when: 'destroy' }] },
              ],
            },
          },
        },
        output: { o: { value: '${hcloud_volume.a.name}' } },
      },
      { variables: { given: 'x' } },
    );
    const [root] = graph.roots;
    const t = resource(graph, 'terraform_data.t');
    expect({
      kind: root?.kind,
      backend: [root?.backend.id, root?.backend.written, root?.backend.attr('organization').text],
      required: root?.requiredProviders.map(({ name, source, version, place }) => [name, source, version, place.line]),
      providers: root?.providers.map(({ id, source, version, written, alias }) => [
        id,
        source,
        version,
        written,
        alias,
      ]),
      variables: root?.variables.map(({ name, hasValue, sensitive }) => [name, hasValue, sensitive]),
      outputs: root?.outputs.map(({ id, value }) => [id, value.at, value.text]),
      resources: graph.resources.map(({ id, provider, change }) => [id, provider, change]),
      lifecycle: t.lifecycle,
      dependsOn: t.dependsOn,
      provisioners: t.provisioners?.map((one) => [
        one.id,
        one.type,
        one.when,
        words(one.attr('command').value),
        one.place.line,
      ]),
    }).toMatchSnapshot();
  });

  it('reads blocks as objects or as lists', () => {
    const rule = { direction: 'in', port: '22' };
    const graph = one({
      resource: [{ hcloud_firewall: { a: { rule } } }, { hcloud_firewall: [{ b: [{ rule: [rule] }] }] }],
    });
    for (const id of ['hcloud_firewall.a', 'hcloud_firewall.b']) {
      const [item] = resource(graph, id).attr('rule').items();
      expect([item?.at, item?.attr('port').text, item?.attr('port').at]).toEqual([
        `${id}.rule[0]`,
        '22',
        `${id}.rule[0].port`,
      ]);
    }
  });

  it('expands count, for_each and dynamic where they are known', () => {
    const graph = one({
      variable: { n: {} },
      resource: {
        hcloud_volume: {
          none: { count: 0 },
          two: { count: 2, name: 'v${count.index}' },
          each: { for_each: { x: { size: 10 }, y: { size: 20 } }, name: '${each.key}', size: '${each.value.size}' },
          open: { count: '${var.n}', name: 'o${count.index}', location: 'hel1' },
        },
        hcloud_firewall: {
          known: { dynamic: { rule: { for_each: ['22', '443'], content: { port: '${rule.value}' } } } },
          named: {
            dynamic: [
              {
                rule: {
                  for_each: { ssh: 22 },
                  iterator: 'it',
                  content: { port: '${it.value}', description: '${it.key}' },
                },
              },
            ],
            rule: [{ port: '1' }],
          },
          open: { dynamic: { rule: { for_each: '${var.n}', content: { direction: 'in', port: '${rule.value}' } } } },
        },
      },
    });
    const ports = (id: string) =>
      resource(graph, id)
        .attr('rule')
        .items()
        .map((item) => words(item.attr('port').value));
    expect(graph.resources.map(({ id, expanded, index }) => [id, expanded, index])).toMatchSnapshot();
    expect(resource(graph, 'hcloud_volume.each["y"]').attr('size').text).toBe('20');
    expect(words(resource(graph, 'hcloud_volume.open').attr('name').value)).toBe('"o${count.index}"');
    expect(ports('hcloud_firewall.known')).toEqual(['"22"', '"443"']);
    expect(ports('hcloud_firewall.named')).toEqual(['"1"', '22']);
    expect(resource(graph, 'hcloud_firewall.open').attr('rule').value).toMatchObject({
      state: 'list',
      complete: false,
    });
    expect(resource(graph, 'hcloud_firewall.open').attr('rule', 3).value).toMatchObject({
      state: 'unknown',
      causes: ['possible'],
    });
  });

  it('follows modules whose files are handed in, and says when they are not', () => {
    const main = {
      module: {
        net: { source: './net', location: 'hel1' },
        many: { source: './net', for_each: '${toset(["a"])}', location: 'fsn1' },
        far: { source: 'example/far/hcloud', version: '1.0.0' },
      },
      resource: {
        hcloud_volume_attachment: {
          one: { volume_id: '${module.net.volume}' },
          each: { volume_id: '${module.many["a"].volume}' },
          far: { volume_id: '${module.far.volume}' },
        },
      },
    };
    const net = {
      variable: { location: {} },
      resource: { hcloud_volume: { data: { location: '${var.location}', name: '${path.module}' } } },
      output: { volume: { value: '${hcloud_volume.data.id}' } },
    };
    const graph = readConfiguration([{ file: 'infra/main.tf.json', text: JSON.stringify(main) }], {
      modules: [{ files: [{ file: 'infra/net/main.tf.json', text: JSON.stringify(net) }] }],
    });
    const target = (id: string) => {
      const { edges, complete, why } = graph.to(resource(graph, id), ['volume_id'], 'hcloud_volume');
      return { edges: edges.map((edge) => [edge.resource.id, edge.certainty]), complete, why };
    };
    expect(target('hcloud_volume_attachment.one')).toEqual({
      edges: [['module.net.hcloud_volume.data', 'certain']],
      complete: true,
      why: [],
    });
    expect(target('hcloud_volume_attachment.each')).toEqual({
      edges: [['module.many["a"].hcloud_volume.data', 'certain']],
      complete: true,
      why: [],
    });
    expect(target('hcloud_volume_attachment.far')).toEqual({ edges: [], complete: false, why: ['outside'] });
    expect(resource(graph, 'module.many["a"].hcloud_volume.data').attr('location').text).toBe('fsn1');
    expect(resource(graph, 'module.net.hcloud_volume.data').attr('name').text).toBe('net');
    expect(graph.roots[0]?.modules.map(({ id, source, version, loaded }) => [id, source, version, loaded])).toEqual([
      ['module.net', './net', undefined, true],
      ['module.many', './net', undefined, true],
      ['module.far', 'example/far/hcloud', '1.0.0', false],
    ]);
    expect([graph.closed, graph.closedBecause]).toEqual([false, 'module module.far is not part of the input']);
  });

  it('is not closed by itself', () => {
    const graph = readConfiguration([{ file: 'main.tf.json', text: '{"resource": {"hcloud_volume": {"a": {}}}}' }]);
    expect(graph.from('hcloud_volume_attachment', ['volume_id'], resource(graph, 'hcloud_volume.a'))).toEqual({
      edges: [],
      complete: false,
      why: ['outside'],
    });
  });

  it('tells several roots without a name apart by their directory', () => {
    const root = (directory: string) => ({
      files: [{ file: `${directory}/main.tf.json`, text: '{"resource": {"hcloud_volume": {"a": {}}}}' }],
    });
    expect(readSynth({ roots: [root('x'), root('y')] }).resources.map(({ id }) => id)).toEqual([
      'x/hcloud_volume.a',
      'y/hcloud_volume.a',
    ]);
    expect(fault(() => readSynth({ roots: [root('x'), root('x')] }))).toMatchSnapshot();
  });

  it('lets override files take the place of arguments', () => {
    const graph = readConfiguration([
      { file: 'main.tf.json', text: '{"resource": {"hcloud_volume": {"a": {"name": "a", "size": 10}}}}' },
      { file: 'override.tf.json', text: '{"resource": {"hcloud_volume": {"a": {"size": 20}}}}' },
    ]);
    expect(resource(graph, 'hcloud_volume.a').attr('size').text).toBe('20');
    expect(resource(graph, 'hcloud_volume.a').attr('name').text).toBe('a');
  });

  it.each([
    ['[]', 'no object'],
    ['{"resource": "x"}', 'no block'],
    ['{"resource": {"hcloud_volume": {"a": 1}}}', 'no body'],
    ['{"resource": [{"hcloud_volume": {"a": {}}},\n{"hcloud_volume": {"a": {}}}]}', 'declared twice'],
  ])('refuses %s: %s', (text) => {
    expect(fault(() => readConfiguration([{ file: 'main.tf.json', text }]))).toMatchSnapshot();
  });
});
