import type { Graph, Reason, Resource } from '@lukko/terraform-model';
import { cryptsetupCall, diskAction, volumeNamed } from './disk-commands.ts';
import { keyOrigins, removesKey, takesKey } from './disk-keys.ts';
import { givenNames, ownName } from './disk-names.ts';
import { directory } from './mounted-paths.ts';
import { hasHole, unmark } from './payload/marked.ts';
import { replacesProgram } from './replaced-programs.ts';
import { secretsByForm, secretsByName } from './secret-patterns.ts';
import type { Command, DiskAction, Guard, Hole, Payload, Statement } from './types.ts';

/** One command with what it does to a disk, and the volume its device word names. */
interface Step {
  readonly command: Command;
  readonly action: DiskAction;
  readonly named: ReturnType<typeof volumeNamed>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The commands of one payload, seen from one volume: the steps of the proof in encryption.ts. */
export class Disk {
  private readonly steps: readonly Step[];
  private readonly payload: Payload;
  private readonly volume: Resource;
  private readonly holes: readonly Hole[];
  /** How the payload spells this volume. */
  private readonly words: readonly string[];
  /** What a condition about this volume names: the device, its mappers, where these are mounted. */
  private readonly about: readonly string[];
  private readonly mappers: readonly string[];
  private readonly ids: ReadonlyMap<string, string>;
  private readonly names: ReadonlyMap<string, string>;
  private mountSteps: readonly Step[] | undefined;
  private points: readonly string[] | undefined;

  constructor(volume: Resource, graph: Graph, payload: Payload) {
    this.volume = volume;
    this.payload = payload;
    this.holes = payload.holes;
    this.ids = new Map(
      graph
        .ofType('hcloud_volume')
        .flatMap((each): [string, string][] =>
          each.attr('id').text === undefined ? [] : [[each.attr('id').text ?? '', each.id]],
        ),
    );
    this.names = givenNames(payload.commands);
    this.steps = payload.commands.map((command) => {
      const action = diskAction(command);
      return { command, action, named: 'device' in action ? this.named(action.device) : 'other' };
    });
    const spelled = payload.commands.flatMap((command) => command.mentions).filter((word) => this.isThis(word));
    this.words = [...new Set(spelled)];
    const opened = this.steps
      .filter((step) => this.isHere(step))
      .flatMap(({ action }) => (action.does === 'open-luks' && action.mapper !== undefined ? [action.mapper] : []));
    this.mappers = [...new Set(opened)];
    this.about = [...this.words, ...this.mappers, ...this.mountPoints()];
  }

  private named(word: string | undefined): Step['named'] {
    return volumeNamed(ownName(word, this.names), this.holes, this.ids);
  }

  private isHere(step: Step): boolean {
    return typeof step.named === 'object' && step.named.volume === this.volume.id;
  }

  private isThis(word: string | undefined): boolean {
    const named = this.named(word);
    return typeof named === 'object' && named.volume === this.volume.id;
  }

  /** Whether everything the payload runs can be seen, so that what is not found is not there. */
  private get whole(): boolean {
    return this.unread.length === 0 && !this.payload.commands.some((command) => command.opaque);
  }

  private get unread(): Payload['unread'] {
    return this.payload.unread.filter(({ disks }) => disks !== true);
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
    const unread = this.unread.map(({ at, why }): Reason => ({ at, saw: `not read: ${why}`, causes: ['function'] }));
    const opaque = this.payload.commands
      .filter((command) => command.opaque)
      .map(
        (command): Reason => ({
          at: `${command.at}:${command.line}`,
          saw: `not followed: ${this.line(command).slice(0, 120)}`,
          causes: ['function'],
        }),
      );
    const replaced = this.payload.commands.flatMap((command): Reason[] => {
      const name = replacesProgram(command);
      if (name === undefined) return [];
      const saw = `puts something else in the place of ${name}: ${this.line(command).slice(0, 120)}`;
      return [{ at: `${command.at}:${command.line}`, saw, causes: ['function'] }];
    });
    return [...unread, ...opaque, ...replaced];
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
    // A script that opens what it never sets up has lost a step; a table, or what others made, need not hold one.
    const opens = this.steps.filter(
      (step) =>
        step.action.does === 'open-luks' &&
        this.isHere(step) &&
        (step.command.program === 'systemd-cryptsetup' || this.volume.mode === 'data'),
    );
    if (here.length + open.length === 0 && opens.length > 0 && this.opened().is === true)
      return {
        claim,
        is: 'unknown',
        because: opens.map(
          (step): Reason => ({
            ...this.reason(step),
            saw: `opened as LUKS, but who set it up, and with which keys, is not shown: ${this.reason(step).saw}`.slice(
              0,
              200,
            ),
            causes: ['outside'],
          }),
        ),
      };
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
    const unread = this.payload.files.filter((file) => this.unread.some((each) => each.at === file.at));
    const shown = new Set(unread.map((file) => file.at));
    const explained =
      this.unread.every((each) => shown.has(each.at)) &&
      this.payload.commands.every((command) => !command.opaque || (command.program === '' && shown.has(command.at)));
    return (
      explained && unread.every((file) => !/luksFormat|cryptsetup[^\n]*\bformat\b|\beval\b/.test(file.text.marked))
    );
  }

  /**
   * Whether nobody else knows a key of it. What sets or gives a key to this volume is asked where the key comes from; where nothing does, a
   * token or a person opens it, and none is known.
   */
  keyed(): Statement {
    const claim = 'nobody else knows its keys';
    const asked = this.steps.flatMap((step) => {
      if (!takesKey(step.command)) return [];
      const { words } = cryptsetupCall(step.command.args);
      const device = step.command.program === 'cryptsetup' ? words[1] : deviceOf(step.action);
      const named = this.named(device);
      if (named === 'other' || (named !== undefined && named.volume !== this.volume.id)) return [];
      return keyOrigins(step.command, this.payload).map((origin) => ({ step, origin }));
    });
    const removed = this.steps.some(({ command }) => removesKey(command));
    const reasonOf = ({ step, origin }: (typeof asked)[number], causes?: Reason['causes']): Reason => ({
      at: `${step.command.at}:${step.command.line}`,
      saw: `${step.command.program}: ${this.show(origin.saw)}`,
      ...(causes === undefined ? {} : { causes }),
    });
    const bad = asked.filter(({ origin }) => origin.is === false);
    if (bad.length > 0) {
      const certain =
        !removed && bad.some(({ step }) => step.command.guards.every((guard) => isAbout(guard, this.about)));
      return {
        claim,
        is: certain ? false : 'unknown',
        because: bad.map((each) => reasonOf(each, certain ? undefined : ['possible'])),
      };
    }
    const open = asked.filter(({ origin }) => origin.is === 'unknown');
    if (open.length > 0) return { claim, is: 'unknown', because: open.map((each) => reasonOf(each, ['function'])) };
    if (asked.length > 0) return { claim, is: true, because: asked.map((each) => reasonOf(each)) };
    return { claim, is: true, because: [{ at: this.payload.attr.at, saw: 'no command gives it a key' }] };
  }

  opened(): Statement {
    const steps = this.steps.filter((step) => step.action.does === 'open-luks');
    const here = steps.filter((step) => this.isHere(step));
    const determined = here.filter(({ action }) => action.does === 'open-luks' && action.mapper !== undefined);
    const open = steps.filter((step) => this.isHere(step) || step.named === undefined);
    return this.judge('it is opened as LUKS', determined, open, 'nothing opens this volume as LUKS', steps);
  }

  private mounts(): readonly Step[] {
    this.mountSteps ??= this.steps.filter(({ action }) => action.does === 'mount' && this.isMapper(action.device));
    return this.mountSteps;
  }

  private isMapper(device: string | undefined): boolean {
    return device !== undefined && this.mappers.some((mapper) => device === `/dev/mapper/${mapper}`);
  }

  private mountPoints(): readonly string[] {
    this.points ??= this.mounts().flatMap(({ action }) =>
      action.does === 'mount' && action.target !== undefined ? [directory(action.target)] : [],
    );
    return this.points;
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
    const claim = 'a file system is mounted from what was opened';
    const shown = this.judge(claim, here, open, 'nothing is mounted from it', steps);
    return shown.is === true ? (this.takenAway(claim) ?? shown) : shown;
  }

  /**
   * What unmounts or closes it again: proven when the same unit or script does it after its last mount; elsewhere the order is not
   * known. Before the mount it only clears up, and under a condition of its own (a trap, the stop of a unit) it is no everyday.
   */
  private takenAway(claim: string): Statement | undefined {
    const mounts = this.mounts();
    const away = this.steps.flatMap((step, index) => {
      if (!this.takesAway(step) || !step.command.guards.every((guard) => isAbout(guard, this.about))) return [];
      const same = mounts.filter(({ command }) => command.entry === step.command.entry);
      if (same.some((mount) => this.steps.indexOf(mount) > index)) return [];
      return [{ step, certain: same.length > 0 }];
    });
    if (away.length === 0) return undefined;
    const certain = away.some((each) => each.certain);
    const because = away.map(
      ({ step }): Reason => ({ ...this.reason(step), ...(certain ? {} : { causes: ['possible'] }) }),
    );
    return { claim, is: certain ? false : 'unknown', because };
  }

  private takesAway({ action, command }: Step): boolean {
    if (action.does === 'close') return action.mapper === undefined || this.mappers.includes(mapperName(action.mapper));
    if (action.does !== 'unmount') return false;
    const { target } = action;
    if (target === undefined) return command.args.some((arg) => arg === undefined || /^(-\w*a|--all)/.test(arg));
    return this.isMapper(target) || this.mountPoints().includes(directory(target));
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
    if (step.command.writes.some((path) => this.isThis(path))) return true;
    return this.isHere(step) && ['make-file-system', 'mount', 'open-other', 'decrypt'].includes(does);
  }

  /** Something else mounted where the encrypted file system should be. */
  private covers({ action }: Step): boolean {
    if (this.mount === undefined || action.does !== 'mount') return false;
    const { device, target } = action;
    if (device === undefined || target === undefined || directory(target) !== this.mount) return false;
    return !this.isMapper(device);
  }

  private mayWrite({ command, action, named }: Step): boolean {
    if (['make-file-system', 'mount', 'open-other', 'decrypt'].includes(action.does)) return named === undefined;
    if (command.writes.some((path) => path !== undefined && DISK.test(path) && this.named(path) === undefined))
      return true;
    if (action.does !== 'other' || command.followed === true) return false;
    return command.mentions.some(
      (mention) =>
        isAbout({ line: 0, mentions: [mention] }, this.words) ||
        (DISK.test(operandOf(mention)) && this.named(operandOf(mention)) === undefined),
    );
  }
}

/** `of=/dev/sdb` names a disk as much as the path alone. */
const operandOf = (word: string): string => word.replace(/^(--)?[a-z][\w-]*=/, '');

/** Names under which the kernel and udev may show any volume. */
const DISK = /^\/dev\/(sd[b-z]|vd[b-z]|disk\/|block\/|dm-)/;

const deviceOf = (action: DiskAction): string | undefined => ('device' in action ? action.device : undefined);

const mapperName = (text: string): string => text.replace(/^\/dev\/mapper\//, '');

/** Whether a condition is about the volume: one of its words names the device, the mapper or the mount point. */
function isAbout(guard: Guard, words: readonly string[]): boolean {
  if (guard.several === true) return false;
  return guard.mentions.some((mention) =>
    words.some((word) => (word.length > 3 || hasHole(word)) && mention.includes(word)),
  );
}
