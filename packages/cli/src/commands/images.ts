import path from 'node:path';
import { printable } from '@lukko/policy-engine';
import { InputError } from '../errors.ts';
import { environmentFile } from '../host/environment-file.ts';
import { StepFailed } from '../host/problem.ts';
import { serverByName } from '../host/server.ts';
import { apiFor } from '../host/work.ts';
import { loadImages } from '../images/load.ts';
import { mirrorImages } from '../images/mirror.ts';
import { imagesOf } from '../images/skopeo.ts';
import type { Ports } from '../ports/ports.ts';
import { attempt, safe } from './host.ts';

export interface ImageOptions {
  readonly from: string;
  readonly image?: string;
  readonly host?: string;
  readonly config?: string;
}

/** `lukko images mirror`. @returns 0 when every image lies in the configured registry under its digest, else 1. */
export function imagesMirror(options: ImageOptions, given: Ports): Promise<number> {
  const ports = safe(given);
  const common = commonOf(options, ports);
  return attempt(ports, () => mirrorImages(common));
}

/** `lukko images load`. @returns 0 when every image lies on the host under its digest, else 1. */
export function imagesLoad(options: ImageOptions & { readonly host: string }, given: Ports): Promise<number> {
  const ports = safe(given);
  const common = commonOf(options, ports);
  const { environment, hosts } = common.config;
  if (!Object.hasOwn(hosts, options.host))
    throw new InputError(`--host ${printable(options.host)}: expected one of ${Object.keys(hosts).join(', ')}`);
  const name = `lukko-${environment.name}-${options.host}`;
  return attempt(ports, async () => {
    const { api, loopback } = apiFor('network', ports);
    const server = await serverByName(api, name);
    if (server?.address === undefined)
      throw new StepFailed(`there is no server ${name}`, `deploy stack ${options.host} first`);
    if (loopback)
      throw new StepFailed(
        `${name}: skipped over SSH: the API is on this machine, there is no host to send to`,
        'load against the real API',
      );
    const knownHosts = path.resolve(ports.cwd, 'state', environment.name, 'known_hosts');
    await loadImages({ ...common, reach: { name, address: server.address, knownHosts } });
  });
}

function commonOf({ config: named, from, image }: ImageOptions, ports: Ports) {
  const { config } = environmentFile(named, ports);
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?$/.test(from))
    throw new InputError(`--from ${printable(from)}: expected the host of a registry, such as registry.example`);
  if (imagesOf(config, image).length === 0)
    throw new InputError(
      `--image ${printable(image ?? '')}: expected one of ${imagesOf(config)
        .map(({ name }) => name)
        .join(', ')}`,
    );
  return { config, from, only: image, environment: ports.environment, say: (line: string) => ports.out(`${line}\n`) };
}
