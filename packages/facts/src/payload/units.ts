import { byText } from '../memo.ts';
import type { Command, Guard, PayloadFile, Unit } from '../types.ts';
import { parseUnitFile, type UnitEntry, valuesOf } from './unit-file.ts';

const SYSTEM = /^\/(etc|run|usr\/lib|lib|usr\/local\/lib)\/systemd\/system(?:\.control|\.attached)?\/([^/]+)$/;
const DROP_IN =
  /^\/(?:etc|run|usr\/lib|lib|usr\/local\/lib)\/systemd\/system(?:\.control|\.attached)?\/([^/]+)\.d\/[^/]+\.conf$/;
const QUADLET =
  /^\/(etc|usr\/share)\/containers\/systemd\/(?:[^/]+\/)*([^/]+\.(container|volume|network|pod|kube|image|build))$/;
const QUADLET_DROP_IN =
  /^\/(?:etc|usr\/share)\/containers\/systemd\/((?:[^/]+\.)?(?:container|volume|network|pod|kube))\.d\/[^/]+\.conf$/;
const KINDS = /\.(service|socket|timer|path|target|mount|automount|swap|slice|scope|device)$/;
const PULLS = ['Wants', 'Requires', 'BindsTo', 'Upholds', 'Requisite'];

interface Draft {
  readonly name: string;
  readonly file: PayloadFile;
  entries: UnitEntry[];
}

/** A start of a unit: by which condition. */
interface Start {
  readonly name: string;
  readonly guards: readonly Guard[];
  /** Also enabled, so that its `[Install]` section counts. */
  readonly enabled?: boolean;
}

/** The unit name a quadlet generates: podman-systemd.unit(5), "Quadlet files with extension …". */
export function generatedName(name: string): string {
  const dot = name.lastIndexOf('.');
  const stem = name.slice(0, dot);
  const kind = name.slice(dot + 1);
  return kind === 'container' || kind === 'kube' ? `${stem}.service` : `${stem}-${kind}.service`;
}

export function isQuadlet(name: string): boolean {
  return /\.(container|volume|network|pod|kube|image|build)$/.test(name);
}

const parsed = byText(parseUnitFile);

function entriesOf({ text: { marked } }: PayloadFile): UnitEntry[] {
  return parsed(marked);
}

/** Unit files, drop-ins merged into the unit they belong to; a drop-in for a unit of the distribution is a unit of its own. */
export function unitFiles(files: readonly PayloadFile[]): Draft[] {
  const drafts = new Map<string, Draft>();
  for (const file of files) {
    const name = SYSTEM.exec(file.path)?.[2] ?? QUADLET.exec(file.path)?.[2];
    if (name !== undefined && (KINDS.test(name) || isQuadlet(name))) {
      drafts.set(name, { name, file, entries: entriesOf(file) });
    }
  }
  const dropIns = files.filter((file) => file.path.endsWith('.conf'));
  for (const file of dropIns.sort((left, right) => (left.path < right.path ? -1 : 1))) {
    const name = DROP_IN.exec(file.path)?.[1] ?? QUADLET_DROP_IN.exec(file.path)?.[1];
    if (name === undefined) continue;
    const several = [...drafts.values()].filter((each) => sharesDropIn(name, each.name));
    for (const each of several) each.entries = [...each.entries, ...entriesOf(file)];
    if (several.length > 0 || !name.includes('.')) continue;
    const draft = drafts.get(name) ?? { name, file, entries: [] };
    draft.entries = [...draft.entries, ...entriesOf(file)];
    drafts.set(name, draft);
  }
  return [...drafts.values()];
}

/** `service.d/` is for every service, `lukko-.service.d/` for all whose names begin so (systemd.unit(5)). */
function sharesDropIn(directory: string, unit: string): boolean {
  const kind = unit.slice(unit.lastIndexOf('.') + 1);
  if (!directory.includes('.')) return directory === kind;
  const prefix = /^(.*-)\.([a-z]+)$/.exec(directory);
  return prefix !== null && kind === prefix[2] && unit.startsWith(prefix[1] ?? '');
}

/** What `systemctl` commands start: `enable --now`, `start`, `restart`; and `enable`, which needs an `[Install]` section. */
export function startsBy(commands: readonly Command[]): {
  readonly starts: Start[];
  readonly enables: Start[];
  readonly stops: Set<string>;
} {
  const starts: Start[] = [];
  const enables: Start[] = [];
  const stops = new Set<string>();
  for (const command of commands) {
    if (command.program !== 'systemctl') continue;
    const words = command.args.filter((arg): arg is string => arg !== undefined);
    const [verb, ...names] = words.filter((word) => !word.startsWith('-'));
    const now = words.includes('--now');
    for (const each of names) {
      const name = unitName(each);
      const start = { name, guards: command.guards, enabled: verb === 'enable' || verb === 'reenable' };
      if (['start', 'restart', 'try-restart', 'reload-or-restart'].includes(verb ?? '')) starts.push(start);
      if (verb === 'enable' || verb === 'reenable') (now ? starts : enables).push(start);
      if (verb === 'mask' || verb === 'disable' || verb === 'stop') stops.add(name);
    }
  }
  return { starts, enables, stops };
}

function unitName(text: string): string {
  const name = text.slice(text.lastIndexOf('/') + 1);
  return KINDS.test(name) ? name : `${name}.service`;
}

/**
 * Which units run: started by a command; enabled by one (quadlets: by their file) and wanted by a target that is reached; or pulled in by a
 * unit that runs (`Wants=`, `Requires=`, …; a timer, path or socket pulls in its service).
 */
export function activate(drafts: readonly Draft[], commands: readonly Command[]): Unit[] {
  const { starts, enables, stops } = startsBy(commands);
  const started = new Map<string, readonly Guard[]>();
  const open: Start[] = [...starts, ...[...BOOT_TARGETS].map((name) => ({ name, guards: [] }))];
  const installed = new Map<string, Start[]>();
  const install = (draft: Draft, name: string, guards: readonly Guard[]): void => {
    for (const target of wantedBy(draft)) installed.set(target, [...(installed.get(target) ?? []), { name, guards }]);
  };
  const behind = draftsByName(drafts);
  const pulls = new Map(drafts.map((draft) => [draft, pulledBy(draft)]));
  for (const start of [...enables, ...starts.filter((each) => each.enabled)])
    for (const draft of behind(start.name)) if (!isQuadlet(draft.name)) install(draft, start.name, start.guards);
  for (const draft of drafts) if (isQuadlet(draft.name)) install(draft, generatedName(draft.name), []);
  for (let start = open.pop(); start !== undefined; start = open.pop()) {
    const before = started.get(start.name);
    if (stops.has(start.name) || (before !== undefined && before.length <= start.guards.length)) continue;
    started.set(start.name, start.guards);
    for (const draft of behind(start.name))
      for (const name of pulls.get(draft) ?? []) open.push({ name, guards: start.guards });
    for (const pulled of installed.get(start.name) ?? [])
      open.push({ name: pulled.name, guards: [...start.guards, ...pulled.guards] });
  }
  const guardsOf = new Map<Draft, readonly Guard[]>();
  for (const [name, guards] of started)
    for (const draft of behind(name)) if (!guardsOf.has(draft)) guardsOf.set(draft, guards);
  return drafts.map((draft) => {
    const { name, file, entries } = draft;
    const guards = guardsOf.get(draft);
    return { name, file, entries, started: guards !== undefined, guards: guards ?? [] };
  });
}

/** Targets that are reached at every boot: systemd.special(7). */
const BOOT_TARGETS = new Set(
  [
    'default',
    'multi-user',
    'graphical',
    'basic',
    'sysinit',
    'sockets',
    'timers',
    'paths',
    'local-fs',
    'remote-fs',
    'network',
    'network-online',
    'cloud-init',
    'cloud-config',
  ].map((name) => `${name}.target`),
);

function wantedBy(draft: Draft): string[] {
  return ['WantedBy', 'RequiredBy', 'UpheldBy'].flatMap((key) => valuesOf(draft.entries, 'Install', key));
}

/** The unit files behind a name: the unit itself, its template, the quadlet that generates it. In the order of the files. */
function draftsByName(drafts: readonly Draft[]): (name: string) => readonly Draft[] {
  const byName = new Map<string, Draft[]>();
  const add = (name: string, draft: Draft): void => void (byName.get(name)?.push(draft) ?? byName.set(name, [draft]));
  for (const draft of drafts) {
    add(draft.name, draft);
    if (isQuadlet(draft.name)) add(generatedName(draft.name), draft);
  }
  return (name) => {
    const own = byName.get(name) ?? [];
    const template = name.includes('@') ? /^([^@]+@)[^.]+(\..+)$/.exec(name) : null;
    return template === null ? own : [...own, ...(byName.get(`${template[1]}${template[2]}`) ?? [])];
  };
}

/** Names of the units that a unit pulls in when it starts. */
function pulledBy(draft: Draft): string[] {
  const names = PULLS.flatMap((key) => valuesOf(draft.entries, 'Unit', key));
  const activator = /^(.+)\.(timer|path|socket)$/.exec(draft.name);
  if (activator?.[1] !== undefined) {
    const section = activator[2] === 'timer' ? 'Timer' : activator[2] === 'path' ? 'Path' : 'Socket';
    const key = activator[2] === 'socket' ? 'Service' : 'Unit';
    names.push(valuesOf(draft.entries, section, key)[0] ?? `${activator[1]}.service`);
  }
  return names.map(unitName);
}
