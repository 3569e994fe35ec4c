import { readSynth, describe as words } from '@lukko/terraform-model';
import fc from 'fast-check';

/** A stack `network` that owns a firewall and says its id, and one that reads it; both with the arguments given. */
interface Setting {
  readonly backend: object;
  readonly read: object;
  /** Backends of further stacks with the same outputs. */
  readonly others?: readonly object[];
  readonly output?: string;
}

const stack = (stackName: string, terraform: object, document: object) => ({
  files: [
    {
      file: `cdktf.out/stacks/${stackName}/cdk.tf.json`,
      text: JSON.stringify({ '//': { metadata: { stackName } }, terraform, ...document }),
    },
  ],
});
const firewall = {
  resource: { hcloud_firewall: { web: { name: 'web' } } },
  output: { id: { value: '${hcloud_firewall.web.id}' } },
};

function edgesOf({ backend, read, others = [], output = 'id' }: Setting): string {
  const graph = readSynth({
    complete: true,
    roots: [
      stack('network', { backend }, firewall),
      ...others.map((one, index) => stack(`other${index}`, { backend: one }, firewall)),
      stack(
        'logs',
        { backend: { local: { path: 'logs.tfstate' } } },
        {
          data: { terraform_remote_state: { n: read } },
          resource: {
            hcloud_server: { host: { firewall_ids: [`\${data.terraform_remote_state.n.outputs.${output}}`] } },
          },
        },
      ),
    ],
  });
  const host = graph.byId('logs/hcloud_server.host');
  if (host === undefined) throw new Error('no host');
  const { edges, complete } = graph.to(host, ['firewall_ids'], 'hcloud_firewall');
  const found = edges.map(({ resource, certainty }) => `${certainty} ${resource.id}`).join(', ');
  return `${found === '' ? 'nothing' : found}${complete ? '' : `: ${words(host.attr('firewall_ids', 0).value)}`}`;
}

const up = (path: string) => (path.startsWith('$') ? path : `../../../state/${path}`);
const local = (path: string) => ({ local: { path: up(path) } });
const readLocal = (path: string, more: object = {}) => ({ backend: 'local', config: { path: up(path) }, ...more });
const s3 = (more: object) => ({ bucket: 'state', key: 'network', region: 'hel1', ...more });
const outside = 'nothing: unknown (outside: data.terraform_remote_state.n.outputs.id)';

describe('a value out of another stack’s state', () => {
  it.each<readonly [string, Setting, string]>([
    [
      'the path the sibling writes',
      { backend: local('a/n'), read: readLocal('./a/../a/n') },
      'certain network/hcloud_firewall.web',
    ],
    ['a wrong path', { backend: local('a/n'), read: readLocal('a/m') }, outside],
    ['a path that is nowhere written', { backend: local('a/n'), read: { backend: 'local' } }, outside],
    [
      'another backend with the same arguments',
      {
        backend: { gcs: { bucket: 'b', prefix: 'n' } },
        read: { backend: 'oss', config: { bucket: 'b', prefix: 'n' } },
      },
      outside,
    ],
    [
      'the same bucket and key',
      { backend: { s3: s3({}) }, read: { backend: 's3', config: s3({}) } },
      'certain network/hcloud_firewall.web',
    ],
    ['another key', { backend: { s3: s3({}) }, read: { backend: 's3', config: s3({ key: 'edge' }) } }, outside],
    [
      'a bucket of that name at another operator',
      {
        backend: { s3: s3({ endpoints: { s3: 'https://hel1.your-objectstorage.com' } }) },
        read: { backend: 's3', config: s3({}) },
      },
      outside,
    ],
    ['a path from a variable', { backend: local('n'), read: readLocal('${var.path}') }, outside],
    [
      'an output the sibling does not have',
      { backend: local('n'), read: readLocal('n'), output: 'ip' },
      outside.replace('outputs.id', 'outputs.ip'),
    ],
    ['another workspace', { backend: local('n'), read: readLocal('n', { workspace: 'test' }) }, outside],
    [
      'the workspace it runs in',
      { backend: local('n'), read: readLocal('n', { workspace: '${terraform.workspace}' }) },
      'certain network/hcloud_firewall.web',
    ],
    [
      'a workspace that is not known',
      { backend: local('n'), read: readLocal('n', { workspace: '${var.w}' }) },
      outside,
    ],
    [
      'an organisation at HashiCorp',
      { backend: { remote: { organization: 'o' } }, read: { backend: 'remote', config: { organization: 'o' } } },
      outside,
    ],
  ])('%s', (_, setting, expected) => {
    expect(edgesOf(setting)).toBe(expected);
  });

  it('that two stacks claim to write is either of theirs, and certain of neither', () => {
    expect(edgesOf({ backend: local('n'), others: [local('n')], read: readLocal('n') })).toBe(
      'possible network/hcloud_firewall.web, possible other0/hcloud_firewall.web',
    );
  });

  it('leads to a sibling exactly when that one alone writes where it is read', () => {
    const place = fc.constantFrom('a', 'b', './a', 'a/../b', 'c');
    const same = (left: string, right: string) =>
      left.replace(/^\.\/|a\/\.\.\//, '') === right.replace(/^\.\/|a\/\.\.\//, '');
    fc.assert(
      fc.property(place, fc.array(place, { maxLength: 2 }), place, (own, others, read) => {
        const writers = [own, ...others].filter((one) => same(one, read));
        const found = edgesOf({ backend: local(own), others: others.map(local), read: readLocal(read) });
        if (writers.length === 0) expect(found).toBe(outside);
        else if (writers.length === 1) expect(found).toMatch(/^certain \w+\/hcloud_firewall\.web$/);
        else expect(found.split(', ').every((edge) => edge.startsWith('possible'))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
