import type { Facts } from '@lukko/facts';
import { all, type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Backend, Resource, Root, TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit } from './shared/message.ts';

const withBackend = (backend: Readonly<Record<string, unknown>>, userData?: string): TerraformJson => ({
  ...hcloud({ hcloud_server: { host: server(userData === undefined ? {} : { user_data: userData }) } }),
  terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } }, backend },
});
/** A token in the payload, and a state that OpenTofu encrypts with a key of the given block. */
const withKey = (key: Readonly<Record<string, unknown>>, method: object = { aes_gcm: { main: { keys: usedKey } } }) => {
  const base = withBackend(
    { local: { path: '../state/example.tfstate' } },
    '#cloud-config\nwrite_files:\n  - path: /etc/app.env\n    content: DB_PASSWORD=Zx8-quiet-Lake-71-stone\n',
  );
  const [name = ''] = Object.keys(method);
  const encryption = { key_provider: key, method, state: { method: `\${method.${name}.main}` } };
  return { ...base, terraform: { ...base.terraform, encryption } };
};
const usedKey = '${key_provider.pbkdf2.main}';
const bucket = {
  bucket: 'lukko-state',
  key: 'example.tfstate',
  region: 'fsn1',
  endpoints: { s3: 'https://fsn1.your-objectstorage.com' },
};

/** Backends whose operator encrypts what lies there, whatever is written. https://developer.hashicorp.com/terraform/language/backend */
const encryptedByOperator: ReadonlySet<string> = new Set(['gcs', 'azurerm', 'cloud', 'remote']);

export const stateKeepsNoSecretInPlain = rule({
  id: 'state-keeps-no-secret-in-plain',
  title: 'State is encrypted where it lies, or shows no secret',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.3', 'GDPR/32(1)(a)'],
  rationale:
    'State is a file of clear text. On a disk of somebody, or in a bucket that does not encrypt, whoever copies it has every value a resource was given. A local file passes only where all stacks are at hand and none of them shows a secret; so does a bucket that is not asked to encrypt, when no provider but that of Hetzner gives resources values nobody sees here.',
  remediation:
    'Keep secrets out of Terraform, use a backend that encrypts (s3 with encrypt = true), or the encryption block of OpenTofu',
  sources: [
    'https://developer.hashicorp.com/terraform/language/state/sensitive-data',
    'https://developer.hashicorp.com/terraform/language/backend/s3',
    'https://opentofu.org/docs/language/state/encryption/',
  ],
  appliesTo: ['root'],
  check: (root, facts): readonly Judgement[] => {
    if (root.kind !== 'synth' && root.kind !== 'configuration') return [];
    const truth = kept(root, facts);
    return [{ truth, message: said(root.backend, truth), place: root.backend.place }];
  },
  message: (root) => said(root.backend, { is: false, because: [] }),
  examples: [
    {
      name: 'a local file, and no secret anywhere',
      verdict: 'pass',
      terraform: withBackend({ local: { path: '../state/example.tfstate' } }),
    },
    {
      name: 'a local file, and a token in the payload',
      verdict: 'fail',
      terraform: withBackend(
        { local: { path: '../state/example.tfstate' } },
        '#cloud-config\nwrite_files:\n  - path: /etc/app.env\n    content: DB_PASSWORD=Zx8-quiet-Lake-71-stone\n',
      ),
    },
    {
      name: 'a token in the payload, and a state that OpenTofu encrypts with a passphrase from outside',
      verdict: 'pass',
      terraform: {
        ...withKey({ pbkdf2: { main: { passphrase: '${var.passphrase}' } } }),
        variable: { passphrase: { type: 'string', sensitive: true } },
      },
    },
    {
      name: 'a state that OpenTofu encrypts with a passphrase which stands beside it',
      verdict: 'fail',
      terraform: withKey({ pbkdf2: { main: { passphrase: 'Zx8-quiet-Lake-71-stone' } } }),
    },
    {
      name: 'a method of OpenTofu that writes it in clear text',
      verdict: 'fail',
      terraform: withKey({ pbkdf2: { main: { passphrase: '${var.passphrase}' } } }, { unencrypted: { main: {} } }),
    },
    {
      name: 'a state that a program encrypts',
      verdict: 'unknown',
      terraform: withKey({}, { external: { main: { encrypt_command: ['./lock'], decrypt_command: ['./open'] } } }),
    },
    { name: 'a bucket that encrypts', verdict: 'pass', terraform: withBackend({ s3: { ...bucket, encrypt: true } }) },
    {
      name: 'a bucket that is not asked to, and no secret anywhere',
      verdict: 'pass',
      terraform: withBackend({ s3: bucket }),
    },
    {
      name: 'a bucket that is not asked to, and a token in the payload',
      verdict: 'fail',
      terraform: withBackend(
        { s3: bucket },
        '#cloud-config\nwrite_files:\n  - path: /etc/app.env\n    content: DB_PASSWORD=Zx8-quiet-Lake-71-stone\n',
      ),
    },
    {
      name: 'a bucket that is not asked to, and a resource whose values its provider makes',
      verdict: 'fail',
      terraform: {
        ...withBackend({ s3: bucket }),
        terraform: {
          required_providers: {
            hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' },
            neon: { source: 'kislerdm/neon', version: '0.6.3' },
          },
          backend: { s3: bucket },
        },
        resource: { neon_project: { orders: { name: 'orders' } } },
      },
    },
  ],
});

function kept(root: Root, facts: Facts): Truth {
  const { backend } = root;
  const { graph } = facts;
  const at = backend.id;
  const before = beforeItLeaves(root, facts);
  if (before !== undefined) return before;
  if (backend.type === 'local') return plain(root, facts);
  if (encryptedByOperator.has(backend.type))
    return yes({ at, saw: `backend ${backend.type}: encrypted by its operator` });
  if (backend.type === 's3') {
    const encrypt = backend.attr('encrypt');
    const customer = backend.attr('sse_customer_key');
    if (encrypt.text === 'true') return yes({ at: encrypt.at, saw: 'encrypt = true' });
    if (customer.value.state !== 'unset') return yes({ at: customer.at, saw: 'a key of the customer' });
    if (encrypt.value.state === 'unset' || encrypt.text === 'false') {
      const foreign = root.resources.map((id) => graph.byId(id)).find((each) => each !== undefined && !isOurs(each));
      const nothing = plain(root, facts);
      return foreign === undefined && nothing.is === true
        ? nothing
        : no({ at: encrypt.at, saw: 'encrypt is not switched on' });
    }
    return unknown({ at: encrypt.at, saw: 'encrypt is not known', causes: ['function'] });
  }
  return unknown({ at, saw: `backend ${backend.type}: whether it encrypts is not shown`, causes: ['outside'] });
}

/**
 * What OpenTofu's `encryption` block makes of the state wherever it lies; undefined when it writes clear text. A key that can be read beside the
 * state keeps nobody out.
 */
function beforeItLeaves({ encryption }: Root, { secrets }: Facts): Truth | undefined {
  if (encryption?.state === undefined) return undefined;
  const { keyProviders, methods, state } = encryption;
  const method = methods.find(({ type, name }) => state === `method.${type}.${name}`);
  if (method?.type === 'unencrypted') return undefined;
  const keys = keyProviders.find(({ type, name }) => method?.keys === `key_provider.${type}.${name}`);
  if (method?.type !== 'aes_gcm' || keys === undefined) {
    const at = method?.id ?? state;
    return unknown({ at, saw: `${state}: what it makes of the state is not shown`, causes: ['outside'] });
  }
  const readable = secrets.find(({ owner }) => owner === keys.id);
  return readable === undefined
    ? yes({ at: method.id, saw: `encryption: ${state}, with the key of ${keys.type}` })
    : no({ at: readable.at, saw: `${readable.kind}: the key of the state can be read` });
}

/** Of Hetzner's provider, whose attributes are known, or of Terraform itself: neither keeps a secret that the graph does not show. */
function isOurs({ provider }: Resource): boolean {
  return /(^|\/)hetznercloud\/hcloud$|^terraform\.io\/builtin\//.test(provider);
}

/** What nobody encrypts passes in a closed world whose graph shows no secret, and nothing that keeps one. */
function plain(root: Root, { graph, secrets, servers }: Facts): Truth {
  const own = new Set(root.resources);
  const what = root.backend.type === 'local' ? 'local file' : `backend ${root.backend.type}`;
  const found = secrets.filter(({ owner }) => own.has(owner) || owner === root.backend.id);
  const [first] = found;
  if (first !== undefined) return no({ at: first.at, saw: `${first.kind}, and a state that is a plain file` });
  const closed: Truth = graph.closed
    ? yes({ at: root.backend.id, saw: `${what}; ${graph.closedBecause}` })
    : unknown({ at: root.backend.id, saw: `${what}; ${graph.closedBecause}`, causes: ['outside'] });
  const unread = servers.filter(({ resource, payload }) => own.has(resource.id) && payload.state === 'unknown');
  const read = unread.map(({ payload }) =>
    unknown({ at: payload.attr.at, saw: 'a payload that is not shown', causes: payload.causes }),
  );
  return all([closed, ...read, yes({ at: root.backend.id, saw: `no secret in ${own.size} resources` })]);
}

function said(backend: Backend, truth: Truth): string {
  const what = backend.type === 'local' ? 'a local file' : `backend ${backend.type}`;
  return truth.is === 'unknown'
    ? fit(`state in ${what} is not shown to be free of secrets, or encrypted`)
    : fit(`state in ${what} holds secrets in clear text or is not encrypted`);
}
