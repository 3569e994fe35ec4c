import type { Config } from '@lukko/formats';
import { StepFailed } from '../host/problem.ts';
import { digestAt, type Image, imagesOf, skopeo, tls } from './skopeo.ts';

export interface Mirroring {
  readonly config: Config;
  /** The registry the images are copied from, by its host. */
  readonly from: string;
  readonly only?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

/**
 * Copies every image of the configuration into the configured registry, for all platforms and byte by byte, so that digests stay.
 * What is there already under its digest is left alone.
 * @throws StepFailed when a copy fails, or the registry hands out another digest afterwards.
 */
export async function mirrorImages({ config, from, only, environment, say }: Mirroring): Promise<void> {
  const { registry } = config.images;
  for (const image of imagesOf(config, only)) {
    if ((await there(registry, image, environment)) === image.digest) {
      say(`${image.name}: ${registry} has ${image.repository}:${image.tag} already`);
      continue;
    }
    await skopeo(
      [
        ...['copy', '--all', '--preserve-digests', ...tls('src', from), ...tls('dest', registry)],
        `docker://${from}/${image.repository}@${image.digest}`,
        `docker://${registry}/${image.repository}:${image.tag}`,
      ],
      `${image.name} from ${from}`,
      environment,
    );
    const found = await digestAt(registry, image, environment);
    if (found !== image.digest)
      throw new StepFailed(
        `${image.name}: ${registry} hands out ${found}, the configuration says ${image.digest}`,
        'the registry rewrites manifests: use one that keeps them as they are',
      );
    say(`${image.name}: ${image.repository}:${image.tag} copied to ${registry}, digest unchanged`);
  }
}

async function there(registry: string, image: Image, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  return digestAt(registry, image, environment).catch(() => undefined);
}
