import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/*
 * `npm run lock`: adds to package-lock.json the optional platform packages that its own entries name and that are missing.
 *
 * Tools such as Biome and swc ship one package per platform. Where a registry does not hold all of them, `npm install` leaves
 * the others out of the lock file, and `npm ci` then refuses it on every machine. Name and version stand in the package that
 * asks for them; the digest is not known here, so an entry added this way carries none. docs/decisions/0008-lock-file.md.
 */

interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  cpu?: string[];
  os?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}
export interface Lock {
  packages: Record<string, Entry>;
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** The platform packages a lock file names and does not hold, by the path they would have there. */
export function missingPlatforms(lock: Lock): ReadonlyMap<string, Entry> {
  const missing = new Map<string, Entry>();
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`;
      if (key in lock.packages || `${path}/${key}` in lock.packages) continue;
      missing.set(key, platformEntry(name, version, entry.dev === true));
    }
  }
  return missing;
}

/** `@biomejs/cli-linux-x64-musl` says in its name where it runs. */
function platformEntry(name: string, version: string, dev: boolean): Entry {
  const words = (name.split('/').at(-1) ?? '').split('-');
  const os = words.find((word) => systems.includes(word));
  const cpu = words.find((word) => processors.includes(word));
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined;
  return {
    version,
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(dev ? { dev: true } : {}),
    ...(libc === undefined || os !== 'linux' ? {} : { libc: [libc] }),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  };
}

if (require.main === module) {
  const file = 'package-lock.json';
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  const missing = missingPlatforms(lock);
  if (missing.size > 0) {
    const packages = { ...lock.packages, ...Object.fromEntries(missing) };
    lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
    writeFileSync(`${file}.tmp`, `${JSON.stringify(lock, null, 2)}\n`);
    renameSync(`${file}.tmp`, file);
  }
  console.log(
    missing.size === 0 ? `${file}: complete` : `${file}: ${missing.size} platform packages added, without digest`,
  );
}
