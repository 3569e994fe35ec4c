import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '@lukko/formats';
import type { Guest } from './guest.ts';
import { type Archive, type Content, namedArchive, ociArchive } from './oci.ts';
import { has, must } from './run.ts';
import type { Suite } from './suite.ts';
import { caddyProgram } from './tools.ts';

type ImageName = 'caddy' | 'victoriaLogs' | 'glitchtip' | 'postgresql';

/** Images that can be had here, and why the others cannot. */
export interface HostImages {
  readonly archives: ReadonlyMap<ImageName, Archive>;
  readonly missing: ReadonlyMap<ImageName, string>;
  /** Names them in the configuration, by their own digests. */
  readonly change: (config: Config) => void;
}

/** @param trusted PEM of what programs in the images made here trust; nobody otherwise */
export function hostImages(suite: Suite, names: readonly ImageName[], trusted = ''): HostImages {
  const archives = new Map<ImageName, Archive>();
  const missing = new Map<ImageName, string>();
  for (const name of names) {
    const { registry, [name]: image } = suite.site.config.images;
    const called = `${registry}/${image.repository}`;
    const from = sources[name]();
    if ('missing' in from) {
      missing.set(name, from.missing);
      continue;
    }
    const folder = suite.file(`image-${name}`);
    mkdirSync(folder, { recursive: true });
    if ('archive' in from) {
      const archive = namedArchive(folder, from.archive, `${called}:${image.tag}`);
      suite.say(
        `${name}: the image of ${archive.digest}, ${archive.digest === image.digest ? '' : 'not '}the pinned one`,
      );
      archives.set(name, archive);
    } else
      archives.set(
        name,
        ociArchive(folder, { name: called, tag: image.tag, files: { [TRUST_STORE]: trusted }, ...from }),
      );
  }
  const change = (config: Config): void => {
    for (const [name, { digest }] of archives) config.images[name].digest = digest;
  };
  return { archives, missing, change };
}

/** Where the official image of Caddy has the public roots, and where Go looks for them. */
const TRUST_STORE = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Puts them on the host as `lukko images load` does: an archive into `podman load`, over SSH. What looks for them again and again is stopped
 * for that long, since it would take the processor away.
 */
export function load(guest: Guest, { archives }: HostImages): void {
  guest.sshMust('cd /run/systemd/generator && systemctl stop $(grep -l SYSTEMD_UNIT *.service)');
  for (const { file } of archives.values()) {
    const words = guest.sshWords('podman load --quiet');
    must('sh', ['-c', `exec ssh "$@" <'${file}'`, 'sh', ...words]);
  }
}

type Source =
  | { readonly missing: string }
  | { readonly archive: string }
  | Pick<Content, 'program' | 'entrypoint' | 'environment'>;

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
    const archive = brought('victoria-logs');
    if ('archive' in archive) return archive;
    const program = process.env.LUKKO_TEST_VICTORIA_LOGS ?? 'victoria-logs';
    if (!has(program)) return { missing: 'no program victoria-logs here, none named in LUKKO_TEST_VICTORIA_LOGS' };
    const file = must('sh', ['-c', 'command -v "$1"', 'sh', program]).trim();
    return { program: file, entrypoint: ['/usr/bin/victoria-logs'] };
  },
  // A Python application, and an image whose own script makes the database: neither is one program.
  glitchtip: () => brought('glitchtip'),
  postgresql: () => brought('postgresql'),
};

/** An archive in the folder that LUKKO_TEST_IMAGES names. */
function brought(name: string): { readonly archive: string } | { readonly missing: string } {
  const folder = process.env.LUKKO_TEST_IMAGES;
  if (folder === undefined) return { missing: `LUKKO_TEST_IMAGES names no folder with ${name}.tar` };
  const archive = path.resolve(folder, `${name}.tar`);
  return existsSync(archive) ? { archive } : { missing: `no ${name}.tar in the folder of LUKKO_TEST_IMAGES` };
}
