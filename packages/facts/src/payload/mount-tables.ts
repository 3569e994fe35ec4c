import type { Command, Guard, PayloadFile, Unit } from '../types.ts';
import type { ShellRun } from './shell-run.ts';
import { known, newScope } from './shell-scope.ts';
import { valuesOf } from './unit-file.ts';

interface Mount {
  readonly source: string;
  readonly target: string;
  readonly automatic: boolean;
  readonly at: string;
  readonly line: number;
  readonly guards: readonly Guard[];
}

/** Lines of fstab(5), and `.mount` units (systemd.mount(5)). */
function mountTable(files: readonly PayloadFile[], units: readonly Unit[]): Mount[] {
  const fstab = files
    .filter((file) => file.path === '/etc/fstab')
    .flatMap((file) =>
      tableLines(file).flatMap(({ words: [source, target, , options = ''], line }): Mount[] =>
        source === undefined || target === undefined
          ? []
          : [{ source, target, automatic: !options.split(',').includes('noauto'), at: file.at, line, guards: [] }],
      ),
    );
  const mounts = units.flatMap((unit): Mount[] => {
    if (!unit.name.endsWith('.mount')) return [];
    const [source] = valuesOf(unit.entries, 'Mount', 'What');
    const [target] = valuesOf(unit.entries, 'Mount', 'Where');
    return source === undefined || target === undefined
      ? []
      : [{ source, target, ...startOf(unit, source, target, units), at: unit.file.at, line: 1 }];
  });
  return [...fstab, ...mounts];
}

/** Also a mount that no command starts is made once a unit that runs requires something below it (`RequiresMountsFor=`). */
function startOf(
  unit: Unit,
  source: string,
  target: string,
  units: readonly Unit[],
): Pick<Mount, 'automatic' | 'guards'> {
  if (unit.started) return { automatic: true, guards: unit.guards };
  // From a mapper it is what the script that opened it mounts: that it waits for is no proof that anybody does.
  const asks =
    !source.startsWith('/dev/mapper/') &&
    units.some(
      (each) =>
        each.started &&
        valuesOf(each.entries, 'Unit', 'RequiresMountsFor').some((path) => `${path}/`.startsWith(`${target}/`)),
    );
  return { automatic: asks, guards: [{ line: 1, mentions: [`when something requires ${unit.name}`] }] };
}

/** Lines of fstab(5) or crypttab(5) that are no comments, split into fields. */
export function tableLines(file: PayloadFile): { words: string[]; line: number }[] {
  return file.text.marked.split('\n').flatMap((text, index) => {
    const line = text.trim();
    return line === '' || line.startsWith('#') ? [] : [{ words: line.split(/\s+/), line: index + 1 }];
  });
}

/** What systemd's generators make of crypttab(5): a LUKS container that is opened at boot, as the command it amounts to. */
export function readMountTables(files: readonly PayloadFile[], run: ShellRun): void {
  for (const file of files) {
    if (file.path !== '/etc/crypttab') continue;
    for (const { words, line } of tableLines(file)) {
      const [name, device, key = 'none', options = 'luks'] = words;
      if (name === undefined || device === undefined) continue;
      const plain = /(^|,)(plain|swap|tmp|tcrypt|bitlk)(,|=|$)/.test(options);
      const args = ['attach', name, device, key, plain ? 'plain' : options].map(known);
      if (!options.split(',').includes('noauto'))
        run.record([known('systemd-cryptsetup'), ...args], newScope(file.at), line, {});
    }
  }
}

/** The commands with the mounts systemd makes by itself; `mount <directory>` alone is completed from the mount table. */
export function followMounts(
  commands: readonly Command[],
  units: readonly Unit[],
  files: readonly PayloadFile[],
): Command[] {
  const table = mountTable(files, units);
  const completed = commands.map((command) => {
    if (command.program !== 'mount') return command;
    const words = command.args.filter((arg) => !arg?.startsWith('-'));
    const entry =
      words.length === 1 ? table.find((mount) => mount.target === words[0] || mount.source === words[0]) : undefined;
    return entry === undefined
      ? command
      : { ...command, args: [entry.source, entry.target], mentions: [...command.mentions, entry.source, entry.target] };
  });
  const automatic = table
    .filter((mount) => mount.automatic)
    .map(
      (mount): Command => ({
        program: 'mount',
        programPath: undefined,
        args: [mount.source, mount.target],
        at: mount.at,
        line: mount.line,
        always: mount.guards.length === 0,
        guards: mount.guards,
        mentions: [mount.source, mount.target],
        writes: [],
        opaque: false,
      }),
    );
  return [...completed, ...automatic];
}
