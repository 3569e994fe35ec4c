import { mkdirSync } from 'node:fs';
import type { Config } from '@lukko/formats';
import type { Guest } from './guest.ts';
import { type Archive, ociArchive } from './oci.ts';
import { has, must } from './run.ts';
import type { Suite } from './suite.ts';
import { caddyProgram } from './tools.ts';

type ImageName = 'caddy' | 'victoriaLogs' | 'glitchtip' | 'postgresql';

/** Images that can be made here out of programs, and why the others cannot. */
export interface HostImages {
  readonly archives: ReadonlyMap<ImageName, Archive>;
  readonly missing: ReadonlyMap<ImageName, string>;
  /** Names them in the configuration, by their own digests. */
  readonly change: (config: Config) => void;
}

export function hostImages(suite: Suite, names: readonly ImageName[]): HostImages {
  const archives = new Map<ImageName, Archive>();
  const missing = new Map<ImageName, string>();
  for (const name of names) {
    const { registry, [name]: image } = suite.site.config.images;
    const from = sources[name]();
    if ('missing' in from) {
      missing.set(name, from.missing);
      continue;
    }
    const folder = suite.file(`image-${name}`);
    mkdirSync(folder, { recursive: true });
    archives.set(name, ociArchive(folder, { name: `${registry}/${image.repository}`, tag: image.tag, ...from }));
  }
  const change = (config: Config): void => {
    for (const [name, { digest }] of archives) config.images[name].digest = digest;
  };
  return { archives, missing, change };
}

/** Puts them on the host as `lukko images load` does: an archive into `podman load`, over SSH. */
export function load(guest: Guest, { archives }: HostImages): void {
  for (const { file } of archives.values()) {
    const words = guest.sshWords('podman load --quiet');
    must('sh', ['-c', `exec ssh "$@" <'${file}'`, 'sh', ...words]);
  }
}

type Source =
  | { readonly missing: string }
  | Pick<Parameters<typeof ociArchive>[1], 'program' | 'entrypoint' | 'environment'>;

const sources: Record<ImageName, () => Source> = {
  caddy: () => {
    const found = caddyProgram();
    if ('missing' in found) return found;
    return {
      program: found.program,
      entrypoint: ['/usr/bin/caddy', 'run', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
      environment: ['XDG_CONFIG_HOME=/config', 'XDG_DATA_HOME=/data'],
    };
  },
  victoriaLogs: () => {
    const program = process.env.LUKKO_TEST_VICTORIA_LOGS ?? 'victoria-logs';
    if (!has(program)) return { missing: 'no program victoria-logs here, none named in LUKKO_TEST_VICTORIA_LOGS' };
    const file = must('sh', ['-c', 'command -v "$1"', 'sh', program]).trim();
    return { program: file, entrypoint: ['/usr/bin/victoria-logs'] };
  },
  glitchtip: () => ({ missing: 'a Python application that only its image holds whole' }),
  postgresql: () => ({ missing: 'its image brings a script of its own that makes the database' }),
};
