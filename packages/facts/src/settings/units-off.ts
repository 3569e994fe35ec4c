import type { Reason } from '@lukko/terraform-model';
import { parseUnitFile } from '../payload/unit-file.ts';
import type { Payload, PayloadFile } from '../types.ts';

/** What a payload does to units of the distribution: starts them, takes them away for good, or perhaps. */
export interface UnitStates {
  readonly on: readonly Reason[];
  readonly off: readonly Reason[];
  readonly doubts: readonly Reason[];
}

const OFF = /^(mask|disable)$/;
const ON = /^(unmask|enable|reenable|start|restart)$/;
const WHEN = /^(OnCalendar|AccuracySec|RandomizedDelaySec|FixedRandomDelay|Persistent|WakeSystem)$/;
const PLACE = /^\/(?:etc|run|usr\/lib|lib)\/systemd\/system\/([^/]+?)(?:\.d\/[^/]+)?$/;

/**
 * systemctl(1), in the order of the commands: what a later one starts again is on. `stop` lasts until the next boot, so it is a doubt;
 * so is a condition, a unit by the same name, and a drop-in that says more than when. `units`: whole names, `apt-daily.timer`.
 */
export function turnedOff({ commands, files }: Payload, units: readonly string[]): UnitStates {
  const last = new Map<string, { readonly state: keyof UnitStates; readonly reason: Reason }>();
  for (const { program, args, at, line, always } of commands) {
    const where = `${at}:${line}`;
    const words = args.filter((arg): arg is string => arg !== undefined && !arg.startsWith('-'));
    const masked = program === 'ln' && words.includes('/dev/null') ? PLACE.exec(words.at(-1) ?? '')?.[1] : undefined;
    if (masked !== undefined && units.includes(masked))
      last.set(masked, { state: always ? 'off' : 'doubts', reason: { at: where, saw: `ln masks ${masked}` } });
    if (program !== 'systemctl') continue;
    const [verb = '', ...names] = words;
    const state = OFF.test(verb) ? 'off' : ON.test(verb) ? 'on' : verb === 'stop' ? 'doubts' : undefined;
    if (state === undefined) continue;
    for (const unit of units.filter((each) => names.some((name) => means(name, each)))) {
      // A service that a timer starts is not enabled in the first place.
      if (verb === 'disable' && unit.endsWith('.service')) continue;
      if (state === 'on' && !always) continue;
      const reason: Reason = { at: where, saw: `systemctl ${verb} ${unit}` };
      last.set(unit, { state: state === 'off' && !always ? 'doubts' : state, reason });
    }
    if (state !== 'on' && args.includes(undefined))
      last.set(where, { state: 'doubts', reason: { at: where, saw: `systemctl ${verb} of what is not known` } });
  }
  const causes = ['function'] as const;
  const brought = files.filter((file) => units.includes(PLACE.exec(file.path)?.[1] ?? '') && !movesTimer(file));
  const of = (state: keyof UnitStates): Reason[] =>
    [...last.values()].filter((each) => each.state === state).map(({ reason }) => reason);
  return {
    on: of('on'),
    off: of('off'),
    doubts: [
      ...of('doubts').map((reason): Reason => ({ ...reason, causes })),
      ...brought.map(({ at }): Reason => ({ at, saw: 'a unit that replaces or changes it', causes })),
    ],
  };
}

/** systemd.timer(5): a drop-in that says nothing but when, and leaves a time. An empty value takes back the times before it. */
function movesTimer({ path, text }: PayloadFile): boolean {
  if (!path.includes('.timer.d/')) return false;
  const entries = parseUnitFile(text.marked).filter(({ section }) => section !== 'Unit');
  const times = entries.filter(({ key }) => key === 'OnCalendar');
  return (
    entries.every(({ section, key }) => section === 'Timer' && WHEN.test(key)) &&
    (times.length === 0 || times.at(-1)?.value !== '')
  );
}

/** systemctl(1): a name without ending is a service, and a glob names what begins like it. */
function means(name: string, unit: string): boolean {
  const glob = name.search(/[*?[]/);
  if (glob >= 0) return unit.startsWith(name.slice(0, glob));
  return name === unit || `${name}.service` === unit;
}
