import { no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { ModuleCall, TerraformJson } from '@lukko/terraform-model';
import { hcloud } from './shared/examples.ts';
import { fit, short } from './shared/message.ts';
import { pinned } from './shared/version.ts';

const calling = (call: Readonly<Record<string, unknown>>): TerraformJson => ({
  ...hcloud({}),
  module: { hosts: call },
});

export const modulesPinned = rule({
  id: 'modules-pinned',
  title: 'Modules from elsewhere are pinned to one version',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.9', 'ISO27001:2022/A.5.21', 'ISO27001:2022/A.8.19', 'NIS2/21(2)(d)'],
  rationale:
    'A module decides what is built, with the rights of whoever applies it, and the lock file covers providers only. A branch or an open version is whatever its author makes of it tomorrow; a tag can be moved, a commit cannot.',
  remediation: 'Name a commit in ?ref=, one version of a registry module, or copy the module into the repository',
  sources: [
    'https://developer.hashicorp.com/terraform/language/modules/sources',
    'https://developer.hashicorp.com/terraform/language/files/dependency-lock',
  ],
  appliesTo: ['module'],
  check: (call) => fixed(call),
  message: (call, truth) => {
    const source = short(call.source, 56);
    return truth.is === 'unknown'
      ? fit(`module ${call.name} is not shown to be pinned: ${source}`)
      : fit(`module ${call.name} is not pinned to one version: ${source}`);
  },
  examples: [
    { name: 'a folder of the repository', verdict: 'pass', terraform: calling({ source: './modules/hosts' }) },
    {
      name: 'a commit',
      verdict: 'pass',
      terraform: calling({
        source: 'git::https://git.lukko.example/hosts.git?ref=2b5d2b9b8d8ee41dbb7c22f5f0c1c3c9f0a4c7de',
      }),
    },
    {
      name: 'one version of a registry',
      verdict: 'pass',
      terraform: calling({ source: 'registry.lukko.example/ops/hosts/hcloud', version: '2.19.3' }),
    },
    {
      name: 'a branch',
      verdict: 'fail',
      terraform: calling({ source: 'git::https://git.lukko.example/hosts.git?ref=main' }),
    },
    {
      name: 'no version at all',
      verdict: 'fail',
      terraform: calling({ source: 'registry.lukko.example/ops/hosts/hcloud' }),
    },
    {
      name: 'an archive whose name says a version, and whose bytes nobody checks',
      verdict: 'unknown',
      terraform: calling({ source: 'https://files.lukko.example/hosts-2.19.3.zip' }),
    },
  ],
});

function fixed({ id, source, version }: ModuleCall): Truth {
  const at = `${id}.source`;
  if (/^\.\.?\//.test(source)) return yes({ at, saw: 'a folder of the repository' });
  if (version !== undefined) {
    const reason = { at: `${id}.version`, saw: version };
    return pinned(version) && !version.includes('~>') ? yes(reason) : no(reason);
  }
  const ref = /[?&]ref=([^&]*)/.exec(source)?.[1];
  if (ref !== undefined) {
    const reason = { at, saw: `ref ${ref}` };
    return /^[0-9a-f]{40}$|^[0-9a-f]{64}$/i.test(ref) ? yes(reason) : no(reason);
  }
  if (/[?&]checksum=(sha256|sha512):[0-9a-f]{64,128}/i.test(source)) return yes({ at, saw: 'a checksum' });
  if (source === '' || /\$\{/.test(source))
    return unknown({ at, saw: 'a source that is not known', causes: ['function'] });
  const archive = /^(https?|s3|gcs)(::|:\/\/)/.test(source) && /\.(zip|tar\.(gz|bz2|xz|zst)|tgz)([?#]|$)/.test(source);
  return archive
    ? unknown({ at, saw: 'an archive: what it holds is not known', causes: ['outside'] })
    : no({ at, saw: 'neither version nor ref' });
}
