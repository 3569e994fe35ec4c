import type { Command, Payload } from './types.ts';

/** systemd and the kernel keep these in memory (file-hierarchy(7)). */
const IN_MEMORY = /^\/(run|var\/run|dev\/shm)\//;
/** Take a key and hand it to nobody: what opens a volume, what only looks, what takes the file away. */
const TAKES =
  /^(cryptsetup|systemd-cryptsetup|clevis(-luks-\w+|-encrypt-\w+)?|rm|shred|unlink|wc|stat|ls|test|\[|\[\[|sha256sum|sha512sum|cmp|chmod|chown|chgrp|chattr|touch|truncate|sync|trap|mkdir|install|umount|mount|rmdir)$/;
/** Pass on what they are given, to a pipeline, a file or whoever reads what they print. */
const PASSES = /^(cat|base64|base32|od|xxd|hexdump|tr|cut|head|tail|fold|dd|tee|sed|grep)$/;
const COPIES = /^(cp|mv|ln|install)$/;
/** Take whole folders. */
const FOLDERS = /^(cp|mv|rsync|scp|tar|zip|restic|rclone|7z)$/;

/**
 * The first command that may hand the key in a file on: to a disk, to the journal, over the network. A key in memory is as secret as what is done with
 * it; copies in memory are followed. What a program that is not known does with it is not shown.
 * @param files paths of keys that are good in themselves
 * @param isInMemory whether a path lies in memory, by what the payload mounts
 */
export function handedOn(
  files: readonly string[],
  { commands }: Payload,
  isInMemory: (path: string) => boolean = (path) => IN_MEMORY.test(path),
): { readonly command: Command; readonly file: string } | undefined {
  const open = [...files];
  for (let index = 0; index < open.length && index < 32; index += 1) {
    const file = open[index] ?? '';
    for (const command of commands) {
      if (!reads(command, file)) continue;
      const copies = keepsIt(command, file, commands, isInMemory);
      if (copies === undefined) return { command, file };
      for (const copy of copies) if (!open.includes(copy)) open.push(copy);
    }
  }
  return undefined;
}

/** Whether a file is read: on standard input, or as a word; the word that only says where to write is none. */
function reads({ program, args, input, writes }: Command, file: string): boolean {
  if (input !== undefined && 'path' in input && input.path === file) return true;
  const last = args[args.length - 1];
  return args.some((arg, index) => {
    if (arg === undefined) return false;
    if (FOLDERS.test(program) && arg.startsWith('/') && arg.length > 1 && file.startsWith(`${arg.replace(/\/$/, '')}/`))
      return true;
    const at = arg.indexOf(file);
    if (at < 0 || /[\w./-]/.test(arg.charAt(at + file.length)) || /[\w./-]/.test(arg.charAt(at - 1))) return false;
    if (arg.startsWith('of=') || (program === 'tee' && !writes.includes(file))) return false;
    if (/^(-o|-out|--output)$/.test(args[index - 1] ?? '')) return false;
    return !(COPIES.test(program) && arg === last && args.length > 1);
  });
}

/** The copies in memory a command makes of the key; undefined when the key may end up elsewhere. */
function keepsIt(
  command: Command,
  file: string,
  commands: readonly Command[],
  isInMemory: (path: string) => boolean,
): readonly string[] | undefined {
  const { program, args } = command;
  if (COPIES.test(program)) {
    const target = args[args.length - 1];
    return target !== undefined && args.includes(file) && isInMemory(target) ? [target] : undefined;
  }
  if (TAKES.test(program)) return [];
  if (seals(program, args)) return [];
  if (!PASSES.test(program)) return undefined;
  const line =
    command.pipeline === undefined
      ? [command]
      : commands.filter(
          (each) => each.pipeline === command.pipeline && each.entry === command.entry && each.at === command.at,
        );
  return passedAlong(line.slice(line.indexOf(command)), isInMemory);
}

/** Encrypts to somebody: what comes out may lie anywhere. */
function seals(program: string, args: Command['args']): boolean {
  return (
    /^(age|rage|gpg)$/.test(program) &&
    args.some((arg) => /^(-e|--encrypt|-r|-R|--recipient(s-file)?)$/.test(arg ?? ''))
  );
}

function passedAlong(line: readonly Command[], isInMemory: (path: string) => boolean): readonly string[] | undefined {
  const copies: string[] = [];
  for (const [index, { program, args, writes }] of line.entries()) {
    if (TAKES.test(program) || seals(program, args)) return copies;
    const named = args.flatMap((arg) => {
      if (program === 'tee') return arg === undefined || !arg.startsWith('-') ? [arg] : [];
      return arg?.startsWith('of=') === true ? [arg.slice(3)] : [];
    });
    const targets = [...writes, ...named].filter((path) => path !== '/dev/null');
    if (targets.some((path) => path === undefined || !isInMemory(path))) return undefined;
    for (const path of targets) if (path !== undefined) copies.push(path);
    if (!PASSES.test(program)) return undefined;
    // What the last one prints without a file to write goes to whoever reads it: the journal, a terminal.
    if (index === line.length - 1 && writes.length + named.length === 0) return undefined;
  }
  return copies;
}
