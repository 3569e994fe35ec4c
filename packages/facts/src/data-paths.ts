import type { Attr, Reason, Resource } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { directory, isBelow, leadsTo, MEMORY } from './mounted-paths.ts';
import { caddyFacts } from './payload/caddy-sites.ts';
import { hasHole, unmark } from './payload/marked.ts';
import { tableLines } from './payload/mount-tables.ts';
import { execOf } from './payload/quadlet.ts';
import { valuesOf } from './payload/unit-file.ts';
import { generatedName, isQuadlet } from './payload/units.ts';
import type { Container, DataPath, Payload, PayloadFile, Proof, Statement, Unit, VolumeFacts } from './types.ts';

interface Kept {
  readonly path: string | undefined;
  readonly service: string;
  readonly at: string;
  readonly unit: Unit | undefined;
}

/** Not on a disk: systemd and the kernel keep these in memory (file-hierarchy(7)). */
const VOLATILE = /^\/(run|dev|proc|sys|var\/run)(\/|$)/;

/** Options by which known services say where they keep data, and where they keep it when nothing is said. */
const SERVICES: readonly { readonly program: RegExp; readonly option: RegExp; readonly usual: string | undefined }[] = [
  { program: /^victoria-(logs|metrics)(-prod)?$/, option: /^--?storageDataPath=(.+)$/, usual: undefined },
  { program: /^vlagent(-prod)?$/, option: /^--?remoteWrite\.tmpDataPath=(.+)$/, usual: undefined },
  { program: /^(postgres|postmaster)$/, option: /^--?(?:D=?|data-directory=)(.+)$/, usual: '/var/lib/postgresql' },
  { program: /^(valkey|redis)-server$/, option: /^--dir=(.+)$/, usual: '/var/lib/redis' },
];

/** Packages whose service keeps data in a fixed place unless it is moved. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['postgresql', '/var/lib/postgresql'],
  ['mariadb-server', '/var/lib/mysql'],
  ['redis-server', '/var/lib/redis'],
  ['valkey-server', '/var/lib/valkey'],
  ['docker.io', '/var/lib/docker'],
  ['docker-ce', '/var/lib/docker'],
  ['prometheus', '/var/lib/prometheus'],
  ['systemd-journal-remote', '/var/log/journal/remote'],
]);

/**
 * Where what the payload runs keeps data: host paths that containers may write, podman's own storage where a volume by name
 * lies, data options of known services, Caddy's certificates, restic's store. Each with the proof that it lies below the mount of
 * an encrypted volume and that the service waits for that mount. `loose`: attachments that may bring a volume this input does not tell.
 */
export function dataPathsOf(
  server: Resource,
  payload: Payload,
  volumes: readonly VolumeFacts[],
  loose: readonly Attr[],
): DataPath[] {
  if (payload.state !== 'read') return [];
  const kept = [
    ...payload.containers.flatMap((container) => inContainer(container, payload)),
    ...inCommands(payload),
    ...inPackages(payload),
    ...caddyStorage(payload),
  ];
  const first = new Map<string, Kept>();
  for (const each of kept) {
    const key = `${each.service}\n${each.path ?? ''}`;
    if (!first.has(key)) first.set(key, each);
  }
  const holes = payload.holes;
  return [...first.values()].map((each) => {
    const path = each.path === undefined ? 'a directory that is not determined' : unmark(each.path, holes);
    return { path, service: each.service, at: each.at, encrypted: proofOf(each, server, payload, volumes, loose) };
  });
}

function inContainer(container: Container, payload: Payload): Kept[] {
  const { unit, volumes } = container;
  const base = { service: unit.name, at: unit.file.at, unit };
  const onHost = volumes.flatMap(({ host, readOnly }): Kept[] => {
    if (host.startsWith('volume:')) return [{ ...base, path: storageOf(container, payload) }];
    if (readOnly || VOLATILE.test(host)) return [];
    return [{ ...base, path: host.startsWith('/') || hasHole(host) ? host : undefined }];
  });
  const inside = dataInside(container).filter(
    (path) => !volumes.some((volume) => isBelow(path, volume.container) || isBelow(volume.container, path)),
  );
  return [...onHost, ...inside.map(() => ({ ...base, path: storageOf(container, payload) }))];
}

/** Where images of data services write, by the last part of their name (the images' own documentation). */
const IMAGES: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)(postgres|postgresql)[:@]/, '/var/lib/postgresql'],
  [/(^|\/)(mariadb|mysql)[:@]/, '/var/lib/mysql'],
  [/(^|\/)(redis|valkey)[:@]/, '/data'],
  [/(^|\/)caddy[:@]/, '/data'],
  [/(^|\/)victoria-logs[:@]/, '/victoria-logs-data'],
];

/** Directories inside a container that hold data: without a volume they lie in podman's own storage. */
function dataInside(container: Container): string[] {
  const told = SERVICES.flatMap((each) => optionOf(execOf(container), each.option) ?? []);
  if (told.length > 0) return told.filter((path) => path.startsWith('/'));
  return IMAGES.flatMap(([image, path]) => (image.test(container.image) ? [path] : []));
}

/** Where an engine keeps volumes by name: docs.docker.com/engine/daemon/#daemon-data-directory, or podman's. */
function storageOf({ run }: Container, payload: Payload): string {
  if (run !== 'docker') return graphRoot(payload);
  const daemon = payload.files.find((file) => file.path === '/etc/docker/daemon.json');
  return /"data-root"\s*:\s*"([^"]+)"/.exec(daemon?.text.marked ?? '')?.[1] ?? '/var/lib/docker';
}

/** containers-storage.conf(5): `graphroot`; rootful podman's default otherwise. */
function graphRoot({ files }: Payload): string {
  const storage = files.find((file) => file.path === '/etc/containers/storage.conf');
  return /^\s*graphroot\s*=\s*"([^"]+)"/m.exec(storage?.text.marked ?? '')?.[1] ?? '/var/lib/containers/storage';
}

function inCommands(payload: Payload): Kept[] {
  return payload.commands.flatMap((command): Kept[] => {
    const unit = payload.units.find((each) => each.file.at === command.at);
    const base = { service: unit?.name ?? command.program, at: command.at, unit };
    if (command.program === 'rclone' && command.args[0] === 'serve')
      return [{ ...base, path: servedPath(command.args.slice(2)) }];
    // Memory that is swapped out to a file lies where the file lies.
    const swap = command.program === 'swapon' ? command.args.find((arg) => arg?.startsWith('/') === true) : undefined;
    if (swap !== undefined && !swap.startsWith('/dev/')) return [{ ...base, path: swap, service: 'swap' }];
    const known = SERVICES.find((each) => each.program.test(command.program));
    if (known === undefined) return [];
    const found = optionOf(command.args, known.option) ?? known.usual;
    return found === undefined ? [] : [{ ...base, path: found }];
  });
}

function optionOf(args: readonly (string | undefined)[], option: RegExp): string | undefined {
  for (const [index, arg] of args.entries()) {
    const value = option.exec(arg ?? '')?.[1] ?? option.exec(`${arg ?? ''}=${args[index + 1] ?? ''}`)?.[1];
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** The last word of `rclone serve <protocol> [options] <path>` that is a path, not a remote. */
function servedPath(args: readonly (string | undefined)[]): string | undefined {
  return args.filter((arg) => arg?.startsWith('/')).pop() ?? undefined;
}

function inPackages(payload: Payload): Kept[] {
  return payload.packages.flatMap((name): Kept[] => {
    const path = PACKAGES.get(name.replace(/-\d+$/, ''));
    // The package holds the uploader too; the receiver, which keeps what arrives, is off until its socket or service is started.
    if (name === 'systemd-journal-remote' && !receivesJournals(payload)) return [];
    return path === undefined ? [] : [{ path, service: name, at: `${payload.attr.at}:packages`, unit: undefined }];
  });
}

const RECEIVER = /^systemd-journal-remote(\.(service|socket))?$/;

/** Whether a command starts or enables the receiver of systemd-journal-remote, or runs it; a payload that is not read whole may do so unseen. */
function receivesJournals({ commands, units, unread }: Payload): boolean {
  return (
    unread.length > 0 ||
    units.some((unit) => unit.started && RECEIVER.test(unit.name)) ||
    commands.some(({ program, args }) => RECEIVER.test(program) || args.some((arg) => RECEIVER.test(arg ?? '')))
  );
}

/** `storage file_system` of a Caddyfile; inside a container the path is the container's own, so its volumes tell. */
function caddyStorage(payload: Payload): Kept[] {
  const container = payload.containers.find((each) => /(^|\/)caddy([:@]|$)/.test(each.image));
  if (container !== undefined) return [];
  const find = (path: string): PayloadFile | undefined => payload.files.find((file) => file.path === path);
  const unit = payload.units.find((each) => each.name === 'caddy.service');
  const files = payload.files.filter((file) => /(^|\/)Caddyfile$/.test(file.path));
  const named = files.flatMap((file) =>
    caddyFacts(file, find).storage.map((each) => ({ path: each.path, service: 'caddy', at: file.at, unit })),
  );
  if (named.length > 0 || !payload.packages.includes('caddy')) return named;
  return [{ path: '/var/lib/caddy', service: 'caddy', at: `${payload.attr.at}:packages`, unit }];
}

function proofOf(
  kept: Kept,
  server: Resource,
  payload: Payload,
  volumes: readonly VolumeFacts[],
  loose: readonly Attr[],
): Proof {
  const led = kept.path === undefined || hasHole(kept.path) ? undefined : leadsTo(kept.path, payload, volumes);
  if (led !== undefined && 'device' in led) return hidden(kept, led);
  const { statement, volume } = below({ ...kept, path: led?.path ?? kept.path }, server, volumes, loose);
  if (volume === undefined) return { is: statement.is, steps: [statement] };
  const encrypted: Statement = {
    claim: 'that volume is encrypted',
    is: volume.encryption.is,
    because: volume.encryption.steps.filter((step) => step.is === volume.encryption.is).flatMap((step) => step.because),
  };
  const steps = [statement, encrypted, waits(kept, volume.mount ?? '/', payload)];
  const is = steps.some((step) => step.is === false)
    ? false
    : steps.every((step) => step.is === true)
      ? true
      : 'unknown';
  return { is, steps };
}

/** Something of its own is mounted between the volume and the path; in memory nothing is kept at rest. */
function hidden(kept: Kept, { device, target }: { readonly device: string; readonly target: string }): Proof {
  const inMemory = MEMORY.has(device);
  const claim = inMemory ? 'it is kept in memory only' : 'it lies below the mount of an encrypted volume';
  const because = [{ at: kept.at, saw: `${device} is mounted on ${target}` }];
  return { is: inMemory, steps: [{ claim, is: inMemory, because }] };
}

function below(
  kept: Kept,
  server: Resource,
  volumes: readonly VolumeFacts[],
  loose: readonly Attr[],
): { statement: Statement; volume: VolumeFacts | undefined } {
  const claim = 'it lies below the mount of an encrypted volume';
  const { path } = kept;
  if (path === undefined || hasHole(path)) {
    return {
      statement: {
        claim,
        is: 'unknown',
        because: [{ at: kept.at, saw: 'a path that is not determined', causes: ['function'] }],
      },
      volume: undefined,
    };
  }
  const volume = volumes.find(({ mount }) => mount !== undefined && isBelow(path, mount));
  const reason: Reason = { at: kept.at, saw: path };
  if (volume !== undefined) return { statement: { claim, is: true, because: [reason] }, volume };
  if (loose.length > 0) {
    const because = loose.map(
      (attr): Reason => ({
        at: attr.at,
        saw: describe(attr.value),
        causes: attr.value.state === 'unknown' ? attr.value.causes : ['outside'],
      }),
    );
    return { statement: { claim, is: 'unknown', because: [reason, ...because] }, volume: undefined };
  }
  const unsure = volumes.find((each) => each.mount === undefined && each.encryption.is === 'unknown');
  if (unsure === undefined) {
    const mounts = volumes.flatMap((each) => each.mount ?? []);
    return {
      statement: {
        claim,
        is: false,
        because: [
          reason,
          {
            at: server.id,
            saw: mounts.length === 0 ? 'no encrypted volume is mounted' : `encrypted: ${mounts.join(', ')}`,
          },
        ],
      },
      volume: undefined,
    };
  }
  return {
    statement: {
      claim,
      is: 'unknown',
      because: [
        { ...reason, causes: ['possible'] },
        { at: unsure.resource.id, saw: 'its mount is not shown' },
      ],
    },
    volume: undefined,
  };
}

/**
 * `RequiresMountsFor=` the mount or anything below it, where systemd knows such a mount; or `Requires=`/`BindsTo=` with `After=` a unit that makes the mount, whose
 * script mounts it (systemd.unit(5)). Quadlets hand both through to the service they generate.
 */
function waits(kept: Kept, mount: string, payload: Payload): Statement {
  const claim = 'its service waits for that mount';
  const { unit } = kept;
  if (unit === undefined)
    return { claim, is: false, because: [{ at: kept.at, saw: `no unit of the payload makes ${kept.service} wait` }] };
  const mounted = valuesOf(unit.entries, 'Unit', 'RequiresMountsFor').find((path) => isBelow(path, mount));
  if (mounted !== undefined && isMountUnit(mount, payload))
    return { claim, is: true, because: [{ at: unit.file.at, saw: `RequiresMountsFor=${mounted}` }] };
  const required = ['Requires', 'BindsTo', 'Requisite'].flatMap((key) => valuesOf(unit.entries, 'Unit', key));
  const after = valuesOf(unit.entries, 'Unit', 'After');
  const makers = new Set(mounters(mount, payload));
  const maker = required.find((name) => after.includes(name) && makers.has(name));
  if (maker !== undefined)
    return { claim, is: true, because: [{ at: unit.file.at, saw: `Requires= and After=${maker}` }] };
  if (mounted !== undefined)
    return {
      claim,
      is: false,
      because: [
        { at: unit.file.at, saw: `RequiresMountsFor=${mounted}, but no mount unit or line of fstab is for ${mount}` },
      ],
    };
  return {
    claim,
    is: false,
    because: [{ at: unit.file.at, saw: `neither RequiresMountsFor=${mount} nor Requires= and After= what mounts it` }],
  };
}

/**
 * Whether systemd knows the mount before it is there: from a mount unit or a line of fstab, `noauto` or not (systemd.mount(5)). One it learns of
 * only when a script has made it is no requirement of what starts before.
 */
function isMountUnit(mount: string, { units, files, settings }: Payload): boolean {
  const unit = units.some(
    (each) =>
      each.name.endsWith('.mount') &&
      valuesOf(each.entries, 'Mount', 'Where').some((path) => directory(path) === mount),
  );
  const fstab = files.some(
    (file) =>
      file.path === '/etc/fstab' && tableLines(file).some(({ words: [, target] }) => directory(target ?? '') === mount),
  );
  // cloud-init writes its `mounts` into fstab.
  return (
    unit || fstab || settings.some(({ path, text }) => /^mounts\[\d+\]\[1\]$/.test(path) && directory(text) === mount)
  );
}

/** Units whose commands mount the directory, and the mount unit of that name. */
function mounters(mount: string, payload: Payload): string[] {
  const name = `${mount
    .replace(/^\/|\/$/g, '')
    .replaceAll('-', '\\x2d')
    .replaceAll('/', '-')}.mount`;
  const ats = payload.commands
    .filter((command) => command.program === 'mount' && command.args.includes(mount))
    .map((command) => command.at);
  const makers = payload.units.filter(
    (unit) => unit.started && (ats.includes(unit.file.at) || runs(unit, ats, payload)),
  );
  return [name, ...makers.map((unit) => (isQuadlet(unit.name) ? generatedName(unit.name) : unit.name))];
}

function runs(unit: Unit, ats: readonly string[], payload: Payload): boolean {
  const programs = valuesOf(unit.entries, 'Service', 'ExecStart', true).map(
    (command) => command.replace(/^[@:+!|-]+/, '').split(/\s+/)[0],
  );
  return payload.files.some((file) => programs.includes(file.path) && ats.includes(file.at));
}
