import type { Attr, Cause, Graph, Reason, Resource } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import type { Attachments } from './attachments.ts';
import { type DiskAction, diskAction, volumeNamed } from './disk-commands.ts';
import { hasHole, unmark } from './payload/marked.ts';
import { secretsByForm, secretsByName } from './secret-patterns.ts';
import type { Command, Guard, Hole, Payload, Proof, Statement, VolumeFacts } from './types.ts';

/** One command with what it does to a disk, and the volume its device word names. */
interface Step {
  readonly command: Command;
  readonly action: DiskAction;
  readonly named: ReturnType<typeof volumeNamed>;
}

/**
 * Whether everything kept on a volume is certainly encrypted by its host. All of these must be shown, in this order:
 *
 * 1. *format*: the provider makes no file system on it (`format` is unset: a known one is proven plaintext).
 * 2. *attached*: it is certainly attached to one server; a possible edge, or an attachment nobody can see, shows nothing.
 * 3. *payload*: what that server runs is readable. Only commands reachable from bootcmd, runcmd or a unit these start count.
 * 4. *formatted*: `cryptsetup luksFormat` runs on a device word that certainly names this volume: its by-id path with this volume's id,
 *    or its `linux_device`. Or, once its LUKS UUID is recorded: the script compares `cryptsetup luksUUID` of the device with that literal
 *    UUID and fails when they differ, which no unencrypted disk passes.
 * 5. *opened*: that device is opened as LUKS (`cryptsetup open`, `clevis luks unlock`, crypttab) under a mapper name.
 * 6. *mounted*: a file system is mounted from that mapper.
 * 7. *nothing in plain*: no command makes a file system on, mounts, or writes to the device itself, nothing else is mounted in
 *    the place of 6, and no command is hidden from this reading.
 *
 * Conditions are not evaluated, and need not be: `open` refuses a device without LUKS header, and a mapper of that name exists
 * only once it was opened, so whatever is mounted from it is encrypted. Steps 4 to 6 may therefore stand under conditions *about the
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
  const steps = [format, attached, read, disk.formatted(), disk.opened(), disk.mounted(), disk.nothingPlain()];
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
  { joined, loose }: Attachments,
): { statement: Statement; server: Resource | undefined } {
  const claim = 'it is attached to one server';
  const own = joined.filter((each) => each.volume.id === volume.id);
  const servers = new Set(own.map((each) => each.server.id));
  const [first] = own;
  if (first !== undefined && servers.size === 1 && own.every((each) => each.certainty === 'certain')) {
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
  const { attr, state, causes } = payload;
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

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The commands of one payload, seen from one volume. */
class Disk {
  private readonly steps: readonly Step[];
  private readonly payload: Payload;
  private readonly volume: Resource;
  private readonly holes: readonly Hole[];
  /** How the payload spells this volume. */
  private readonly words: readonly string[];
  /** What a condition about this volume names: the device, its mappers, where these are mounted. */
  private readonly about: readonly string[];
  private readonly mappers: readonly string[];

  constructor(volume: Resource, graph: Graph, payload: Payload) {
    this.volume = volume;
    this.payload = payload;
    this.holes = payload.files[0]?.text.holes ?? [];
    const ids = new Map(
      graph
        .ofType('hcloud_volume')
        .flatMap((each): [string, string][] =>
          each.attr('id').text === undefined ? [] : [[each.attr('id').text ?? '', each.id]],
        ),
    );
    this.steps = payload.commands.map((command) => {
      const action = diskAction(command);
      const device = 'device' in action ? action.device : undefined;
      return { command, action, named: 'device' in action ? volumeNamed(device, this.holes, ids) : 'other' };
    });
    const spelled = payload.commands
      .flatMap((command) => command.mentions)
      .filter((word) => {
        const named = volumeNamed(word, this.holes, ids);
        return typeof named === 'object' && named.volume === volume.id;
      });
    this.words = [...new Set(spelled)];
    const opened = this.steps
      .filter((step) => this.isHere(step))
      .flatMap(({ action }) => (action.does === 'open-luks' && action.mapper !== undefined ? [action.mapper] : []));
    this.mappers = [...new Set(opened)];
    this.about = [...this.words, ...this.mappers, ...this.mountPoints()];
  }

  private isHere(step: Step): boolean {
    return typeof step.named === 'object' && step.named.volume === this.volume.id;
  }

  /** Whether everything the payload runs can be seen, so that what is not found is not there. */
  private get whole(): boolean {
    return this.payload.unread.length === 0 && !this.payload.commands.some((command) => command.opaque);
  }

  private show(text: string | undefined): string {
    return text === undefined ? 'a word that is not determined' : unmark(text, this.holes);
  }

  /** A command as people read it; one that holds a secret is named by its program alone. */
  private line({ program, args }: Command): string {
    const text = [program, ...args.map((arg) => this.show(arg))].join(' ');
    return secretsByForm(text).length + secretsByName(text).length > 0 ? `${program} …` : text;
  }

  private reason(step: Step): Reason {
    const { command } = step;
    return {
      at: `${command.at}:${command.line}`,
      saw: this.line(command).slice(0, 200),
    };
  }

  /** The first that runs unconditionally or under conditions about this volume decides; else what was found decides. */
  private judge(
    claim: string,
    found: readonly Step[],
    open: readonly Step[],
    absent: string,
    near: readonly Step[] = [],
    whole = this.whole,
  ): Statement {
    const shown = found.find((step) => step.command.guards.every((guard) => isAbout(guard, this.about)));
    if (shown !== undefined) return { claim, is: true, because: [this.reason(shown)] };
    if (found.length > 0) {
      const because = found.map(
        (step): Reason => ({
          ...this.reason(step),
          saw: `only under a condition: ${this.reason(step).saw}`,
          causes: ['possible'],
        }),
      );
      return { claim, is: 'unknown', because };
    }
    if (open.length > 0)
      return {
        claim,
        is: 'unknown',
        because: open.map((step): Reason => ({ ...this.reason(step), causes: ['function'] })),
      };
    const because: Reason[] = [{ at: this.payload.attr.at, saw: absent }, ...near.map((step) => this.reason(step))];
    if (whole) return { claim, is: false, because };
    return {
      claim,
      is: 'unknown',
      because: [...because.map((each): Reason => ({ ...each, causes: ['function'] })), ...this.hidden()],
    };
  }

  private hidden(): Reason[] {
    const unread = this.payload.unread.map(
      ({ at, why }): Reason => ({ at, saw: `not read: ${why}`, causes: ['function'] }),
    );
    const opaque = this.payload.commands
      .filter((command) => command.opaque)
      .map(
        (command): Reason => ({
          at: `${command.at}:${command.line}`,
          saw: `not followed: ${this.line(command).slice(0, 120)}`,
          causes: ['function'],
        }),
      );
    return [...unread, ...opaque];
  }

  formatted(): Statement {
    const claim = 'LUKS is set up on it';
    const steps = this.steps.filter((step) => step.action.does === 'format-luks');
    const here = steps.filter((step) => this.isHere(step));
    if (here.length === 0) {
      const pinned = this.payload.refusals.find(
        (each) =>
          each.mentions.includes('luksUUID') &&
          each.mentions.some((word) => UUID.test(word)) &&
          isAbout(each, this.words),
      );
      if (pinned !== undefined)
        return {
          claim,
          is: true,
          because: [
            { at: `${pinned.at}:${pinned.line}`, saw: 'refuses a device whose LUKS UUID is not the recorded one' },
          ],
        };
    }
    const open = steps.filter((step) => step.named === undefined);
    return this.judge(
      claim,
      here,
      open,
      'no cryptsetup luksFormat of this volume',
      steps.filter((step) => !this.isHere(step)),
      this.whole || this.cannotFormat,
    );
  }

  /** A script that is not understood and does not hold the word does not run it: nothing else is hidden here. */
  private get cannotFormat(): boolean {
    const unread = this.payload.files.filter((file) => this.payload.unread.some((each) => each.at === file.at));
    const shown = new Set(unread.map((file) => file.at));
    const explained =
      this.payload.unread.every((each) => shown.has(each.at)) &&
      this.payload.commands.every((command) => !command.opaque || (command.program === '' && shown.has(command.at)));
    return (
      explained && unread.every((file) => !/luksFormat|cryptsetup[^\n]*\bformat\b|\beval\b/.test(file.text.marked))
    );
  }

  opened(): Statement {
    const steps = this.steps.filter((step) => step.action.does === 'open-luks');
    const here = steps.filter((step) => this.isHere(step));
    const determined = here.filter(({ action }) => action.does === 'open-luks' && action.mapper !== undefined);
    const open = steps.filter((step) => this.isHere(step) || step.named === undefined);
    return this.judge('it is opened as LUKS', determined, open, 'nothing opens this volume as LUKS', steps);
  }

  private mounts(): Step[] {
    return this.steps.filter(({ action }) => action.does === 'mount' && this.isMapper(action.device));
  }

  private isMapper(device: string | undefined): boolean {
    return device !== undefined && this.mappers.some((mapper) => device === `/dev/mapper/${mapper}`);
  }

  private mountPoints(): string[] {
    return this.mounts().flatMap(({ action }) =>
      action.does === 'mount' && action.target !== undefined ? [action.target] : [],
    );
  }

  mounted(): Statement {
    const steps = this.steps.filter(({ action }) => action.does === 'mount');
    const here = this.mounts().filter(({ action }) => action.does === 'mount' && action.target !== undefined);
    // A mapper of a device that is not determined may be this volume's.
    const perhaps = new Set(
      this.steps.flatMap(({ action, named }) =>
        action.does === 'open-luks' && named === undefined ? [`/dev/mapper/${action.mapper ?? ''}`] : [],
      ),
    );
    const open = steps.filter(
      ({ action, named }) =>
        named === undefined ||
        (action.does === 'mount' &&
          (this.isMapper(action.device) ||
            perhaps.has(action.device ?? '') ||
            (perhaps.has('/dev/mapper/') && action.device?.startsWith('/dev/mapper/') === true))),
    );
    return this.judge('a file system is mounted from what was opened', here, open, 'nothing is mounted from it', steps);
  }

  get mount(): string | undefined {
    return this.mountPoints()[0];
  }

  nothingPlain(): Statement {
    const claim = 'nothing writes to it in plain';
    const wrong = this.steps.filter((step) => this.writesPlain(step) || this.covers(step));
    if (wrong.length > 0) return { claim, is: false, because: wrong.map((step) => this.reason(step)) };
    const doubtful = this.steps.filter((step) => this.mayWrite(step));
    const hidden = this.hidden();
    if (doubtful.length + hidden.length === 0)
      return {
        claim,
        is: true,
        because: [{ at: this.payload.attr.at, saw: `${this.steps.length} commands, none of which does` }],
      };
    return {
      claim,
      is: 'unknown',
      because: [...doubtful.map((step): Reason => ({ ...this.reason(step), causes: ['function'] })), ...hidden],
    };
  }

  private writesPlain(step: Step): boolean {
    const { does } = step.action;
    if (step.command.writes.some((path) => path !== undefined && this.words.includes(path))) return true;
    return this.isHere(step) && (does === 'make-file-system' || does === 'mount' || does === 'open-other');
  }

  /** Something else mounted where the encrypted file system should be. */
  private covers({ action }: Step): boolean {
    if (
      this.mount === undefined ||
      action.does !== 'mount' ||
      action.device === undefined ||
      action.target !== this.mount
    )
      return false;
    return !this.isMapper(action.device);
  }

  private mayWrite({ command, action, named }: Step): boolean {
    if (['make-file-system', 'mount', 'open-other'].includes(action.does)) return named === undefined;
    return (
      action.does === 'other' && this.words.length > 0 && isAbout({ line: 0, mentions: command.mentions }, this.words)
    );
  }
}

/** Whether a condition is about the volume: one of its words names the device, the mapper or the mount point. */
function isAbout(guard: Guard, words: readonly string[]): boolean {
  if (guard.several === true) return false;
  return guard.mentions.some((mention) =>
    words.some((word) => (word.length > 3 || hasHole(word)) && mention.includes(word)),
  );
}
