import type { Command } from './types.ts';

/** Where programs lie: systemd and the shell look nowhere else when nothing says otherwise (file-hierarchy(7)). */
const PLACE = /^\/(?:usr\/)?(?:local\/)?s?bin\/([\w.+-]+)$/;
const FOLDER = /^\/(?:usr\/)?(?:local\/)?s?bin\/?$/;
/** What the proof of encryption takes at its word. */
const RELIED =
  /^(cryptsetup|systemd-cryptsetup|clevis.*|mount|umount|mkfs.*|mke2fs|blkid|wipefs|age|head|od|tr|sh|bash|dash|systemctl)$/;
const PUTS =
  /^(ln|cp|mv|install|tee|dd|rm|unlink|chmod|sed|perl|patch|truncate|dpkg-divert|update-alternatives|dpkg-statoverride|curl|wget|chattr|rsync|scp)$/;

/** The program of the system that a command puts another one in the place of, or takes away: from then on its name says nothing. */
export function replacesProgram({ program, args, writes }: Command): string | undefined {
  const written = writes.flatMap((path) => relied(path));
  if (written[0] !== undefined) return written[0];
  if (!PUTS.test(program)) return undefined;
  const target = args[args.length - 1];
  const into = target !== undefined && FOLDER.test(target);
  for (const arg of args) {
    const [name] = relied(arg?.replace(/^of=/, ''));
    // Copied from there it stays what it is.
    if (name !== undefined && (!/^(ln|cp|rsync|scp)$/.test(program) || arg === target)) return name;
    const source = into && arg !== target ? (arg?.split('/').pop() ?? '') : '';
    if (RELIED.test(source)) return source;
  }
  return undefined;
}

function relied(path: string | undefined): string[] {
  const name = PLACE.exec(path ?? '')?.[1];
  return name !== undefined && RELIED.test(name) ? [name] : [];
}
