import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Root } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit, short } from './shared/message.ts';

const terraform = hcloud({ hcloud_server: { host: server() } });
const locked = (source: string): string =>
  `provider "registry.terraform.io/${source}" {\n  version     = "1.68.0"\n  constraints = "1.68.0"\n}\n`;

export const lockFilePresent = rule({
  id: 'lock-file-present',
  title: 'A committed lock file names every provider and its version',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.9', 'ISO27001:2022/A.5.21', 'ISO27001:2022/A.8.32', 'NIS2/21(2)(d)'],
  rationale:
    'Whatever a version constraint allows, init may fetch. The lock file is what was chosen, with the digests of it: without one, two machines may plan with two programs, and a provider that was replaced in its registry is not noticed.',
  remediation: 'Run terraform providers lock for the platforms you use, and commit .terraform.lock.hcl',
  sources: [
    'https://developer.hashicorp.com/terraform/language/files/dependency-lock',
    'https://developer.hashicorp.com/terraform/cli/commands/providers/lock',
  ],
  appliesTo: ['root'],
  appliesWhen: (root) => {
    if (root.kind === 'live' || (root.kind === 'state' && !hasSource(root)))
      return no({ at: root.place.file, saw: `a ${root.kind}: what was chosen stands beside a configuration` });
    // cdktf copies the committed file into its output when it applies.
    if (root.kind === 'synth' && root.lock === undefined)
      return no({ at: root.place.file, saw: 'synthesised output, to which no lock file was given' });
    return needed(root).length === 0
      ? no({ at: root.place.file, saw: 'no provider but what comes with Terraform' })
      : yes({ at: root.place.file, saw: needed(root).join(', ') });
  },
  check: (root): readonly Judgement[] =>
    needed(root).map((source) => {
      const truth = lockedIn(root, source);
      const name = short(source.replace(/^registry\.(terraform\.io|opentofu\.org)\//, ''), 60);
      const said =
        truth.is === 'unknown' ? 'is not shown to be locked' : 'is in no lock file: init takes what it finds';
      return { truth, message: fit(`provider ${name} ${said}`), at: source };
    }),
  message: () => 'a provider is in no lock file',
  examples: [
    { name: 'the provider and its version', verdict: 'pass', terraform, lockFile: locked('hetznercloud/hcloud') },
    { name: 'another provider', verdict: 'fail', terraform, lockFile: locked('hashicorp/random') },
    { name: 'an empty lock file', verdict: 'fail', terraform, lockFile: '# nothing was chosen yet\n' },
    { name: 'synthesised output, whose lock file is made where it is applied', verdict: 'not-applicable', terraform },
  ],
});

/** Full addresses of the providers this root needs, those that come with Terraform apart. */
function needed(root: Root): readonly string[] {
  const sources = [...root.requiredProviders, ...root.providers].map(({ source }) => source);
  return [...new Set(sources)].filter((source) => !source.startsWith('terraform.io/builtin/')).sort();
}

/** A plan or state alone records no backend, and no lock file either. */
function hasSource({ backend }: Root): boolean {
  return backend.type !== 'unknown';
}

function lockedIn(root: Root, source: string): Truth {
  const { lock, kind, place } = root;
  if (lock === undefined)
    return kind === 'plan' && !hasSource(root)
      ? unknown({ at: place.file, saw: 'a plan without its configuration', causes: ['source'] })
      : no({ at: place.file, saw: 'no .terraform.lock.hcl beside it' });
  // The same provider stands in two public registries under one name.
  const found = lock.find((each) => path(each.source) === path(source));
  return found === undefined
    ? no({ at: `${place.file}:.terraform.lock.hcl`, saw: `${lock.length} other providers` })
    : yes({
        at: `${found.place.file}:${found.place.line ?? 1}`,
        saw: `${found.version}, ${found.hashes.length} digests`,
      });
}

const path = (source: string): string => source.split('/').slice(-2).join('/').toLowerCase();
