import { type Judgement, no, rule, yes } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit, short } from './shared/message.ts';

/** What a resource keeps in state in clear text, by type: the provider's own pages say so, each at its attribute. */
const keeps: ReadonlyMap<string, string> = new Map([
  ['tls_private_key', 'a private key'],
  ['tls_self_signed_cert', 'a private key'],
  ['tls_locally_signed_cert', "the authority's private key"],
  ['tls_cert_request', 'a private key'],
  ['random_password', 'a password'],
  ['hcloud_uploaded_certificate', 'a private key'],
  ['hcloud_certificate', 'a private key'],
  ['hcloud_storage_box', 'a password'],
  ['hcloud_storage_box_subaccount', 'a password'],
]);

const with_ = (resource: NonNullable<TerraformJson['resource']>) =>
  hcloud({ hcloud_server: { host: server() }, ...resource });

export const privateKeysStayOutOfState = rule({
  id: 'private-keys-stay-out-of-state',
  title: 'No resource keeps a private key or a password in the state',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.5.17', 'ISO27001:2022/A.8.4'],
  rationale:
    'Terraform writes every argument of a resource into its state in clear text, sensitive ones too: who reads the state or a backup of it, or a plan file, has the key. What never passes through Terraform is in none of them.',
  remediation: 'Make keys and passwords on the host that uses them, or seal them to it: lukko secrets seal',
  sources: [
    'https://developer.hashicorp.com/terraform/language/state/sensitive-data',
    'https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/uploaded_certificate.md',
  ],
  appliesTo: ['root'],
  check: (root, { graph }): readonly Judgement[] => {
    const own = root.resources.flatMap((id) => graph.byId(id) ?? []).filter(({ mode }) => mode === 'managed');
    if (own.length === 0) return [];
    const found = own.filter(({ type }) => keeps.has(type));
    if (found.length === 0)
      return [
        { truth: yes({ at: root.place.file, saw: `${own.length} resources, none that keeps one` }), message: '' },
      ];
    return found.map((resource) => ({
      truth: no({ at: resource.id, saw: `${resource.type} keeps ${keeps.get(resource.type)}` }),
      message: fit(`${short(resource.address, 64)} keeps ${keeps.get(resource.type)} in the state, in clear text`),
      at: resource.id,
      place: resource.place,
    }));
  },
  message: () => 'a resource keeps a secret in the state',
  examples: [
    { name: 'a server without secrets', verdict: 'pass', terraform: with_({}) },
    {
      name: 'a certificate with its private key',
      verdict: 'fail',
      terraform: with_({
        hcloud_uploaded_certificate: {
          web: { name: 'web', certificate: '${file("web.pem")}', private_key: '${file("web.key")}' },
        },
      }),
    },
    {
      name: 'a certificate that Hetzner makes and keeps',
      verdict: 'pass',
      terraform: with_({ hcloud_managed_certificate: { web: { name: 'web', domain_names: ['lukko.example'] } } }),
    },
  ],
});
