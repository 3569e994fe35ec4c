import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { must } from './run.ts';

/** Where images, the site's keys and saved guests are kept between runs; outside the repository, so that a clean clone finds them. */
export const CACHE =
  process.env.LUKKO_BOOT_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'lukko-boot');

/** A root file system with the kernel that boots it. */
export interface Image {
  /** Says what went into it: another digest is another image. */
  readonly digest: string;
  readonly root: string;
  readonly kernel: string;
  readonly initrd: string;
}

/**
 * What stands in Hetzner's image of Debian 13 before a payload runs, as far as one needs it to boot; everything else a
 * payload needs it must name itself, or the boot test fails. Nothing of systemd's cryptsetup support is among it.
 */
const IMAGE_PACKAGES = [
  'linux-image-cloud-amd64',
  'initramfs-tools',
  'systemd-sysv',
  'libpam-systemd',
  'udev',
  'dbus',
  'netplan.io',
  'cloud-init',
  'openssh-server',
  'e2fsprogs',
  'iproute2',
  'ca-certificates',
  'procps',
  'sudo',
];

/** No network in the guest: apt must say so at once instead of waiting for it. */
const APT =
  'Acquire::http::Proxy "http://127.0.0.1:9";\nAcquire::https::Proxy "http://127.0.0.1:9";\nAcquire::Retries "0";\n';

/**
 * Makes Debian 13 with the packages of a payload already installed, since a guest has no network to fetch them from. The mirror
 * is the one this machine installs from. Kept in {@link CACHE} by what went into it and for a week; older ones are removed.
 */
export function buildImage(name: string, packages: readonly string[], say: (text: string) => void): Image {
  const wanted = [...new Set([...IMAGE_PACKAGES, ...packages])].sort();
  const sources = trixieSources();
  const week = Math.floor(Date.now() / (7 * 24 * 3600 * 1000));
  const digest = createHash('sha256')
    .update(JSON.stringify([wanted, APT, week, 2]))
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(CACHE, `image-${name}-${digest}`);
  const image = { digest, root: `${folder}/root.img`, kernel: `${folder}/vmlinuz`, initrd: `${folder}/initrd.img` };
  if (existsSync(folder)) return image;
  mkdirSync(CACHE, { recursive: true });
  for (const old of readdirSync(CACHE).filter((each) => each.startsWith(`image-${name}-`)))
    rmSync(path.join(CACHE, old), { recursive: true, force: true });
  const began = Date.now();
  say(`making the image ${name}: Debian 13 with ${wanted.length} packages`);
  const work = `${folder}.part`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  const root = `${work}/root`;
  must('mmdebstrap', [
    '--mode=root',
    '--variant=minbase',
    // Made in one go and thrown away when that fails: nothing needs to reach the disk package by package.
    '--dpkgopt=force-unsafe-io',
    `--include=${wanted.join(',')}`,
    // Hetzner's image has the folder; the payload must cope with it.
    '--customize-hook=mkdir -p "$1/var/log/journal"',
    // Emulation is slow: an initrd with the drivers of this machine alone, and no caches to rebuild at the first boot.
    '--customize-hook=printf "virtio_pci\\nvirtio_blk\\next4\\n" >>"$1/etc/initramfs-tools/modules"',
    '--customize-hook=sed -i "s/^MODULES=.*/MODULES=list/;s/^COMPRESS=.*/COMPRESS=gzip/" "$1/etc/initramfs-tools/initramfs.conf"',
    '--customize-hook=chroot "$1" update-initramfs -u',
    '--customize-hook=touch "$1/etc/.updated" "$1/var/.updated"',
    'trixie',
    root,
    ...sources,
  ]);
  writeFileSync(`${root}/etc/apt/apt.conf.d/00boot-test`, APT);
  writeFileSync(`${root}/etc/fstab`, '/dev/vda / ext4 errors=remount-ro 0 1\n');
  const boot = readdirSync(`${root}/boot`);
  for (const [kind, target] of [
    ['vmlinuz-', 'vmlinuz'],
    ['initrd.img-', 'initrd.img'],
  ] as const) {
    const file = boot.find((each) => each.startsWith(kind));
    if (file === undefined) throw new Error(`the image has no ${kind}*`);
    writeFileSync(`${work}/${target}`, readFileSync(`${root}/boot/${file}`));
  }
  must('truncate', ['--size=4G', `${work}/root.img`]);
  must('mke2fs', ['-q', '-t', 'ext4', '-d', root, `${work}/root.img`]);
  rmSync(root, { recursive: true, force: true });
  renameSync(work, folder);
  say(`made the image ${name} in ${Math.round((Date.now() - began) / 1000)} s`);
  return image;
}

/** Debian 13 from the mirrors this machine's own apt uses; they are read each time and stand in no file. */
function trixieSources(): readonly string[] {
  const texts = ['/etc/apt/sources.list', ...listed('/etc/apt/sources.list.d')].flatMap((file) =>
    existsSync(file) ? [readFileSync(file, 'utf8')] : [],
  );
  const uris = texts.flatMap((text) => [
    ...[...text.matchAll(/^URIs:\s*(\S+)/gm)].map((match) => match[1] as string),
    ...[...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s*)?(https?:\S+)/gm)].map((match) => match[1] as string),
  ]);
  const main = uris.find((uri) => /\/debian\/?$/.test(uri));
  const security = uris.find((uri) => /debian-security\/?$/.test(uri));
  if (main === undefined || security === undefined)
    throw new Error('no mirror of Debian and of its security updates among the apt sources of this machine');
  return [`deb ${main} trixie main`, `deb ${main} trixie-updates main`, `deb ${security} trixie-security main`];
}

function listed(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((file) => path.join(folder, file)) : [];
}
