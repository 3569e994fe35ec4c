import { type Judgement, no, rule, type Truth, yes } from '@lukko/policy-engine';
import type { RequiredProvider, TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit, short } from './shared/message.ts';
import { pinned } from './shared/version.ts';

const requiring = (version: string | undefined): TerraformJson => ({
  ...hcloud({ hcloud_server: { host: server() } }),
  terraform: {
    required_providers: { hcloud: { source: 'hetznercloud/hcloud', ...(version === undefined ? {} : { version }) } },
  },
});

export const providersPinned = rule({
  id: 'providers-pinned',
  title: 'Providers are pinned to one version, patches apart',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.9', 'ISO27001:2022/A.5.21', 'ISO27001:2022/A.8.32', 'NIS2/21(2)(d)'],
  rationale:
    'A provider is a program that runs with the token of the whole project. Without a version, or with an open one, the next init may fetch another program than the one that was reviewed, and change what a default means.',
  remediation: 'Write the version in required_providers, 1.68.0 or ~> 1.68.0, and commit .terraform.lock.hcl',
  sources: [
    'https://developer.hashicorp.com/terraform/language/providers/requirements',
    'https://developer.hashicorp.com/terraform/language/expressions/version-constraints',
  ],
  appliesTo: ['root'],
  check: (root): readonly Judgement[] =>
    root.requiredProviders
      .filter(({ source }) => !builtIn(source))
      .map((provider) => {
        const truth = fixed(provider);
        return { truth, message: said(provider), at: provider.name, place: provider.place };
      }),
  message: () => 'a provider is not pinned',
  examples: [
    { name: 'one version', verdict: 'pass', terraform: requiring('1.68.0') },
    { name: 'one minor version and its patches', verdict: 'pass', terraform: requiring('~> 1.68.0') },
    { name: 'no version', verdict: 'fail', terraform: requiring(undefined) },
    { name: 'anything from a version on', verdict: 'fail', terraform: requiring('>= 1.60') },
    { name: 'every minor version of a major one', verdict: 'fail', terraform: requiring('~> 1.68') },
  ],
});

/** terraform.io/builtin/terraform comes with Terraform itself. */
function builtIn(source: string): boolean {
  return source.startsWith('terraform.io/builtin/');
}

function fixed({ name, version }: RequiredProvider): Truth {
  if (version === undefined) return no({ at: name, saw: 'no version' });
  return pinned(version) ? yes({ at: name, saw: version }) : no({ at: name, saw: version });
}

function said({ source, version }: RequiredProvider): string {
  const name = short(source.replace(/^registry\.(terraform\.io|opentofu\.org)\//, ''), 48);
  return version === undefined
    ? fit(`provider ${name} has no version: init takes the newest`)
    : fit(`provider ${name} is open to other versions: ${short(version, 32)}`);
}
