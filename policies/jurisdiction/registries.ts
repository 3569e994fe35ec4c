import type { Operator } from '@lukko/formats';
import { read, vendorRegister } from './sources.ts';

/** Where code and images come from: registries, git hosts, Terraform's own services. */
export const registries: readonly Operator[] = [
  {
    id: 'broadcom',
    name: 'Bitnami and VMware',
    // The annual report for 2023, which also tells of the purchase of VMware; charts and images of Bitnami are licensed by Broadcom:
    // https://raw.githubusercontent.com/bitnami/charts-syncer/refs/heads/v2/LICENSE
    legal: { entity: 'Broadcom Inc.', country: 'US' },
    source: 'https://quarterlytics.com/company/broadcom_avgo/annual-report-2023',
    date: '2026-11-22',
    hosts: ['bitnami.com', 'broadcom.com', 'vmware.com'],
  },
  {
    id: 'docker',
    name: 'Docker Hub',
    // "Docker, Inc. is a corporation registered in Delaware"
    legal: { entity: 'Docker, Inc.', country: 'US' },
    source: 'https://www.docker.com/legal/security-and-privacy-guidelines/',
    date: read,
    providers: [{ source: 'docker/docker', reaches: 'fixed' }],
    hosts: ['docker.com', 'docker.io'],
    registries: ['docker.io', 'index.docker.io', 'registry-1.docker.io'],
  },
  {
    id: 'gitguardian',
    name: 'GitGuardian',
    legal: { entity: 'GitGuardian SAS', country: 'FR' },
    source: 'https://www.gitguardian.com/legal-terms',
    date: read,
    hosts: ['gitguardian.com'],
  },
  {
    id: 'github',
    name: 'GitHub',
    // The terms define an affiliate by control: "For the avoidance of doubt, Microsoft is an Affiliate of GitHub." The address is
    // in San Francisco: https://docs.github.com/en/site-policy/privacy-policies/github-general-privacy-statement
    legal: { entity: 'GitHub, Inc.', country: 'US' },
    parent: { entity: 'Microsoft Corporation', country: 'US' },
    source: 'https://docs.github.com/en/site-policy/github-terms/github-terms-of-service',
    date: read,
    providers: [{ source: 'integrations/github', reaches: 'endpoints', endpointArguments: ['base_url'] }],
    hosts: ['github.com', 'ghcr.io', 'github.dev', 'github.io', 'githubassets.com', 'githubusercontent.com'],
    registries: ['ghcr.io'],
  },
  {
    id: 'gitlab',
    name: 'GitLab.com',
    // The statement is made by GitLab B.V. too and says "GitLab, Inc. in the United States".
    legal: { entity: 'GitLab, Inc.', country: 'US' },
    source: 'https://about.gitlab.com/privacy/',
    date: read,
    providers: [{ source: 'gitlabhq/gitlab', reaches: 'endpoints', endpointArguments: ['base_url'] }],
    hosts: ['gitlab.com', 'gitlab.io', 'gitlab.net'],
    registries: ['registry.gitlab.com'],
  },
  {
    id: 'hashicorp',
    name: 'HashiCorp',
    legal: { entity: 'HashiCorp, Inc.', country: 'US' },
    // Its archive notice: "HashiCorp, an IBM Company".
    parent: { entity: 'International Business Machines Corporation', country: 'US' },
    source: 'https://github.com/hashicorp/terraform-cdk',
    date: read,
    // `external` and `http` stand nowhere: what they reach is said by a program or by each data source.
    providers: [
      { source: 'builtin/terraform', reaches: 'nothing' },
      { source: 'hashicorp/archive', reaches: 'nothing' },
      { source: 'hashicorp/cloudinit', reaches: 'nothing' },
      { source: 'hashicorp/consul', reaches: 'endpoints', endpointArguments: ['address'] },
      { source: 'hashicorp/hcp', reaches: 'fixed' },
      { source: 'hashicorp/helm', reaches: 'endpoints', endpointArguments: ['kubernetes'] },
      { source: 'hashicorp/kubernetes', reaches: 'endpoints', endpointArguments: ['host'] },
      { source: 'hashicorp/local', reaches: 'nothing' },
      { source: 'hashicorp/nomad', reaches: 'endpoints', endpointArguments: ['address'] },
      { source: 'hashicorp/null', reaches: 'nothing' },
      { source: 'hashicorp/random', reaches: 'nothing' },
      { source: 'hashicorp/template', reaches: 'nothing' },
      { source: 'hashicorp/tfe', reaches: 'endpoints', endpointArguments: ['hostname'] },
      { source: 'hashicorp/time', reaches: 'nothing' },
      { source: 'hashicorp/tls', reaches: 'nothing' },
      { source: 'hashicorp/vault', reaches: 'endpoints', endpointArguments: ['address'] },
    ],
    backends: ['cloud', 'remote'],
    hosts: ['terraform.io', 'hashicorp.cloud', 'hashicorp.com', 'vagrantup.com'],
  },
  {
    id: 'infisical',
    name: 'Infisical',
    legal: { entity: 'Infisical Inc.', country: 'US' },
    source: vendorRegister(3817),
    date: read,
    providers: [{ source: 'infisical/infisical', reaches: 'endpoints', endpointArguments: ['host'] }],
    hosts: ['infisical.com'],
  },
  {
    id: 'jetbrains',
    name: 'JetBrains',
    legal: { entity: 'JetBrains s.r.o.', country: 'CZ' },
    source: 'https://www.jetbrains.com/legal/docs/agreements/teamware/2.0/',
    date: read,
    hosts: ['jetbrains.com', 'jetbrains.space'],
  },
  {
    id: 'pulumi',
    name: 'Pulumi',
    legal: { entity: 'Pulumi Corporation', country: 'US' },
    source: vendorRegister(6511),
    date: read,
    hosts: ['pulumi.com'],
  },
  {
    id: 'red-hat',
    name: 'Red Hat',
    legal: { entity: 'Red Hat, Inc.', country: 'US' },
    parent: { entity: 'International Business Machines Corporation', country: 'US' },
    source: 'https://en.wikipedia.org/wiki/Red_Hat',
    date: read,
    hosts: ['openshift.com', 'quay.io', 'redhat.com', 'redhat.io'],
    registries: ['quay.io', 'registry.access.redhat.com', 'registry.redhat.io'],
  },
];
