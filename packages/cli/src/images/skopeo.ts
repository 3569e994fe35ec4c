import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Config } from '@lukko/formats';
import { isLoopback } from '../gate/endpoints.ts';
import { StepFailed } from '../host/problem.ts';

/** An image of the configuration: what it is called there, and where it lies in a registry. */
export interface Image {
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** The images of a configuration, one of them where `only` names it. */
export function imagesOf({ images }: Config, only?: string): readonly Image[] {
  const { registry: _, ...named } = images;
  return Object.entries(named)
    .map(([name, image]) => ({ name, ...image }))
    .filter(({ name }) => only === undefined || name === only);
}

/** Registries on this machine speak plain HTTP in tests; every other must speak TLS. */
export function tls(side: 'src' | 'dest' | undefined, registry: string): readonly string[] {
  const host = registry.replace(/:\d+$/, '');
  return isLoopback(host) ? [side === undefined ? '--tls-verify=false' : `--${side}-tls-verify=false`] : [];
}

/**
 * Runs skopeo, which reads and writes registries without a daemon; skopeo-copy(1).
 * @returns its standard output. @throws StepFailed with what it says.
 */
export function skopeo(args: readonly string[], what: string, environment: NodeJS.ProcessEnv): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('skopeo', args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => err.push(piece));
    child.once('error', () =>
      reject(new StepFailed('there is no program skopeo on PATH', 'install skopeo (Debian: apt install skopeo)')),
    );
    child.once('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(out));
      const said = Buffer.concat(err).toString('utf8').trim().split('\n').at(-1) ?? '';
      reject(
        new StepFailed(
          `${what}: ${said.replace(/^.*?msg="?/, '').slice(0, 300)}`,
          'look at the names of registry and image, and sign in with skopeo login',
        ),
      );
    });
  });
}

/** Digest of the manifest that a registry hands out under a tag. */
export async function digestAt(
  registry: string,
  { repository, tag }: Image,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const reference = `docker://${registry}/${repository}:${tag}`;
  const raw = await skopeo(['inspect', '--raw', ...tls(undefined, registry), reference], reference, environment);
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
}
