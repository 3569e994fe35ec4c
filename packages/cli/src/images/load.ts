import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from '@lukko/formats';
import { StepFailed } from '../host/problem.ts';
import { waitsFor } from '../host/serve.ts';
import { overSsh, type Reach } from '../host/ssh.ts';
import { type Image, imagesOf, skopeo, tls } from './skopeo.ts';

export interface Loading {
  readonly config: Config;
  readonly from: string;
  readonly only?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** The host; its key must be recorded. */
  readonly reach: Reach;
}

/**
 * Sends every image of the configuration to a host over SSH, for those who run no registry. On the host they lie under the names
 * and digests that its units ask for, so that nothing is pulled.
 * @throws StepFailed when the host does not take one, or does not find it under its digest afterwards.
 */
export async function loadImages({ config, from, only, environment, say, reach }: Loading): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-images-'));
  try {
    for (const image of imagesOf(config, only)) {
      const name = `${config.images.registry}/${image.repository}`;
      if (await has(reach, name, image, environment)) {
        say(`${image.name}: ${reach.name} has it already`);
        continue;
      }
      const archive = path.join(folder, `${image.name}.tar`);
      await skopeo(
        [
          ...['copy', '--all', '--preserve-digests', ...tls('src', from)],
          `docker://${from}/${image.repository}@${image.digest}`,
          `oci-archive:${archive}:${name}:${image.tag}`,
        ],
        `${image.name} from ${from}`,
        environment,
      );
      const loaded = await overSsh(reach, 'podman load --quiet', 'recorded', environment, createReadStream(archive));
      rmSync(archive);
      if (loaded.code !== 0)
        throw new StepFailed(
          `${image.name}: ${reach.name} ${waitsFor(loaded)}`,
          'mend what it names and run the same command again',
        );
      if (!(await has(reach, name, image, environment)))
        throw new StepFailed(
          `${image.name}: ${reach.name} took it and does not find it as ${name}@${image.digest}`,
          'sign in and look at podman images --digests',
        );
      say(`${image.name}: ${name}:${image.tag} lies on ${reach.name}, digest unchanged`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function has(reach: Reach, name: string, { digest }: Image, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const said = await overSsh(reach, `podman image exists ${name}@${digest}`, 'recorded', environment);
  if (said.trouble !== undefined)
    throw new StepFailed(
      `${reach.name} ${waitsFor(said)}`,
      'its key is recorded when it is first deployed; then run this again',
    );
  return said.code === 0;
}
