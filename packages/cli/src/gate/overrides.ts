import path from 'node:path';
import type { Endpoint } from './endpoints.ts';
import { readBytes } from './folder.ts';
import { Refusal } from './refusal.ts';

/**
 * Refuses `dev_overrides` of Terraform's CLI configuration at any endpoint that is not loopback: the provider then is whatever program lies in that
 * folder, and no hash of the lock file is looked at (developer.hashicorp.com/terraform/cli/config/config-file, Development Overrides).
 */
export function refuseOverrides(at: readonly Endpoint[], environment: NodeJS.ProcessEnv): void {
  const remote = at.find((endpoint) => !endpoint.loopback);
  if (remote === undefined) return;
  for (const file of configurations(environment)) {
    const text = readBytes(file)
      ?.toString('utf8')
      .replace(/\/\*[^]*?\*\/|(^|\s)(#|\/\/).*$/gm, '');
    if (text === undefined || !/\bdev_overrides\b/.test(text)) continue;
    throw new Refusal(
      `${path.basename(file)} holds dev_overrides: terraform would run a provider that no hash of the lock file vouches for, and ${remote.url} is not this machine`,
      'take dev_overrides out of the CLI configuration, or name another one in TF_CLI_CONFIG_FILE',
    );
  }
}

/** The file terraform reads, and those tofu reads. */
function configurations({ TF_CLI_CONFIG_FILE: named, HOME: home }: NodeJS.ProcessEnv): readonly string[] {
  if (named !== undefined && named !== '') return [named];
  return home === undefined ? [] : ['.terraformrc', '.tofurc'].map((name) => path.join(home, name));
}
