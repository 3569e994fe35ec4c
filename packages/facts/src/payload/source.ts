import type { Attr, Cause, Graph, Provisioner, Reference, Resource } from '@lukko/terraform-model';
import { mark } from './marked.ts';

/** The attribute that decides what a server runs, or why it cannot be told. */
export interface PayloadSource {
  readonly attr: Attr;
  readonly causes: readonly Cause[];
}

/** The command by which Lukko itself brings a payload onto a host. */
export const REBUILDS = /^\s*(\S*\/)?lukko\s+host\s+rebuild(\s|$)/;

/**
 * `user_data`; but when the server ignores changes to it, what runs is what the last rebuild was given: the `input` of the
 * one `terraform_data` whose creation runs `lukko host rebuild` for this server (design, "Hosts are rebuilt, data stays").
 * Without such a rebuild a server that ignores user_data may run anything: unknown.
 */
export function payloadSource(server: Resource, graph: Graph): PayloadSource {
  const written = server.attr('user_data');
  if (bootsSomethingElse(server)) return { attr: written, causes: ['possible'] };
  if (!ignoresUserData(server)) return { attr: written, causes: [] };
  const rebuilds = (rebuildersOf(graph).get(server.id) ?? [])
    .filter((data) => data.root === server.root)
    .map((data) => ({ data, is: rebuildsServer(data, server) }))
    .filter(({ is }) => is !== 'no');
  const [found] = rebuilds;
  if (found === undefined || rebuilds.length > 1 || found.is === 'maybe')
    return { attr: written, causes: ['possible'] };
  const only = found.data;
  const input = inputOf(only);
  if (input === undefined) return { attr: only.attr('input'), causes: ['function'] };
  const doubtful = mayNotRebuild(only) || !follows(only, input) || !bootsWith(server, written, input);
  return { attr: input, causes: doubtful ? ['possible'] : [] };
}

/** A rescue system or an ISO boots in the place of the disk: no user_data runs (registry documentation of hcloud_server). */
function bootsSomethingElse(server: Resource): boolean {
  return ['rescue', 'iso'].some((name) => {
    const { value } = server.attr(name);
    return value.state !== 'unset' && !(value.state === 'known' && (value.value === null || value.value === ''));
  });
}

/** Perhaps there is no rebuild, or terraform leaves what triggers it as it was. */
function mayNotRebuild(data: Resource): boolean {
  const ignored = data.lifecycle?.ignoreChanges ?? [];
  const ignores = ignored === 'all' || ignored.some((path) => /^(input|triggers_replace)\b/.test(path));
  return !data.expanded || ignores;
}

/** Whether each change of the payload triggers the rebuild: another trigger, or none, leaves the old payload running. */
function follows(data: Resource, input: Attr): boolean {
  const triggers = data.attr('triggers_replace');
  if (triggers.value.state === 'unset') return false;
  if (!isWritten(data)) return true;
  const named = new Set(triggers.references.map((reference) => reference.text));
  return input.references.every((reference) => named.has(reference.text));
}

/**
 * Whether the first boot runs the same text. The server is created with the label of the payload, so that the first rebuild has
 * nothing to do: what user_data says then is what runs. Of a server that exists a plan shows no more what it was created with.
 */
function bootsWith(server: Resource, written: Attr, input: Attr): boolean {
  if (!['declared', 'create', 'replace'].includes(server.change)) return true;
  const first = mark(written.value);
  const later = mark(input.value);
  if (first === undefined || later === undefined) return !isWritten(server);
  return (
    first.marked === later.marked &&
    first.holes.every((hole, index) => hole.expression === later.holes[index]?.expression)
  );
}

/** Whether the configuration itself is judged, not a plan of it, which may show hashes and bare references. */
const isWritten = ({ root }: Resource): boolean => root.kind === 'synth' || root.kind === 'configuration';

function ignoresUserData(server: Resource): boolean {
  const ignored = server.lifecycle?.ignoreChanges;
  return ignored === 'all' || ignored?.some((path) => path === 'user_data') === true;
}

const rebuilders = new WeakMap<Graph, ReadonlyMap<string, readonly Resource[]>>();

/** By the id of a server: what may rebuild it, found once a graph, since there may be one beside each of its servers. */
function rebuildersOf(graph: Graph): ReadonlyMap<string, readonly Resource[]> {
  const known = rebuilders.get(graph);
  if (known !== undefined) return known;
  const found = new Map<string, Resource[]>();
  for (const data of graph.ofType('terraform_data')) {
    if (data.mode !== 'managed' || data.change === 'delete') continue;
    const named = new Set<string>();
    for (const references of leads(data)) {
      for (const { target } of references) if (target !== undefined) named.add(target);
      if (references.some(isServer)) break;
    }
    for (const id of named) {
      const same = found.get(id);
      if (same === undefined) found.set(id, [data]);
      else same.push(data);
    }
  }
  rebuilders.set(graph, found);
  return found;
}

/** The first place that names a server decides; what follows is not read. */
function rebuildsServer(data: Resource, server: Resource): 'yes' | 'maybe' | 'no' {
  for (const references of leads(data)) {
    const servers = references.filter((reference) => isServer(reference) || reference.target === server.id);
    if (servers.length === 0) continue;
    if (!servers.some((reference) => reference.target === server.id)) return 'no';
    return servers.every((reference) => reference.target === server.id && reference.certainty === 'certain')
      ? 'yes'
      : 'maybe';
  }
  return 'no';
}

const isServer = ({ text }: Reference): boolean => text.startsWith('hcloud_server.');

/** Where the places lead that tell which server is rebuilt, one place after the other; none where nothing is rebuilt at all. */
function* leads(data: Resource): Generator<readonly Reference[]> {
  const rebuild = (data.provisioners ?? []).find(
    (each) => each.type === 'local-exec' && each.when === 'create' && REBUILDS.test(commandOf(each)),
  );
  if (rebuild === undefined) return;
  yield [rebuild.attr('command'), rebuild.attr('environment')].flatMap((attr) => attr.references);
  yield data.attr('triggers_replace').references;
  yield data.attr('input').references;
}

/** The text of a provisioner's command; holes stay as marks, so only what is literal can match. */
export function commandOf(provisioner: Provisioner): string {
  return mark(provisioner.attr('command').value)?.marked ?? '';
}

/** `input` itself, or the one entry of it that is a payload. */
function inputOf(data: Resource): Attr | undefined {
  const input = data.attr('input');
  if (input.value.state !== 'map') return input;
  const payloads = [...input.value.entries.keys()]
    .map((key) => input.attr(key))
    .filter((attr) => mark(attr.value)?.marked.startsWith('#'));
  return payloads.length === 1 ? payloads[0] : undefined;
}
