import { gunzipSync } from 'node:zlib';
import { isMap, isScalar, isSeq, LineCounter, type Node as YamlNode } from 'yaml';
import type { Hole, PayloadFile } from '../types.ts';
import { hasHole, LONGEST_TEXT } from './marked.ts';
import { parseYaml } from './yaml.ts';

/** One entry of `runcmd` or `bootcmd`: words, or a line for the shell. */
export type BootCommand = { readonly line: number } & (
  | { readonly words: readonly string[] }
  | { readonly script: string }
);

/** A text somewhere else in the document, by its path: `apt.sources.caddy.source`. */
export interface CloudSetting {
  readonly path: string;
  readonly text: string;
  readonly line: number;
}

export interface CloudConfig {
  readonly files: readonly PayloadFile[];
  readonly bootcmd: readonly BootCommand[];
  readonly runcmd: readonly BootCommand[];
  readonly packages: readonly string[];
  readonly settings: readonly CloudSetting[];
  readonly unread: readonly { readonly at: string; readonly why: string }[];
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

function isOff(value: YamlNode | null): boolean {
  if (isMap(value)) return textOf(value.get('enabled', true) as YamlNode) === 'false';
  return isSeq(value) ? false : isScalar(value) && value.value === 'false';
}

const DEEPEST = 40;
const MOST_BYTES = LONGEST_TEXT;

/**
 * Reads a `#cloud-config` document (cloud-init, module reference). Terms: `text` is marked text, `at` names the attribute it
 * stands in. Whatever cannot be read is listed as unread; nothing is thrown.
 */
export function readCloudConfig(text: string, holes: readonly Hole[], at: string): CloudConfig {
  const unread: { at: string; why: string }[] = [];
  const nothing = { files: [], bootcmd: [], runcmd: [], packages: [], settings: [], unread };
  const lines = new LineCounter();
  const root = rootOf(text, lines, at, unread);
  if (root === undefined || !isMap(root)) {
    if (unread.length === 0) unread.push({ at, why: 'the cloud-config is not a YAML mapping' });
    return nothing;
  }
  const reader = new Reader(lines, holes, at, unread);
  for (const { key, value } of root.items)
    reader.entry(String(isScalar(key) ? key.value : key), value as YamlNode | null);
  return reader;
}

function rootOf(
  text: string,
  lines: LineCounter,
  at: string,
  unread: { at: string; why: string }[],
): YamlNode | undefined {
  if (text.length > LONGEST_TEXT) {
    unread.push({ at, why: `longer than ${LONGEST_TEXT} characters` });
    return undefined;
  }
  try {
    // Every scalar stays the text it is: `yes`, `0644` and `1_000` must not become what YAML makes of them.
    const document = parseYaml(text, { lineCounter: lines, schema: 'failsafe', uniqueKeys: true });
    if (document === undefined) return undefined;
    const [error] = document.errors;
    if (error === undefined) return (document.contents as YamlNode | null) ?? undefined;
    unread.push({
      at,
      why: `YAML not understood: ${error.code.toLowerCase().replaceAll('_', ' ')} in line ${lines.linePos(error.pos[0]).line}`,
    });
  } catch (error) {
    unread.push({ at, why: `YAML not understood: ${error instanceof Error ? error.message : error}` });
  }
  return undefined;
}

class Reader implements CloudConfig {
  readonly files: PayloadFile[] = [];
  readonly bootcmd: BootCommand[] = [];
  readonly runcmd: BootCommand[] = [];
  readonly packages: string[] = [];
  readonly settings: CloudSetting[] = [];
  readonly unread: { at: string; why: string }[];
  private readonly lines: LineCounter;
  private readonly holes: readonly Hole[];
  private readonly at: string;

  constructor(lines: LineCounter, holes: readonly Hole[], at: string, unread: { at: string; why: string }[]) {
    this.lines = lines;
    this.holes = holes;
    this.at = at;
    this.unread = unread;
  }

  entry(key: string, value: YamlNode | null): void {
    if (isScalar(value) && (value.value === '' || value.value === null)) return;
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
  private swap(value: YamlNode | null): void {
    const file = isMap(value) ? textOf(value.get('filename', true) as YamlNode) : undefined;
    this.bootcmd.push({ words: ['swapon', file ?? '/swap.img'], line: this.lineOf(value) });
  }

  private lineOf(node: YamlNode | null | undefined): number {
    return node?.range ? this.lines.linePos(node.range[0]).line : 1;
  }

  private fail(where: string, why: string): void {
    this.unread.push({ at: `${this.at}:${where}`, why });
  }

  private writeFiles(value: YamlNode | null): void {
    if (!isSeq(value)) return this.fail('write_files', 'not a list');
    for (const item of value.items) {
      const path = isMap(item) ? textOf(item.get('path', true) as YamlNode) : undefined;
      if (!isMap(item) || path === undefined) {
        this.fail('write_files', 'an entry without path');
        continue;
      }
      const field = (name: string): string | undefined => textOf(item.get(name, true) as YamlNode);
      if (item.has('source')) this.walk(`write_files.${path}.source`, item.get('source', true) as YamlNode, 0);
      if (hasHole(path) || item.has('source') || field('append') === 'true') {
        this.fail(
          path,
          item.has('source')
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

  private bootCommands(value: YamlNode | null, into: BootCommand[]): void {
    if (!isSeq(value)) return this.fail('runcmd', 'not a list');
    for (const item of value.items) {
      const line = this.lineOf(item as YamlNode);
      if (isSeq(item)) {
        const words = item.items.map((word) => textOf(word as YamlNode));
        if (words.every((word) => word !== undefined)) into.push({ words, line });
        else this.fail('runcmd', `line ${line}: a word that is no text`);
      } else {
        const script = textOf(item as YamlNode);
        if (script === undefined) this.fail('runcmd', `line ${line}: neither a text nor a list`);
        else into.push({ script, line });
      }
    }
  }

  private packageList(value: YamlNode | null): void {
    if (!isSeq(value)) return this.fail('packages', 'not a list');
    for (const item of value.items) {
      const name = isSeq(item) ? textOf(item.items[0] as YamlNode) : textOf(item as YamlNode);
      if (name === undefined) this.fail('packages', 'an entry that is no name');
      else this.packages.push(name);
    }
  }

  /** cloud-init's own ways to format and mount, as the commands they amount to. */
  private disks(key: string, value: YamlNode | null): void {
    const line = this.lineOf(value);
    if (key === 'disk_setup' && isMap(value)) {
      for (const { key: device } of value.items)
        this.bootcmd.push({ words: ['parted', String(isScalar(device) ? device.value : device)], line });
    }
    if (!isSeq(value)) return;
    for (const item of value.items) {
      if (key === 'fs_setup' && isMap(item)) {
        const device = textOf(item.get('device', true) as YamlNode) ?? '';
        this.bootcmd.push({
          words: [`mkfs.${textOf(item.get('filesystem', true) as YamlNode) ?? 'ext4'}`, device],
          line: this.lineOf(item),
        });
      }
      if (key === 'mounts' && isSeq(item)) {
        const [device, target] = item.items.map((each) => textOf(each as YamlNode));
        if (device !== undefined && target !== undefined)
          this.bootcmd.push({ words: ['mount', device, target], line: this.lineOf(item) });
      }
    }
  }

  private walk(path: string, node: YamlNode | null, depth: number): void {
    if (depth > DEEPEST) return this.fail(path, 'nested too deeply');
    if (isMap(node)) {
      for (const { key, value } of node.items)
        this.walk(`${path}.${String(isScalar(key) ? key.value : key)}`, value as YamlNode | null, depth + 1);
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) this.walk(`${path}[${index}]`, item as YamlNode, depth + 1);
    } else {
      const text = textOf(node);
      if (text !== undefined) this.settings.push({ path, text, line: this.lineOf(node) });
      else if (node !== null && !isScalar(node)) this.fail(path, 'an alias');
    }
  }
}

function textOf(node: YamlNode | null | undefined): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
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
