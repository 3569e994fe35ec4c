import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from '@lukko/formats';
import { parse } from 'yaml';
import { endGuests, Guest, type GuestOptions, PATIENCE } from './guest.ts';
import { buildImage, CACHE, type Image } from './image.ts';
import { sleep } from './run.ts';
import { Site } from './site.ts';
import { copyDisk, type Moment, type State, States } from './states.ts';

/** Written to the mount by the harness; it must come back after every boot, and stand nowhere else. */
export const MARKER = 'lukko-boot-test-marker-6b1f0c52';

/** The number of the volume of every host; a guest has one at most. */
const VOLUME = '100001';
/** MiB of that volume; sparse. */
const VOLUME_SIZE = 512;

export interface Scenario {
  /** What `npm run test:boot -- <pattern>` looks for. */
  readonly name: string;
  /** Whether it is among those that matter most (`--core`). */
  readonly core: boolean;
  /** Left out unless its name is asked for. */
  readonly onlyByName?: boolean;
  readonly run: (suite: Suite) => Promise<void>;
}

/** What a scenario gets: where things are made, saved guests to go on from, and how it says what held. */
export class Suite {
  readonly site: Site;
  readonly image: Image;
  readonly states: States;
  private readonly folder: string;
  private readonly accelerated: boolean;
  private readonly print: (text: string) => void;
  passed = 0;
  readonly failed: string[] = [];
  private guests = 0;

  constructor(image: Image, accelerated: boolean, print: (text: string) => void) {
    this.folder = mkdtempSync(path.join(workFolder(), 'lukko-boot-'));
    this.image = image;
    this.accelerated = accelerated;
    this.print = print;
    this.site = new Site(path.join(CACHE, 'site'));
    this.states = new States(CACHE, [image.digest, String(accelerated), this.site.userData('backups', VOLUME)]);
  }

  say(text: string): void {
    this.print(`  ${text}`);
  }

  /** One thing that must hold. */
  async check(name: string, holds: () => void | Promise<void>): Promise<void> {
    try {
      await holds();
      this.passed += 1;
      this.print(`  ok      ${name}`);
    } catch (error) {
      this.failed.push(name);
      this.print(`  FAILED  ${name}\n          ${(error as Error).message.replaceAll('\n', '\n          ')}`);
    }
  }

  /** Runs a scenario; whatever stops it early is one failure. Guests it leaves are ended. */
  async run(scenario: Scenario): Promise<void> {
    const began = Date.now();
    this.print(scenario.name);
    try {
      await scenario.run(this);
    } catch (error) {
      this.failed.push(scenario.name);
      this.print(`  FAILED  it stopped: ${(error as Error).message.replaceAll('\n', '\n          ')}`);
    }
    endGuests();
    this.print(`  took ${Math.round((Date.now() - began) / 1000)} s`);
  }

  /** A file of a scenario's own. */
  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** An empty disk of a size in MiB. */
  disk(name: string, size = 64): string {
    const file = this.file(`${name}.img`);
    writeFileSync(file, '');
    truncateSync(file, size * 1024 * 1024);
    return file;
  }

  /** A guest that was never started, with a blank volume of a size in MiB. */
  guest(
    host: string,
    change?: (config: Config) => void,
    options: Pick<GuestOptions, 'extra' | 'nics'> = {},
    size = VOLUME_SIZE,
  ): Guest {
    const volume = host.startsWith('tang-')
      ? {}
      : { volume: { file: this.disk(`volume${this.guests}`, size), id: VOLUME } };
    return new Guest({ ...this.common(host, change), ...volume, ...options });
  }

  /** The backups host as it was at a moment of its first boot, with disks of its own; not started yet. */
  async saved(moment: Moment, extra?: readonly string[]): Promise<{ readonly guest: Guest; readonly memory: string }> {
    const state = this.states.find(moment) ?? (await this.make(moment));
    const volume = this.file(`volume${this.guests}.img`);
    copyDisk(state.volume, volume);
    const guest = new Guest({
      ...this.common('backups'),
      ...{ root: state.root, volume: { file: volume, id: VOLUME } },
      ...(extra === undefined ? {} : { extra }),
    });
    return { guest, memory: state.memory };
  }

  /** The backups host as it was at a moment of its first boot, going on from there. */
  async resumed(moment: Moment): Promise<Guest> {
    const { guest, memory } = await this.saved(moment);
    await guest.start(memory);
    if (moment === 'serving') await guest.until('true', 60);
    return guest;
  }

  private async make(moment: Moment): Promise<State> {
    this.say(`no guest was saved at "${moment}": its first boot comes first`);
    const guest = this.guest('backups');
    await this.bootAndSave(guest);
    guest.kill();
    const state = this.states.find(moment);
    if (state === undefined) throw new Error(`the first boot did not come to "${moment}"`);
    return state;
  }

  /** Makes what is not saved yet, before scenarios run side by side. */
  async savedAll(): Promise<void> {
    for (const moment of ['before the volume', 'serving'] as const)
      if (this.states.find(moment) === undefined) await this.make(moment);
  }

  /** First boot of the backups host; saved on its way, and running at the end. */
  async bootAndSave(guest: Guest): Promise<void> {
    await guest.start();
    await guest.untilConsole(/Starting lukko-volume\.service/, 120);
    await this.states.save(guest, 'before the volume');
    await guest.booted();
    await guest.serves();
    guest.sshMust(`printf '${MARKER}' >/srv/lukko/restic/marker && sync`);
    await this.states.save(guest, 'serving');
  }

  private common(host: string, change?: (config: Config) => void) {
    this.guests += 1;
    const { site, accelerated } = this;
    // Tang's package listens on port 80 as soon as it is installed: it is in no other host's image.
    const image = host.startsWith('tang-') ? buildImage('keys', this.packagesOf(host), this.print) : this.image;
    const folder = this.file(`${host}${this.guests}`);
    return { name: host, folder, image, site, accelerated, userData: site.userData(host, VOLUME, change) };
  }

  userData(host: string, change?: (config: Config) => void): string {
    return this.site.userData(host, VOLUME, change);
  }

  /** The packages the payload of a host names. */
  packagesOf(host: string): readonly string[] {
    return (parse(this.userData(host)) as { packages: string[] }).packages;
  }

  close(keep: boolean): void {
    if (keep) this.print(`kept: ${this.folder}`);
    else rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Memory where there is enough of it, so that a guest's disks do not wait for this machine's. */
function workFolder(): string {
  const shm = '/dev/shm';
  if (process.env.TMPDIR !== undefined || !existsSync(shm)) return ensured(tmpdir());
  const { bavail, bsize } = statfsSync(shm);
  return bavail * bsize > 6 * 1024 ** 3 ? shm : ensured(tmpdir());
}

function ensured(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Waits until something holds that is seen from outside a guest; asks every few seconds, for an answer costs the guest some. */
export async function eventually(what: string, seconds: number, holds: () => boolean): Promise<void> {
  const end = Date.now() + seconds * 1000 * PATIENCE;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited ${seconds * PATIENCE} s for ${what}`);
    await sleep(3000);
  }
}

/** @throws unless a text holds another, with what was there instead. */
export function expectIn(text: string, part: string | RegExp): void {
  if (typeof part === 'string' ? text.includes(part) : part.test(text)) return;
  throw new Error(`expected ${String(part)} in: ${text.trim().slice(-2000)}`);
}

/** @throws unless two values are the same. */
export function expectSame(found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new Error(`expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`);
}
