import { rule, unknown, yes } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { reachedBy, resolved } from './shared/host-uses.ts';
import { operatorAllowed, reaches } from './shared/jurisdiction.ts';
import { fit } from './shared/message.ts';

const withBackend = (terraform: Readonly<Record<string, unknown>>): TerraformJson => {
  const base = hcloud({ hcloud_server: { host: server() } });
  return {
    ...base,
    terraform: { required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } }, ...terraform },
  };
};
const bucket = { bucket: 'lukko-state', key: 'example.tfstate', region: 'eu-central-1' };

export const stateBackendInAllowedJurisdiction = rule({
  id: 'state-backend-in-allowed-jurisdiction',
  title: 'Terraform state lies with an operator in an allowed jurisdiction',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.5.23', 'ISO27001:2022/A.5.21', 'NIS2/21(2)(d)'],
  rationale:
    'State lists every server, address and name, and holds in clear text each secret a provider was given. Backend s3 means AWS unless an endpoint says otherwise: the same backend with a bucket at Hetzner stays in the Union.',
  remediation: 'Use local state, or backend s3 with endpoints.s3 at an operator in an allowed jurisdiction',
  sources: [
    'https://developer.hashicorp.com/terraform/language/backend/s3',
    'https://docs.hetzner.com/storage/object-storage/supported-actions',
    'https://developer.hashicorp.com/terraform/language/state/sensitive-data',
  ],
  appliesTo: ['backend'],
  check: (backend, facts, context) => {
    if (backend.type === 'local') {
      const saw = backend.written
        ? 'backend local: state stays on the machine'
        : 'no backend: state stays on the machine';
      return yes({ at: backend.id, saw });
    }
    if (backend.type === 'unknown') {
      const truth = unknown({
        at: backend.id,
        saw: 'a plan, which does not say where its state lies',
        causes: ['source'],
      });
      return [{ truth, message: 'where the state lies is not shown: the configuration is not at hand' }];
    }
    const uses = reachedBy(backend.id, 'state backend', facts);
    if (uses.length === 0)
      return unknown({ at: backend.id, saw: `backend ${backend.type}, whose host is not known`, causes: ['outside'] });
    return uses.map((use) => {
      const resolution = resolved(use, facts);
      return resolution === undefined
        ? {
            truth: unknown({ at: use.at, saw: `backend ${backend.type}`, causes: use.causes }),
            message: fit(`backend ${backend.type} lies at a host that is not known`),
          }
        : {
            truth: operatorAllowed(resolution, use.at, use.host ?? '', context),
            message: reaches(`backend ${backend.type} at ${use.host}`, resolution, `backend ${backend.type}`),
          };
    });
  },
  message: (backend) => fit(`backend ${backend.type} lies at a host that is not known`),
  examples: [
    {
      name: 'local state',
      verdict: 'pass',
      terraform: withBackend({ backend: { local: { path: '../state/example.tfstate' } } }),
    },
    {
      name: 'a bucket at Hetzner',
      verdict: 'pass',
      terraform: withBackend({
        backend: { s3: { ...bucket, endpoints: { s3: 'https://fsn1.your-objectstorage.com' } } },
      }),
    },
    {
      name: 'a bucket at AWS: no endpoint is written',
      verdict: 'fail',
      terraform: withBackend({ backend: { s3: bucket } }),
    },
    {
      name: 'a workspace of HCP Terraform',
      verdict: 'fail',
      terraform: withBackend({ cloud: { organization: 'lukko', workspaces: { name: 'example' } } }),
    },
    {
      name: 'an endpoint nobody has looked at',
      verdict: 'unknown',
      terraform: withBackend({
        backend: { s3: { ...bucket, endpoints: { s3: 'https://buckets.unheard-of.example' } } },
      }),
    },
  ],
});
