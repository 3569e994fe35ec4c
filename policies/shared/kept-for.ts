import type { Command, Container, Payload } from '@lukko/facts';
import { asksFor, backupBuckets } from './bucket-settings.ts';
import { isLogStore, optionsOf } from './log-stores.ts';

/** How long something is kept; `days` undefined where the payload does not show it. */
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

/** The longest of restic's `--keep-…`; undefined where one is not known, or there is none. https://restic.readthedocs.io/en/stable/060_forget.html */
function forgetAfter(args: Command['args']): number | undefined {
  const spans: Readonly<Record<string, number>> = { daily: 1, weekly: 7, monthly: 31, yearly: 366 };
  const kept = [
    ...Object.entries(spans).flatMap(([name, days]) => {
      const value = option(args, `--keep-${name}`);
      return value === undefined ? [] : [value !== null && /^\d+$/.test(value) ? Number(value) * days : Number.NaN];
    }),
    ...['', '-daily', '-weekly', '-monthly', '-yearly'].flatMap((name) => {
      const value = option(args, `--keep-within${name}`);
      return value === undefined ? [] : [spell(value) ?? Number.NaN];
    }),
  ];
  const most = Math.max(...kept);
  return Number.isFinite(most) ? most : undefined;
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
