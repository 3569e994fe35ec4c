import type { Payload, PayloadFile } from '../types.ts';
import type { HostSetting } from './types.ts';

const MAIN = '/etc/ssh/sshd_config';
const DROP_IN = /^\/etc\/ssh\/sshd_config\.d\/[^/]+\.conf$/;
/** Where cloud-init writes what `ssh_pwauth` says (cloud-init, module Set Passwords). */
const CLOUD_INIT = '/etc/ssh/sshd_config.d/50-cloud-init.conf';
/** Names that sshd still takes for another (sshd_config(5)). */
const OLDER: Readonly<Record<string, string>> = { challengeresponseauthentication: 'kbdinteractiveauthentication' };

interface Line extends HostSetting {
  readonly keyword: string;
}

/**
 * sshd_config(5): settings by lower-case keyword, the first value wins, `Match` blocks apart. Drop-ins are read where the payload's own
 * sshd_config includes them, and first where the distribution's does; `ssh_pwauth` of cloud-init is one of them.
 */
export function sshdSettings({
  files,
  settings,
  attr,
}: Pick<Payload, 'files' | 'settings' | 'attr'>): ReadonlyMap<string, HostSetting> {
  const main = files.find(({ path }) => path === MAIN);
  const asked = settings.find(({ path }) => path === 'ssh_pwauth');
  const passwords = /^(true|yes|1)$/i.test(asked?.text ?? '')
    ? 'yes'
    : /^(false|no|0)$/i.test(asked?.text ?? '')
      ? 'no'
      : undefined;
  const told: readonly Line[] =
    passwords === undefined || asked === undefined
      ? []
      : [{ keyword: 'passwordauthentication', value: passwords, at: attr.at, line: asked.line }];
  const dropIns = files
    .filter(({ path }) => DROP_IN.test(path))
    .map((file) => ({ path: file.path, lines: linesOf(file) }));
  // cloud-init writes over a line that stands there already.
  const own = dropIns.find(({ path }) => path === CLOUD_INIT);
  const cloudInit = { path: CLOUD_INIT, lines: [...told, ...(own?.lines ?? [])] };
  const included = [...dropIns.filter((each) => each !== own), cloudInit]
    .sort((left, right) => (left.path < right.path ? -1 : 1))
    .flatMap(({ lines }) => lines);
  const read = main === undefined ? [] : linesOf(main);
  const where = read.findIndex(({ keyword, value }) => keyword === 'include' && /sshd_config\.d\/\*/.test(value));
  const all =
    main === undefined
      ? included
      : where < 0
        ? [...told, ...read]
        : [...read.slice(0, where), ...included, ...read.slice(where + 1)];
  const found = new Map<string, HostSetting>();
  for (const { keyword, ...setting } of all) if (!found.has(keyword)) found.set(keyword, setting);
  return found;
}

/** Files that sshd reads beside its usual ones: their text is not followed. */
export function otherIncludes({ files }: Pick<Payload, 'files'>): readonly HostSetting[] {
  return files
    .filter(({ path }) => path === MAIN || DROP_IN.test(path))
    .flatMap((file) => linesOf(file))
    .filter(
      ({ keyword, value }) => keyword === 'include' && !/^(\/etc\/ssh\/)?sshd_config\.d\/\*(\.conf)?$/.test(value),
    );
}

function linesOf({ text, at }: PayloadFile): Line[] {
  const found: Line[] = [];
  for (const [index, raw] of text.marked.split('\n').entries()) {
    const [, keyword, value = ''] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.+?)\s*$/.exec(raw) ?? [];
    if (keyword === undefined) continue;
    const name = keyword.toLowerCase();
    // Of an included file a Match block ends with the file.
    if (name === 'match') break;
    found.push({ keyword: OLDER[name] ?? name, value: value.replace(/^"(.*)"$/, '$1'), at, line: index + 1 });
  }
  return found;
}
