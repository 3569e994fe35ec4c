import { dirname, isAbsolute, join, posix } from 'node:path';
import { printable } from '@lukko/policy-engine';
import { documentKind } from '@lukko/terraform-model';
import { InputError } from './errors.ts';
import { below, decode, displayName, fromHere, type InputFile, readBytes } from './input-file.ts';
import type { FoundLive } from './observe/live.ts';
import type { Files, Ports } from './ports/ports.ts';
import { type RootFiles, rootAt, rootOf } from './root-files.ts';

/** What `check` was pointed at. */
export type Found =
  | FoundLive
  /** All stacks of one cdktf.out: with its manifest the world is closed. */
  | { readonly kind: 'cdktf.out'; readonly manifest?: InputFile; readonly stacks: readonly FoundStack[] }
  /** One root module. */
  | ({ readonly kind: 'root' } & RootFiles)
  /** A plan: the binary file, or the JSON that `terraform show -json` prints for it. */
  | { readonly kind: 'plan'; readonly plan: InputFile }
  /** A state file, or the JSON printed for one. */
  | { readonly kind: 'state'; readonly state: InputFile };

/** One stack: the file cdktf wrote, and everything else terraform would read in its folder. */
export interface FoundStack extends InputFile {
  readonly stack: string;
  readonly root: RootFiles;
}

/** What can be checked, for messages. */
export const looked = 'cdktf.out, *.tf, *.tf.json, a state, a plan file, or the JSON of a plan';

/** Finds and reads what there is to check; nothing is judged yet. @throws InputError when there is nothing, or it cannot be read. */
export async function find(target: string | undefined, ports: Ports): Promise<Found> {
  if (target === '-') return fromText({ file: 'standard input', bytes: await ports.stdin() }, '-');
  const path = resolveTarget(target, ports);
  const name = displayName(path, ports.cwd);
  switch (ports.files.kind(path)) {
    case 'directory':
      return inDirectory(path, name, ports.files);
    // A pipe is one: `lukko check <(terraform show -json tfplan)`.
    case 'other':
    case 'file':
      return fromText({ file: name, bytes: readBytes(path, name, ports.files) }, target ?? name);
    default:
      throw new InputError(`${name}: no such file or directory; name ${looked}`);
  }
}

/** Without an argument: what was synthesised here, else this directory. */
function resolveTarget(target: string | undefined, { cwd, files }: Ports): string {
  if (target !== undefined) return fromHere(target, cwd);
  const out = join(cwd, 'cdktf.out');
  return files.kind(out) === 'directory' ? out : cwd;
}

function inDirectory(path: string, name: string, files: Files): Found {
  const synth = files.list(path).includes('manifest.json');
  if (synth && namesStacks(path, name, files)) return synthesised(path, name, files);
  const root = rootAt(path, name, files);
  if (root.files.length > 0) return { kind: 'root', ...root };
  if (synth) return synthesised(path, name, files);
  if (files.kind(join(path, 'cdktf.out/manifest.json')) === 'file') {
    return synthesised(join(path, 'cdktf.out'), below(name, 'cdktf.out'), files);
  }
  throw new InputError(`${name}: nothing to check here; expected ${looked} (\`npx cdktf synth\` writes the first)`);
}

/** Whether it is cdktf that wrote the manifest of a directory: many programs have a file of that name, beside *.tf too. */
function namesStacks(path: string, name: string, files: Files): boolean {
  const file = below(name, 'manifest.json');
  try {
    const parsed: unknown = JSON.parse(decode(readBytes(join(path, 'manifest.json'), file, files), file));
    return parsed !== null && typeof parsed === 'object' && 'stacks' in parsed;
  } catch {
    return false;
  }
}

/** https://github.com/hashicorp/terraform-cdk: manifest.json names each stack's file below the output directory. */
function synthesised(path: string, name: string, files: Files): Found {
  const file = below(name, 'manifest.json');
  const manifest = { file, bytes: readBytes(join(path, 'manifest.json'), file, files) };
  const stacks = stacksOf(decode(manifest.bytes, file), file);
  if (stacks.length === 0) throw new InputError(`${file}: names no stack, so there is nothing to check`);
  return {
    kind: 'cdktf.out',
    manifest,
    stacks: stacks.map((entry) => {
      const display = below(name, entry.file);
      const at = join(path, entry.file);
      if (files.kind(at) !== 'file')
        throw new InputError(`${display}: ${file} names it, but it is missing; synthesise again`);
      const root = rootAt(dirname(at), posix.dirname(display), files);
      return { stack: entry.stack, file: display, bytes: readBytes(at, display, files), root };
    }),
  };
}

function stacksOf(text: string, manifest: string): readonly { readonly stack: string; readonly file: string }[] {
  const wrong = (what: string) =>
    new InputError(`${manifest}: expected the manifest cdktf writes, found ${what}; synthesise again`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw wrong('what is not JSON');
  }
  const stacks = (parsed as { stacks?: unknown } | null)?.stacks;
  if (typeof stacks !== 'object' || stacks === null || Array.isArray(stacks)) throw wrong('no stacks');
  return Object.entries(stacks).map(([stack, entry]) => {
    const file = (entry as { synthesizedStackPath?: unknown } | null)?.synthesizedStackPath;
    if (typeof file !== 'string') throw wrong(`no path for stack ${JSON.stringify(stack)}`);
    if (isAbsolute(file) || file.split(/[\\/]/).includes('..'))
      throw wrong(`a path outside it: ${JSON.stringify(file)}`);
    if (printable(file) !== file) throw wrong(`a path with characters that cannot be printed: ${printable(file)}`);
    return { stack, file };
  });
}

/** Tells a plan from a configuration by what stands in the file, since its name says nothing. */
function fromText(input: InputFile, target: string): Found {
  const { file, bytes } = input;
  if (bytes.length === 0) throw new InputError(`${file}: empty; expected ${looked}`);
  if (isZip(bytes)) return { kind: 'plan', plan: input };
  const text = isUtf16(bytes) ? { ...input, bytes: fromUtf16(bytes, file), original: bytes } : input;
  if (/\.(tf|tofu)$/.test(file)) return { kind: 'root', ...rootOf(text) };
  const head = Buffer.from(text.bytes.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (!head.startsWith('{')) {
    if (target === '-' && looksLikeHcl(head)) return { kind: 'root', ...rootOf({ ...text, file: `${file}.tf` }) };
    throw new InputError(`${file}: expected JSON, found text that does not start with {; name ${looked}`);
  }
  switch (documentKind(text.bytes, file)) {
    case 'plan':
      return { kind: 'plan', plan: text };
    case 'state':
      return { kind: 'state', state: text };
    default:
      return { kind: 'root', ...rootOf(text) };
  }
}

/** As `>` of PowerShell 5 writes files: a byte order mark, or a brace of two bytes. */
function isUtf16([first, second]: Uint8Array): boolean {
  const mark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return mark || (first === 0x7b && second === 0) || (first === 0 && second === 0x7b);
}

function fromUtf16(bytes: Uint8Array, file: string): Uint8Array {
  const bigEndian = bytes[0] === 0xfe || bytes[0] === 0;
  try {
    return Buffer.from(new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le', { fatal: true }).decode(bytes));
  } catch {
    throw new InputError(`${file}: expected UTF-16 text, as its first bytes say, found other bytes`);
  }
}

/** On standard input no name tells the language. */
function looksLikeHcl(head: string): boolean {
  return /^\s*(?:(?:#|\/\/)[^\n]*\n\s*|\/\*[^]*?\*\/\s*)*(?:resource|data|module|provider|terraform|variable|locals|output)\b[^\n=]*\{/.test(
    head,
  );
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}
