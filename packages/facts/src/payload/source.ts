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
  // A rebuild that no change of the payload triggers leaves the old payload running.
  return only.attr('triggers_replace').value.state === 'unset'
    ? { attr: input, causes: ['possible'] }
    : { attr: input, causes: [] };
}

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
