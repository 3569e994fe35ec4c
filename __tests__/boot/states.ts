import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Guest } from './guest.ts';
import { MACHINE } from './machine.ts';
import { must } from './run.ts';

/** Memory and disks of a guest at one moment, from which any number of guests can go on. */
export interface State {
  readonly memory: string;
  readonly root: string;
  readonly volume: string;
}

/** Moments of the first boot of the backups host from which scenarios go on. */
export type Moment = 'before the volume' | 'serving';

/** Milliseconds. */
const DAY = 24 * 3600 * 1000;

/** Guests that were saved, by what made them: image, machine and payload. Those made from anything else are removed after a day. */
export class States {
  private readonly folder: string;

  constructor(cache: string, parts: readonly string[]) {
    const key = createHash('sha256')
      .update(JSON.stringify([MACHINE, ...parts]))
      .digest('hex')
      .slice(0, 16);
    this.folder = path.join(cache, `state-${key}`);
    mkdirSync(this.folder, { recursive: true });
    // Another run may be using those of today.
    for (const old of readdirSync(cache).filter((each) => each.startsWith('state-') && each !== `state-${key}`))
      if (statSync(path.join(cache, old)).mtimeMs < Date.now() - DAY)
        rmSync(path.join(cache, old), { recursive: true, force: true });
  }

  find(moment: Moment): State | undefined {
    const folder = this.at(moment);
    if (!existsSync(folder)) return undefined;
    return { memory: `${folder}/memory`, root: `${folder}/root.qcow2`, volume: `${folder}/volume.img` };
  }

  /** Saves a guest at this moment; it goes on afterwards. */
  async save(guest: Guest, moment: Moment): Promise<void> {
    const folder = this.at(moment);
    const work = `${folder}.part`;
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work);
    await guest.saveMemory(path.join(work, 'memory'));
    copyDisk(guest.disk, path.join(work, 'root.qcow2'));
    copyDisk(guest.options.volume?.file ?? '', path.join(work, 'volume.img'));
    await guest.monitor('cont');
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  }

  private at(moment: Moment): string {
    return path.join(this.folder, moment.replaceAll(' ', '-'));
  }
}

/** Copies a disk without the holes in it. */
export function copyDisk(from: string, to: string): void {
  must('cp', ['--sparse=always', '--reflink=auto', from, to]);
}
