import type { Facts, HostUse } from '@lukko/facts';
import { type Judgement, type PolicyContext, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { ProviderConfig } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { reachedBy, resolved } from './shared/host-uses.ts';
import { operatorAllowed, reaches } from './shared/jurisdiction.ts';
import { fit } from './shared/message.ts';

const required = (providers: object) => ({ terraform: { required_providers: providers } });
const hcloudSource = { source: 'hetznercloud/hcloud', version: '1.68.0' };

export const providersReachAllowedJurisdictions = rule({
  id: 'providers-reach-allowed-jurisdictions',
  title: 'Terraform providers reach only operators in allowed jurisdictions',
  severity: 'critical',
  waivable: true,
  controls: ['ISO27001:2022/A.5.19', 'ISO27001:2022/A.5.21', 'ISO27001:2022/A.5.23', 'GDPR/44', 'NIS2/21(2)(d)'],
  rationale:
    'A region says where a disk spins, not whose law reaches it. What a provider configures is run by a company; that company, and whoever controls it, sit in a country. Where the arguments of a provider redirect it, those hosts decide.',
  remediation:
    'Use a provider whose operator and its parent sit in an allowed jurisdiction, or name an endpoint that does',
  sources: [
    'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
    'https://commission.europa.eu/law/law-topic/data-protection/international-dimension-data-protection/adequacy-decisions_en',
    'https://developer.hashicorp.com/terraform/language/providers/requirements',
  ],
  appliesTo: ['provider'],
  check: (provider, facts, context) => {
    // A provider that only computes is built with, and reaches nobody.
    const uses = reachedBy(provider.id, 'provider', facts).filter((use) => use.class === 'data');
    if (uses.length === 0) return yes({ at: provider.id, saw: `provider ${named(provider.source)} reaches no host` });
    return uses.map((use) => judged(provider, use, facts, context));
  },
  message: (provider) => fit(`provider ${named(provider.source)} reaches hosts whose operator nobody knows`),
  examples: [
    { name: 'Hetzner', verdict: 'pass', terraform: hcloud({ hcloud_server: { host: server() } }) },
    {
      name: 'a provider that reaches nothing',
      verdict: 'pass',
      terraform: {
        ...required({ random: { source: 'hashicorp/random', version: '3.7.2' } }),
        resource: { random_pet: { name: { length: 2 } } },
      },
    },
    {
      name: 'AWS, whatever the region',
      verdict: 'fail',
      terraform: {
        ...required({ aws: { source: 'hashicorp/aws', version: '6.0.0' } }),
        provider: { aws: [{ region: 'eu-central-1' }] },
        resource: { aws_s3_bucket: { data: { bucket: 'data' } } },
      },
    },
    {
      name: 'a provider nobody has looked at',
      verdict: 'unknown',
      terraform: {
        ...required({ hcloud: hcloudSource, somewhere: { source: 'somebody/somewhere', version: '1.0.0' } }),
        resource: { somewhere_thing: { one: { name: 'one' } } },
      },
    },
  ],
});

function judged(provider: ProviderConfig, use: HostUse, facts: Facts, context: PolicyContext): Judgement {
  const name = named(provider.source);
  const resolution = resolved(use, facts);
  if (use.host === undefined || resolution === undefined) {
    const truth = unknown({ at: use.at, saw: `provider ${name} reaches a host that is not known`, causes: use.causes });
    return { truth, message: fit(`provider ${name} reaches a host that is not known`) };
  }
  const truth = operatorAllowed(resolution, use.at, use.implicit ? name : use.host, context);
  return {
    truth: truth.is === true ? truth : withResources(truth, provider, facts),
    message: reaches(`provider ${name}`, resolution, name),
  };
}

/** What lies with an operator who is not allowed: everything this provider makes. */
function withResources(truth: Truth, { root, source }: ProviderConfig, { graph }: Facts): Truth {
  const made = graph.resources.filter((one) => one.root === root && one.provider === source && one.change !== 'delete');
  return { is: truth.is, because: [...truth.because, ...made.map(({ id }) => ({ at: id, saw: 'made there' }))] };
}

/** `hetznercloud/hcloud` of the source address; the registry's host says who distributes it, not whom it reaches. */
function named(source: string): string {
  return source.split('/').slice(-2).join('/');
}
