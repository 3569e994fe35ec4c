import type { Attr, Cause, Graph, Provisioner, Resource } from '@lukko/terraform-model';
import { mark } from './marked.ts';

/** The attribute that decides what a server runs, or why it cannot be told. */
export interface PayloadSource {
  readonly attr: Attr;
  readonly causes: readonly Cause[];
}

const REBUILDS = /^\s*(\S*\/)?lukko\s+host\s+rebuild(\s|$)/;

/**
 * `user_data`; but when the server ignores changes to it, what runs is what the last rebuild was given: the `input` of the
 * one `terraform_data` whose creation runs `lukko host rebuild` for this server (design, "Hosts are rebuilt, data stays").
 * Without such a rebuild a server that ignores user_data may run anything: unknown.
 */
export function payloadSource(server: Resource, graph: Graph): PayloadSource {
  const written = server.attr('user_data');
  if (bootsSomethingElse(server)) return { attr: written, causes: ['possible'] };
  if (!ignoresUserData(server)) return { attr: written, causes: [] };
  const rebuilds = graph
    .ofType('terraform_data')
    .filter((data) => data.mode === 'managed' && data.root === server.root && data.change !== 'delete')
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

function rebuildsServer(data: Resource, server: Resource): 'yes' | 'maybe' | 'no' {
  const provisioners = data.provisioners ?? [];
  const rebuild = provisioners.find(
    (each) => each.type === 'local-exec' && each.when === 'create' && REBUILDS.test(commandOf(each)),
  );
  if (rebuild === undefined) return 'no';
  // The first place that names a server decides; what follows need not be read.
  const groups = [
    () => [rebuild.attr('command'), rebuild.attr('environment')],
    () => [data.attr('triggers_replace')],
    () => [data.attr('input')],
  ];
  for (const group of groups) {
    const servers = group()
      .flatMap((attr) => attr.references)
      .filter((reference) => reference.text.startsWith('hcloud_server.') || reference.target === server.id);
    if (servers.length === 0) continue;
    if (!servers.some((reference) => reference.target === server.id)) return 'no';
    return servers.every((reference) => reference.target === server.id && reference.certainty === 'certain')
      ? 'yes'
      : 'maybe';
  }
  return 'no';
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
