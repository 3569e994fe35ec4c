import { gunzipSync } from 'node:zlib';
import type { Command, Hole, PayloadFile, PayloadSetting, Unread } from '../types.ts';
import { hasHole, LONGEST_TEXT } from './marked.ts';
import { at as entryOf, itemsOf, readYaml, textOf, YamlError, type YamlTree } from './yaml-tree.ts';

/** One entry of `runcmd` or `bootcmd`: words, or a line for the shell. */
export type BootCommand = { readonly line: number } & (
  | { readonly words: readonly string[] }
  | { readonly script: string }
);

export interface CloudConfig {
  readonly files: readonly PayloadFile[];
  readonly bootcmd: readonly BootCommand[];
  readonly runcmd: readonly BootCommand[];
  readonly packages: readonly string[];
  readonly settings: readonly PayloadSetting[];
  readonly unread: readonly Unread[];
  /** What no program does but a declaration amounts to. */
  readonly commands?: readonly Command[];
  /** The keys at its top. */
  readonly keys: readonly string[];
}

/**
 * Modules that run code of others, or change which modules run and on which device (cloud-init, module reference): what they do stands
 * in no command.
 */
const UNFOLLOWED = new Set(
  'ansible chef puppet salt_minion mcollective landscape snap lxd juju autoinstall device_aliases datasource datasource_list vendor_data merge_how merge_type cloud_init_modules cloud_config_modules cloud_final_modules'.split(
    ' ',
  ),
);

function isOff(value: YamlTree): boolean {
  return textOf(value.kind === 'map' ? entryOf(value, 'enabled') : value) === 'false';
}

const DEEPEST = 40;
const MOST_BYTES = LONGEST_TEXT;

/**
 * Reads a `#cloud-config` document (cloud-init, module reference). Terms: `text` is marked text, `at` names the attribute it
 * stands in. Whatever cannot be read is listed as unread; nothing is thrown.
 */
export function readCloudConfig(text: string, holes: readonly Hole[], at: string): CloudConfig {
  const unread: { at: string; why: string }[] = [];
  const nothing = { files: [], bootcmd: [], runcmd: [], packages: [], settings: [], unread, keys: [] };
  const root = rootOf(text, at, unread);
  if (root?.kind !== 'map') {
    // Nothing but comments is a cloud-config that asks for nothing.
    if (unread.length === 0 && text.split('\n').every((line) => /^\s*(#|$)/.test(line))) return nothing;
    if (unread.length === 0) unread.push({ at, why: 'the cloud-config is not a YAML mapping' });
    return nothing;
  }
  const reader = new Reader(holes, at, unread);
  reader.keys.push(...root.items.map(({ key }) => key));
  for (const { key, value } of root.items) reader.entry(key, value);
  return reader;
}

function rootOf(text: string, at: string, unread: { at: string; why: string }[]): YamlTree | undefined {
  if (text.length > LONGEST_TEXT) {
    unread.push({ at, why: `longer than ${LONGEST_TEXT} characters` });
    return undefined;
  }
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    unread.push({ at, why: `YAML not understood: ${error.message}` });
    return undefined;
  }
}

class Reader implements CloudConfig {
  readonly files: PayloadFile[] = [];
  readonly bootcmd: BootCommand[] = [];
  readonly runcmd: BootCommand[] = [];
  readonly packages: string[] = [];
  readonly settings: PayloadSetting[] = [];
  readonly unread: { at: string; why: string }[];
  readonly keys: string[] = [];
  private readonly holes: readonly Hole[];
  private readonly at: string;

  constructor(holes: readonly Hole[], at: string, unread: { at: string; why: string }[]) {
    this.holes = holes;
    this.at = at;
    this.unread = unread;
  }

  entry(key: string, value: YamlTree): void {
    if (value.kind === 'nothing' || textOf(value) === '') return;
    switch (key) {
      case 'write_files':
        return this.writeFiles(value);
      case 'runcmd':
        return this.bootCommands(value, this.runcmd);
      case 'bootcmd':
        return this.bootCommands(value, this.bootcmd);
      case 'packages':
        return this.packageList(value);
      case 'fs_setup':
      case 'disk_setup':
      case 'mounts':
        this.disks(key, value);
        return this.walk(key, value, 0);
      case 'swap':
        this.swap(value);
        return this.walk(key, value, 0);
      default:
        if (UNFOLLOWED.has(key) && !isOff(value)) this.fail(key, 'a module of cloud-init whose work is not followed');
        return this.walk(key, value, 0);
    }
  }

  /** A swap file: memory lies on the disk that holds it (cloud-init, module reference, Mounts). */
  private swap(value: YamlTree): void {
    const file = textOf(entryOf(value, 'filename'));
    this.bootcmd.push({ words: ['swapon', file ?? '/swap.img'], line: value.line });
  }

  private fail(where: string, why: string): void {
    this.unread.push({ at: `${this.at}:${where}`, why });
  }

  private writeFiles(value: YamlTree): void {
    if (value.kind !== 'seq') return this.fail('write_files', 'not a list');
    for (const item of value.items) {
      const field = (name: string): string | undefined => textOf(entryOf(item, name));
      const path = field('path');
      if (path === undefined) {
        this.fail('write_files', 'an entry without path');
        continue;
      }
      const source = entryOf(item, 'source');
      if (source !== undefined) this.walk(`write_files.${path}.source`, source, 0);
      if (hasHole(path) || source !== undefined || field('append') === 'true') {
        this.fail(
          path,
          source !== undefined
            ? 'its content is fetched at boot'
            : hasHole(path)
              ? 'its path is not determined'
              : 'it is appended to a file that is not shown',
        );
        continue;
      }
      const content = this.content(path, field('content') ?? '', field('encoding'));
      if (content === undefined) continue;
      this.files.push({
        path,
        text: { marked: content, holes: this.holes },
        permissions: field('permissions'),
        owner: field('owner'),
        at: `${this.at}:${path}`,
      });
    }
  }

  private content(path: string, text: string, encoding: string | undefined): string | undefined {
    const kind = (encoding ?? 'text/plain').toLowerCase();
    if (kind === 'text/plain') return text;
    const base64 = /^(b64|base64|gz\+b64|gzip\+base64|gz\+base64|gzip\+b64)$/.test(kind);
    if (!base64 || hasHole(text)) {
      this.fail(
        path,
        base64 ? 'encoded text with references in it' : `its encoding ${JSON.stringify(kind)} is not read`,
      );
      return undefined;
    }
    const decoded = decode(text, kind.startsWith('gz'));
    if (decoded === undefined)
      this.fail(path, `its ${kind} content cannot be decoded, or is longer than ${MOST_BYTES} bytes`);
    return decoded;
  }

  private bootCommands(value: YamlTree, into: BootCommand[]): void {
    if (value.kind !== 'seq') return this.fail('runcmd', 'not a list');
    for (const item of value.items) {
      const { line } = item;
      if (item.kind === 'seq') {
        const words = item.items.map(textOf);
        if (words.every((word) => word !== undefined)) into.push({ words, line });
        else this.fail('runcmd', `line ${line}: a word that is no text`);
      } else {
        const script = textOf(item);
        if (script === undefined) this.fail('runcmd', `line ${line}: neither a text nor a list`);
        else into.push({ script, line });
      }
    }
  }

  private packageList(value: YamlTree): void {
    if (value.kind !== 'seq') return this.fail('packages', 'not a list');
    for (const item of value.items) {
      const name = textOf(item.kind === 'seq' ? item.items[0] : item);
      if (name === undefined) this.fail('packages', 'an entry that is no name');
      else this.packages.push(name);
    }
  }

  /** cloud-init's own ways to format and mount, as the commands they amount to. */
  private disks(key: string, value: YamlTree): void {
    if (key === 'disk_setup' && value.kind === 'map') {
      for (const { key: device } of value.items) this.bootcmd.push({ words: ['parted', device], line: value.line });
    }
    for (const item of itemsOf(value)) {
      if (key === 'fs_setup' && item.kind === 'map') {
        this.fileSystem(item);
      }
      if (key === 'mounts' && item.kind === 'seq') {
        const [device, target, type] = item.items.map(textOf);
        if (device !== undefined && type === 'swap') this.bootcmd.push({ words: ['swapon', device], line: item.line });
        else if (device !== undefined && target !== undefined)
          this.bootcmd.push({ words: ['mount', device, target], line: item.line });
      }
    }
  }

  /** `fs_setup`: mkfs by its name, or by `cmd`, whose `%(device)s` and the like stand for the other keys (cloud-init, module Disk Setup). */
  private fileSystem(item: YamlTree): void {
    const { line } = item;
    const field = (name: string): string | undefined => textOf(entryOf(item, name));
    const device = field('device') ?? '';
    const filesystem = field('filesystem') ?? 'ext4';
    const given = entryOf(item, 'cmd');
    if (given === undefined) {
      this.bootcmd.push({ words: [`mkfs.${filesystem}`, device], line });
      return;
    }
    const filled = (text: string): string =>
      text.replace(/%\((\w+)\)s/g, (_, name: string) => (name === 'filesystem' ? filesystem : (field(name) ?? '')));
    const words = itemsOf(given).map(textOf);
    const script = textOf(given);
    if (script !== undefined) this.bootcmd.push({ script: filled(script), line });
    else if (words.length > 0 && words.every((word) => word !== undefined))
      this.bootcmd.push({ words: words.map(filled), line });
    else this.fail('fs_setup', `line ${line}: a cmd that is neither a text nor a list`);
  }

  private walk(path: string, node: YamlTree, depth: number): void {
    if (depth > DEEPEST) return this.fail(path, 'nested too deeply');
    switch (node.kind) {
      case 'map':
        for (const { key, value } of node.items) this.walk(`${path}.${key}`, value, depth + 1);
        return;
      case 'seq':
        for (const [index, item] of node.items.entries()) this.walk(`${path}[${index}]`, item, depth + 1);
        return;
      case 'text':
        this.settings.push({ path, text: node.text, line: node.line });
        return;
      case 'alias':
        this.fail(path, 'an alias');
        return;
      default:
    }
  }
}

/** Base64, gzipped or not; undefined when it is not that, not UTF-8, or too long. */
export function decode(text: string, zipped: boolean): string | undefined {
  const packed = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined;
  try {
    const bytes = Buffer.from(packed, 'base64');
    const raw = zipped ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
    if (raw.length > MOST_BYTES) return undefined;
    return new TextDecoder('utf-8', { fatal: true }).decode(raw).replace(/[\uE000-\uE01F]/g, '\uFFFD');
  } catch {
    return undefined;
  }
}
