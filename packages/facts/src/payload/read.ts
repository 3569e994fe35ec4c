import type { Attr, Cause, Graph, Resource, Value } from '@lukko/terraform-model';
import { provisionedBy } from '../provisioned.ts';
import type { MarkedText, Payload, PayloadFile, Unit } from '../types.ts';
import { caddyFacts } from './caddy-sites.ts';
import { type BootCommand, type CloudConfig, decode } from './cloud-config.ts';
import { composeContainers } from './compose.ts';
import { documentOf } from './documents.ts';
import { followHooks } from './hooks.ts';
import { LONGEST_TEXT, mark, wholeHole } from './marked.ts';
import { followMounts, readMountTables } from './mount-tables.ts';
import { hostsNamed } from './named-hosts.ts';
import { containersOf } from './quadlet.ts';
import { runContainers } from './run-containers.ts';
import { ShellRun } from './shell-run.ts';
import { known, newScope } from './shell-scope.ts';
import { TooMuch } from './shell-syntax.ts';
import { payloadSource } from './source.ts';
import { runUnit } from './unit-run.ts';
import { activate, unitFiles } from './units.ts';

const MOST_ROUNDS = 12;
const INSTALLER = /^(apt|apt-get|aptitude|dnf|dnf5|microdnf|yum|zypper)$/;
const CADDYFILE = /(^|\/)Caddyfile$/;

/**
 * What a server runs at boot. Entry points are `bootcmd`, per-boot scripts, `runcmd` (or a shell script as user_data) and the
 * units they start; a script nobody reaches gives no commands. Never throws: what is not understood is `unread`.
 */
export function readPayload(server: Resource, graph: Graph): Payload {
  const source = payloadSource(server, graph);
  const payload = payloadOf(server, source.attr, source.causes);
  const provisioned = provisionedBy(server, graph);
  return provisioned === undefined ? payload : { ...payload, provisioned };
}

/** The payload an attribute holds; `doubts`: causes that make it unknown whatever stands there. */
export function payloadOf(server: Resource, attr: Attr, doubts: readonly Cause[]): Payload {
  const unknown = (causes: readonly Cause[]): Payload => ({ server, attr, ...nothing, state: 'unknown', causes });
  if (doubts.length > 0) return unknown(doubts);
  const { value } = attr;
  if (value.state === 'unset' || (value.state === 'known' && (value.value === null || value.value === '')))
    return { server, attr, ...nothing, state: 'none', causes: [] };
  const text = mark(value);
  if (text === undefined) return unknown(causesOf(value));
  const hole = wholeHole(text.marked, text.holes);
  if (hole !== undefined || /^\s*\uE000/.test(text.marked)) return unknown(causesOf(value));
  if (text.marked.length > LONGEST_TEXT) {
    const why = `a payload longer than ${LONGEST_TEXT} characters`;
    return { server, attr, ...nothing, state: 'read', causes: [], unread: [{ at: attr.at, why }] };
  }
  const parsed = parse(text, attr.at);
  const image = parsed.unread.some(({ disks }) => disks) ? systemImage(server) : undefined;
  if (image === undefined) return { server, attr, state: 'read', causes: [], ...parsed };
  const why = `a machine configuration of Talos, which the image ${image} does not run`;
  return {
    server,
    attr,
    state: 'read',
    causes: [],
    ...parsed,
    files: [],
    commands: [],
    unread: [{ at: attr.at, why }],
  };
}

/** What is found in a payload that is not read; the same for all of them. */
const nothing: Parsed = {
  holes: [],
  files: [],
  commands: [],
  refusals: [],
  units: [],
  containers: [],
  sites: [],
  packages: [],
  settings: [],
  hosts: [],
  unread: [],
};

/** Name of one of Hetzner's system images, none of which is Talos; undefined for a snapshot, or one that is not known. */
function systemImage(server: Resource): string | undefined {
  const image = server.attr('image').text;
  return image !== undefined && /^(debian|ubuntu|fedora|centos-stream|rocky|alma|opensuse)-/.test(image)
    ? image
    : undefined;
}

function causesOf(value: Value): readonly Cause[] {
  if (value.state === 'unknown') return value.causes;
  if (value.state === 'text')
    return [...new Set(value.parts.flatMap((part) => (typeof part === 'string' ? [] : part.causes)))].sort();
  return ['function'];
}

type Parsed = Pick<
  Payload,
  | 'holes'
  | 'files'
  | 'commands'
  | 'refusals'
  | 'units'
  | 'containers'
  | 'sites'
  | 'packages'
  | 'settings'
  | 'hosts'
  | 'unread'
>;

function parse(given: MarkedText, at: string): Parsed {
  const text = unpacked(given);
  const config = documentOf(text, at);
  const files = new Map(config.files.map((file) => [file.path, file]));
  const run = new ShellRun(files);
  run.holes = text.holes;
  const units = follow(config, run, files, at);
  const all = [...new Map([...files, ...run.place.written]).values()];
  const caddy = all
    .filter((file) => CADDYFILE.test(file.path))
    .map((file) => caddyFacts(file, (path) => run.place.file(path)));
  const compose = composeContainers(all, run.commands);
  const parsed = {
    holes: text.holes,
    files: all,
    commands: [...followMounts(run.commands, units, all), ...(config.commands ?? [])],
    refusals: run.refusals,
    units,
    containers: [...containersOf(units), ...compose.containers, ...runContainers(run.commands, units)],
    sites: caddy.flatMap((each) => each.sites),
    packages: [...config.packages, ...installed(run)],
    settings: config.settings,
    unread: [...config.unread, ...run.unread, ...compose.unread, ...caddy.flatMap((each) => each.unread)],
  };
  return { ...parsed, hosts: hostsNamed(parsed, config.settings, at) };
}

/** cloud-init reads base64 and gzip as they come (DataSourceHetzner). */
function unpacked(text: MarkedText): MarkedText {
  const { marked, holes } = text;
  if (holes.length > 0 || !/^[A-Za-z0-9+/\s]{16,}={0,2}$/.test(marked.trimEnd())) return text;
  const decoded = decode(marked, marked.startsWith('H4sI'));
  return decoded === undefined ? text : { marked: decoded, holes };
}

/** Runs the entry points, then the units they start, until nothing new starts. */
function follow(config: CloudConfig, run: ShellRun, files: ReadonlyMap<string, PayloadFile>, at: string): Unit[] {
  const done = new Set<string>();
  const hooks = new Set<string>();
  let units: Unit[] = [];
  try {
    bootCommands(config.bootcmd, run, `${at}:bootcmd`);
    for (const file of files.values())
      if (/^\/var\/lib\/cloud\/scripts\/per-(boot|once|instance)\//.test(file.path)) run.script(file, [], newScope(at));
    bootCommands(config.runcmd, run, `${at}:runcmd`);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      followHooks([...files.values(), ...run.place.written.values()], run, hooks);
      units = activate(unitFiles([...new Map([...files, ...run.place.written]).values()]), run.commands);
      const fresh = units.filter((unit) => unit.started && !done.has(unit.name));
      if (fresh.length === 0) break;
      for (const unit of fresh) {
        done.add(unit.name);
        runUnit(unit, run);
      }
    }
  } catch (error) {
    if (!(error instanceof TooMuch) && !(error instanceof RangeError)) throw error;
    run.unread.push({ at, why: error.message });
    run.record([], newScope(at), 1, { opaque: true });
  }
  readMountTables([...new Map([...files, ...run.place.written]).values()], run);
  return units;
}

/** cloud-init writes all entries into one shell script, so an `exit` ends them all, and variables live on. */
function bootCommands(commands: readonly BootCommand[], run: ShellRun, at: string): void {
  const scope = newScope(at);
  run.entry = at;
  for (const command of commands) {
    if (scope.flow !== undefined) break;
    if ('script' in command) run.text(command.script, scope, command.line);
    else run.invoke(command.words.map(known), scope, command.line);
  }
}

function installed(run: ShellRun): string[] {
  return run.commands
    .filter(({ program, args, always }) => always && INSTALLER.test(program) && args.includes('install'))
    .flatMap((command) =>
      command.args.filter(
        (arg): arg is string => arg !== undefined && /^[a-z0-9][a-z0-9.+-]+$/.test(arg) && arg !== 'install',
      ),
    );
}
