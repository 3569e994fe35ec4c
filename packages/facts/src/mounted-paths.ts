import { normalize } from 'node:path/posix';
import { diskAction } from './disk-commands.ts';
import { perObject } from './memo.ts';
import type { Payload, VolumeFacts } from './types.ts';

/** A directory that shows something else: a mount, a bind mount, a symbolic link. */
interface Shown {
  readonly source: string;
  readonly target: string;
}

/** Where a path leads in the end: to a directory, or to a file system of its own that hides what lies below. */
export type Led = { readonly path: string } | { readonly device: string; readonly target: string };

const MOST_STEPS = 8;
export const MEMORY: ReadonlySet<string> = new Set(['tmpfs', 'ramfs']);

/** Follows a path through the mounts, bind mounts and symbolic links of a payload, but for the mounts of the volumes themselves. */
export function leadsTo(path: string, payload: Payload, volumes: readonly VolumeFacts[]): Led {
  const shown = shownBy(payload);
  const mounts = volumes.flatMap(({ mount }) => (mount === undefined ? [] : [mount]));
  let at = directory(path);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const over = deepest(shown.filter(({ target }) => !mounts.includes(target) && isBelow(at, target)));
    const volume = mounts.find((mount) => isBelow(at, mount));
    if (over === undefined || (volume !== undefined && volume.length >= over.target.length)) return { path: at };
    const { source, target } = over;
    if (MEMORY.has(source)) return { device: source, target };
    // Where no volume is known to be mounted above, the device may be one that is not determined.
    if (!source.startsWith('/') || source.startsWith('/dev/'))
      return volume === undefined ? { path: at } : { device: source, target };
    at = directory(`${source}/${at.slice(target.length)}`);
  }
  return { path: at };
}

const shownBy = perObject(({ commands, files }: Payload): readonly Shown[] => {
  const mounted = commands.flatMap((command): Shown[] => {
    const action = diskAction(command);
    if (action.does === 'mount' && action.device !== undefined && action.target !== undefined)
      return [{ source: action.device, target: directory(action.target) }];
    const [source, target, ...more] = command.args.flatMap((arg) =>
      arg === undefined || arg.startsWith('-') ? [] : [arg],
    );
    const links = command.program === 'ln' && command.args.some((arg) => /^(-\w*s|--symbolic)/.test(arg ?? ''));
    return links && source !== undefined && target !== undefined && more.length === 0
      ? [{ source, target: directory(target) }]
      : [];
  });
  // tmpfiles.d(5): `L+ path - - - - target`, wherever a command points systemd-tmpfiles at.
  const linked = files.flatMap(({ path, text }) =>
    path.endsWith('.conf')
      ? [...text.marked.matchAll(/^L\S{0,4}[ \t]+(\/\S+)(?:[ \t]+\S+){4}[ \t]+(\/\S+)[ \t]*$/gm)].map(
          ([, target = '', source = '']) => ({
            source,
            target: directory(target),
          }),
        )
      : [],
  );
  return [...mounted, ...linked].filter(({ source, target }) => target.startsWith('/') && source !== target);
});

function deepest(shown: readonly Shown[]): Shown | undefined {
  return [...shown].sort((left, right) => right.target.length - left.target.length)[0];
}

/** `/srv/lukko/`, `/srv/x/../lukko` and `/srv/lukko` are one directory. */
export function directory(path: string): string {
  return normalize(path).replace(/(.)\/$/, '$1');
}

/** Whether a path lies below a directory; `..` is resolved first. */
export function isBelow(path: string, above: string): boolean {
  return `${directory(path)}/`.replace('//', '/').startsWith(`${directory(above)}/`.replace('//', '/'));
}
