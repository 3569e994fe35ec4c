import type { Command, Container, Payload } from '@lukko/facts';
import { asksFor, backupBuckets } from './bucket-settings.ts';
import { isLogStore, optionsOf } from './log-stores.ts';

/** How long something is kept; `days` undefined where the payload does not show it, infinite for ever. */
export interface Kept {
  readonly what: string;
  readonly days: number | undefined;
  readonly at: string;
}

const DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, m: 31, y: 366 };

/** Stores of a host with the time they keep what they are sent: VictoriaLogs, GlitchTip. Those that say nothing are left out. */
export function storesKept({ containers, files }: Payload): readonly Kept[] {
  return containers.flatMap((container): Kept[] => {
    const at = container.unit.file.at;
    if (isLogStore(container)) {
      const period = optionsOf(container)?.get('retentionPeriod');
      return period === undefined ? [] : [{ what: container.unit.name, days: duration(period, 'm'), at }];
    }
    if (!/(^|\/)glitchtip(:|@|$)/.test(container.image)) return [];
    const named = valuesOf(container, 'EnvironmentFile').map((path) => path.replace(/^-/, ''));
    const texts = [
      ...valuesOf(container, 'Environment'),
      ...files.filter(({ path }) => named.includes(path)).map(({ text }) => text.marked),
    ];
    const found = texts.flatMap((text) => /^"?GLITCHTIP_MAX_EVENT_LIFE_DAYS=(.*?)"?$/m.exec(text)?.[1] ?? []);
    const last = found.at(-1);
    return last === undefined ? [] : [{ what: container.unit.name, days: duration(last, 'd'), at }];
  });
}

/**
 * What removes old backups on a host, and after how long: restic's `forget`, `find -mtime` in a script that removes what it finds, rclone's
 * `delete --min-age`. A bucket removes by a rule of its own, which no payload holds: it counts where the host asks for it and backs up only where it
 * is kept; else it is not known.
 */
export function backupsKept(payload: Payload): readonly Kept[] {
  const { commands } = payload;
  const buckets = backupBuckets(payload).map(({ url, at }): Kept => {
    const asked = asksFor(payload, url, 'lifecycle');
    return { what: `the bucket ${url.slice(url.indexOf('//') + 2)}`, days: asked?.days, at: asked?.at ?? at };
  });
  const removed = commands.flatMap((command): Kept[] => {
    const { program, at, line, args } = command;
    const where = `${at}:${line}`;
    if (program === 'restic' && args.includes('forget'))
      return [{ what: 'restic forget', days: forgetAfter(args), at: where }];
    if (program === 'rclone' && args.includes('delete'))
      return [{ what: 'rclone delete', days: spell(option(args, '--min-age')), at: where }];
    const age = program === 'find' ? args[args.indexOf('-mtime') + 1] : undefined;
    if (program !== 'find' || !args.includes('-mtime') || !removes(command, commands)) return [];
    return [{ what: 'find -mtime', days: /^[-+]?\d+$/.test(age ?? '') ? Math.abs(Number(age)) : undefined, at: where }];
  });
  return [...removed, ...buckets];
}

function removes({ args, at }: Command, commands: readonly Command[]): boolean {
  if (args.includes('-delete')) return true;
  return commands.some(
    (other) => other.at === at && other.program === 'rm' && other.args.some((arg) => /^-\w*r/.test(arg ?? '')),
  );
}

/** What restic's options keep, in days each, with the short form; `last` keeps a number that no span of time follows from. */
const SPANS: readonly (readonly [name: string, short: string, days: number | undefined])[] = [
  ['last', '-l', undefined],
  ['hourly', '-H', 1 / 24],
  ['daily', '-d', 1],
  ['weekly', '-w', 7],
  ['monthly', '-m', 31],
  ['yearly', '-y', 366],
];

/**
 * After how long `restic forget` has removed a backup: the longest of its `--keep-…`. Options that keep nothing are no policy, and without
 * one it removes nothing, unless it is allowed to remove all (https://restic.readthedocs.io/en/stable/060_forget.html). undefined where one is
 * not known.
 */
export function forgetAfter(args: Command['args']): number | undefined {
  if (args.includes(undefined)) return undefined;
  if (args.some((arg) => /^(--dry-run|-n)$/.test(arg ?? ''))) return Number.POSITIVE_INFINITY;
  const kept = [
    ...SPANS.flatMap(([name, short, days]) => {
      const value = option(args, `--keep-${name}`) ?? option(args, short);
      if (value === undefined) return [];
      if (value === 'unlimited' || value === '-1') return [Number.POSITIVE_INFINITY];
      if (value === null || !/^\d+$/.test(value)) return [Number.NaN];
      return Number(value) === 0 ? [] : [Number(value) * (days ?? Number.NaN)];
    }),
    ...['', '-hourly', '-daily', '-weekly', '-monthly', '-yearly'].flatMap((name) => {
      const value = option(args, `--keep-within${name}`);
      const days = value === undefined ? 0 : (spell(value) ?? Number.NaN);
      return days === 0 ? [] : [days];
    }),
    ...(option(args, '--keep-tag') === undefined ? [] : [Number.NaN]),
  ];
  if (kept.some(Number.isNaN)) return undefined;
  if (kept.length > 0) return Math.max(...kept);
  // Backups that are named are removed whatever options keep.
  const named = args.slice(args.indexOf('forget') + 1).some((arg) => /^(latest|[0-9a-f]{8,64})$/.test(arg ?? ''));
  if (named) return undefined;
  return args.includes('--unsafe-allow-remove-all') ? 0 : Number.POSITIVE_INFINITY;
}

/** Null: given, and not known. */
function option(args: Command['args'], name: string): string | null | undefined {
  for (const [index, arg] of args.entries()) {
    if (arg === name) return args[index + 1] ?? null;
    if (arg?.startsWith(`${name}=`)) return arg.slice(name.length + 1);
  }
  return undefined;
}

/** `1y5m7d2h`, as restic and rclone write spans of time. */
function spell(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null || !/^(\d+[hdwmMy])+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([hdwmMy])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (DAYS[unit.toLowerCase()] ?? Number.NaN),
    0,
  );
}

/** @param bare the unit of a number without one */
function duration(text: string, bare: string): number | undefined {
  const [, count, unit = bare] = /^(\d+(?:\.\d+)?)([hdwy])?$/.exec(text.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * (DAYS[unit] ?? Number.NaN);
}

function valuesOf({ unit }: Container, key: string): readonly string[] {
  return unit.entries.filter((entry) => entry.section === 'Container' && entry.key === key).map(({ value }) => value);
}
