import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from '@lukko/formats';
import { parse } from 'yaml';
import { canAccelerate, endGuests, Guest } from './guest.ts';
import type { Image } from './image.ts';
import { Site } from './site.ts';

/** What a scenario gets: where things are made, and how it says what held. */
export class Suite {
  readonly site: Site;
  readonly image: Image;
  private readonly folder: string;
  private readonly only: RegExp | undefined;
  private readonly print: (text: string) => void;
  passed = 0;
  readonly failed: string[] = [];
  /** Plain keys that a scenario came to know, which must stand nowhere. */
  readonly secrets: string[] = [];
  private volumes = 0;
  private accelerated = false;

  constructor(image: Image, print: (text: string) => void, only?: RegExp) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'lukko-boot-'));
    this.image = image;
    this.print = print;
    this.only = only;
    this.site = new Site(path.join(this.folder, 'site'));
  }

  /** Finds out how guests run here; to be called before the first. */
  async probe(): Promise<void> {
    this.accelerated = await canAccelerate(this.image, this.folder);
    this.print(`guests run ${this.accelerated ? 'with KVM' : 'emulated: no guest starts with KVM here'}`);
  }

  say(text: string): void {
    this.print(`  ${text}`);
  }

  /** One thing that must hold; it throws where it does not. */
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

  /** A group of checks around guests of its own; whatever stops it early is one failure. */
  async scenario(name: string, body: () => Promise<void>): Promise<void> {
    if (this.only !== undefined && !this.only.test(name)) return;
    const began = Date.now();
    this.print(name);
    for (const index of [0, 1, 2]) this.site.tang(index, 'up');
    try {
      await body();
    } catch (error) {
      this.failed.push(name);
      this.print(`  FAILED  ${name} stopped\n          ${(error as Error).message.replaceAll('\n', '\n          ')}`);
    }
    endGuests();
    this.print(`  took ${Math.round((Date.now() - began) / 1000)} s`);
  }

  /** An empty disk of a size in MiB, with the number of the volume it stands for. */
  volume(size = 512): { file: string; id: string } {
    this.volumes += 1;
    const file = path.join(this.folder, `volume${this.volumes}.img`);
    writeFileSync(file, '');
    truncateSync(file, size * 1024 * 1024);
    return { file, id: String(100_000 + this.volumes) };
  }

  guest(name: string, host: string, volume: { file: string; id: string }, change?: (config: Config) => void): Guest {
    const { site, image, accelerated } = this;
    return new Guest({ name, image, site, volume, accelerated, userData: site.userData(host, volume.id, change) });
  }

  /** The packages the payload of a host names. */
  packagesOf(host: string): readonly string[] {
    return (parse(this.site.userData(host, '1')) as { packages: string[] }).packages;
  }

  close(keep: boolean): void {
    if (keep) this.print(`kept: ${this.folder}`);
    else rmSync(this.folder, { recursive: true, force: true });
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
