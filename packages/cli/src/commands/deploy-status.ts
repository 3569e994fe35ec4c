import path from 'node:path';
import { contactOver } from '../host/contact.ts';
import { environmentFile } from '../host/environment-file.ts';
import { deployStatus } from '../host/status.ts';
import { apiFor } from '../host/work.ts';
import type { Ports } from '../ports/ports.ts';
import { attempt, safe } from './host.ts';

/** `lukko deploy status`. @returns 0 when everything stands and serves, 1 when something waits. */
export async function status(options: { readonly config?: string }, given: Ports): Promise<number> {
  const ports = safe(given);
  const { config } = environmentFile(options.config, ports);
  const knownHosts = path.resolve(ports.cwd, 'state', config.environment.name, 'known_hosts');
  const { loopback } = apiFor('network', ports);
  let good = false;
  const code = await attempt(ports, async () => {
    good = await deployStatus({
      config,
      cwd: ports.cwd,
      output: ports.environment.CDKTF_OUTDIR ?? 'cdktf.out',
      environment: ports.environment,
      api: (stack) => apiFor(stack, ports).api,
      reach: loopback ? undefined : (name, address) => contactOver({ name, address, knownHosts }, ports.environment),
      say: (line) => ports.out(`${line}\n`),
    });
  });
  return code === 0 && !good ? 1 : code;
}
