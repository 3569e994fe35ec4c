import type { Attr, Cause, Graph, Reason, Resource } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { type Attachments, ignores } from './attachments.ts';
import { Disk } from './disk.ts';
import type { Payload, Proof, Statement, VolumeFacts } from './types.ts';

/**
 * Whether everything kept on a volume is certainly encrypted by its host. All of these must be shown, in this order:
 *
 * 1. *format*: the provider makes no file system on it (`format` is unset: a known one is proven plaintext).
 * 2. *attached*: it is certainly attached to one server; a possible edge, or an attachment nobody can see, shows nothing.
 * 3. *payload*: what that server runs is readable, and no provisioner sets it up in another way. Only commands reachable from bootcmd, runcmd or a unit these start count.
 * 4. *formatted*: `cryptsetup luksFormat` runs on a device word that certainly names this volume: its by-id path with this volume's id,
 *    or its `linux_device`. Or, once its LUKS UUID is recorded: the script compares `cryptsetup luksUUID` of the device with that literal
 *    UUID and fails when they differ, which no unencrypted disk passes.
 * 5. *keyed*: no key it is given is one that others know: a constant, a file of the distribution, a name. Random bytes that stay in memory are
 *    none; a key on the root disk, or one whose making is not shown, is not known to be either.
 * 6. *opened*: that device is opened as LUKS (`cryptsetup open`, `clevis luks unlock`, crypttab) under a mapper name.
 * 7. *mounted*: a file system is mounted from that mapper.
 * 8. *nothing in plain*: no command makes a file system on, mounts, or writes to the device itself, nothing else is mounted in
 *    the place of 7, and no command is hidden from this reading.
 *
 * Conditions are not evaluated, and need not be: `open` refuses a device without LUKS header, and a mapper of that name exists
 * only once it was opened, so whatever is mounted from it is encrypted. Steps 4, 6 and 7 may therefore stand under conditions *about the
 * volume* (their words name the device, the mapper or the mount point: `if ! cryptsetup isLuks "$DEVICE"`); under any other
 * condition they are not shown. False needs a payload read whole; where anything is hidden, an absent step is unknown.
 *
 * Sources: cryptsetup(8), cryptsetup-luksFormat(8), cryptsetup-open(8) (https://gitlab.com/cryptsetup/cryptsetup); clevis-luks-unlock(1)
 * (https://github.com/latchset/clevis); crypttab(5); LUKS2 on-disk format, https://gitlab.com/cryptsetup/LUKS2-docs.
 */
export function encryptionOf(
  volume: Resource,
  graph: Graph,
  attachments: Attachments,
  payloadOf: (server: Resource) => Payload,
): VolumeFacts {
  const format = unformatted(volume);
  const { statement: attached, server } = attachedTo(volume, graph, attachments);
  if (server === undefined)
    return { resource: volume, attachment: attached, encryption: proof([format, attached]), mount: undefined };
  const payload = payloadOf(server);
  const read = payloadRead(payload);
  if (read.is !== true)
    return { resource: volume, attachment: attached, encryption: proof([format, attached, read]), mount: undefined };
  const disk = new Disk(volume, graph, payload);
  const steps = [
    format,
    attached,
    read,
    disk.formatted(),
    disk.keyed(),
    disk.opened(),
    disk.mounted(),
    disk.nothingPlain(),
  ];
  return { resource: volume, attachment: attached, encryption: proof(steps), mount: disk.mount };
}

function proof(steps: readonly Statement[]): Proof {
  if (steps.some((step) => step.is === false)) return { is: false, steps };
  return { is: steps.every((step) => step.is === true) ? true : 'unknown', steps };
}

function causesOf(attr: Attr): readonly Cause[] {
  return attr.value.state === 'unknown' ? attr.value.causes : ['function'];
}

function unformatted(volume: Resource): Statement {
  const attr = volume.attr('format');
  const claim = 'the provider makes no file system on it';
  const reason = { at: attr.at, saw: describe(attr.value) };
  // Whoever made it may have formatted it; what the payload then does to it is asked below.
  if (volume.mode === 'data')
    return { claim, is: true, because: [{ at: volume.id, saw: 'a volume that stands elsewhere' }] };
  if (attr.value.state === 'unset' && ignores(volume, 'format'))
    return {
      claim,
      is: 'unknown',
      because: [{ ...reason, saw: 'ignore_changes: it may be formatted', causes: ['possible'] }],
    };
  if (
    attr.value.state === 'unset' ||
    (attr.value.state === 'known' && (attr.value.value === null || attr.value.value === ''))
  )
    return { claim, is: true, because: [reason] };
  if (attr.value.state === 'known') return { claim, is: false, because: [reason] };
  return { claim, is: 'unknown', because: [{ ...reason, causes: causesOf(attr) }] };
}

function attachedTo(
  volume: Resource,
  graph: Graph,
  { byVolume, loose }: Attachments,
): { statement: Statement; server: Resource | undefined } {
  const claim = 'it is attached to one server';
  const own = byVolume.get(volume.id) ?? [];
  const servers = new Set(own.map((each) => each.server.id));
  const [first] = own;
  const elsewhere = loose.filter((each) => each.volume?.id === volume.id);
  const certain = elsewhere.length === 0 && own.every((each) => each.certainty === 'certain');
  if (first !== undefined && servers.size === 1 && certain) {
    return {
      statement: { claim, is: true, because: [{ at: first.via.at, saw: first.server.id }] },
      server: first.server,
    };
  }
  if (own.length > 0) {
    const because = own.map(
      (each): Reason => ({ at: each.via.at, saw: `perhaps ${each.server.id}`, causes: ['possible'] }),
    );
    return { statement: { claim, is: 'unknown', because }, server: undefined };
  }
  const near = loose.filter((each) => each.volume === undefined || each.volume.id === volume.id);
  const because: Reason[] = near.map(({ attr }) => ({
    at: attr.at,
    saw: describe(attr.value),
    causes: causesOf(attr),
  }));
  if (near.length > 0) return { statement: { claim, is: 'unknown', because }, server: undefined };
  const absent = { at: volume.id, saw: `no attachment (${graph.closedBecause})` };
  if (graph.closed) return { statement: { claim, is: false, because: [absent] }, server: undefined };
  return { statement: { claim, is: 'unknown', because: [{ ...absent, causes: ['outside'] }] }, server: undefined };
}

function payloadRead(payload: Payload): Statement {
  const claim = 'what its server runs can be read';
  const { attr, state, causes, provisioned } = payload;
  if (state === 'read' && provisioned !== undefined) return { claim, is: 'unknown', because: [provisioned] };
  if (state === 'read')
    return {
      claim,
      is: true,
      because: [{ at: attr.at, saw: `${payload.files.length} files, ${payload.commands.length} commands` }],
    };
  if (state === 'none')
    return {
      claim: 'its server runs a payload that encrypts it',
      is: false,
      because: [{ at: attr.at, saw: 'no user_data' }],
    };
  return { claim, is: 'unknown', because: [{ at: attr.at, saw: describe(attr.value), causes }] };
}
