import { cryptsetupCall } from './disk-commands.ts';
import { handedOn } from './key-uses.ts';
import { boundTo } from './payload/clevis-bind.ts';
import { sealedKey } from './payload/clevis-key.ts';
import type { Command, KeyOrigin, Payload } from './types.ts';

type Source = { readonly file: string | undefined } | 'input';

/** Actions of cryptsetup(8) that set a key, so that one must be given; `open` may also be answered by a person or a token. */
const SETS_KEY = new Set(['luksFormat', 'format', 'luksAddKey', 'luksChangeKey', 'reencrypt']);
const TAKES_KEY = new Set([...SETS_KEY, 'open', 'luksOpen']);
const CHANGES_KEY = new Set(['luksAddKey', 'luksChangeKey']);

/**
 * Where each key comes from that a command gives to LUKS: cryptsetup(8) (`--key-file`, a key file as last word, standard input),
 * clevis-luks-bind(1) `-k`, the third field of crypttab(5). The encryption is as good as these: whoever knows one opens the volume.
 */
export function keyOrigins(command: Command, payload: Payload): KeyOrigin[] {
  if (command.declared !== undefined) return [...command.declared.keys];
  const { sources, needed } = sourcesOf(command);
  const given = sources.flatMap((source) => {
    const origin = source === 'input' ? fromInput(command, payload) : fromFile(source.file, payload);
    if (origin !== undefined) return [origin];
    return needed ? [unknown('nothing shows what key it is given')] : [];
  });
  const bound = boundTo(command);
  return bound === undefined ? given : [...given, bound];
}

/** Whether its program is one that is given keys at all. */
export function takesKey({ program, declared }: Command): boolean {
  return declared !== undefined || /^(cryptsetup|systemd-cryptsetup|clevis(-luks-\w+)?)$/.test(program);
}

/** Whether it takes a key away again: a key that was known to others may be gone by then. */
export function removesKey({ program, args }: Command): boolean {
  if (program !== 'cryptsetup') return false;
  const [action] = cryptsetupCall(args).words;
  return action !== undefined && /^(luksRemoveKey|luksKillSlot|luksErase|erase|luksChangeKey)$/.test(action);
}

const known = (saw: string): KeyOrigin => ({ is: false, saw });
const unknown = (saw: string): KeyOrigin => ({ is: 'unknown', saw });

function sourcesOf({ program, args }: Command): { sources: readonly Source[]; needed: boolean } {
  if (program === 'cryptsetup') return ofCryptsetup(args);
  if (program === 'systemd-cryptsetup') {
    const [verb, , , key] = args;
    const none = verb !== 'attach' || key === undefined || key === '' || /^(none|-|luks|plain)$/.test(key);
    return { sources: none ? [] : [{ file: key }], needed: false };
  }
  const words = program === 'clevis' ? args.slice(1) : [program.replace('clevis-luks-', ''), ...args];
  if (!/^clevis(-luks-bind)?$/.test(program) || words[0] !== 'bind') return { sources: [], needed: false };
  const at = words.indexOf('-k');
  return { sources: at < 0 ? ['input'] : [fileOrInput(words[at + 1])], needed: false };
}

function ofCryptsetup(args: Command['args']): { sources: readonly Source[]; needed: boolean } {
  const { words, options } = cryptsetupCall(args);
  const [action, , last] = words;
  if (action === undefined || !TAKES_KEY.has(action)) return { sources: [], needed: false };
  const option = (...names: readonly string[]): Source | undefined => {
    const name = names.find((each) => options.has(each));
    return name === undefined ? undefined : fileOrInput(options.get(name));
  };
  const given = option('--key-file', '-d');
  const added = words.length > 2 && action !== 'open' && action !== 'luksOpen' ? fileOrInput(last) : undefined;
  const volumeKey = option('--volume-key-file', '--master-key-file');
  const fresh = CHANGES_KEY.has(action)
    ? [given, added ?? option('--new-keyfile') ?? 'input']
    : [added ?? given ?? 'input'];
  const sources = [...fresh, volumeKey].filter((source) => source !== undefined);
  return { sources, needed: SETS_KEY.has(action) };
}

const fileOrInput = (word: string | undefined): Source => (word === '-' ? 'input' : { file: word });

function fromInput(command: Command, payload: Payload): KeyOrigin | undefined {
  const { input, pipeline } = command;
  if (input !== undefined && 'text' in input)
    return input.text === undefined
      ? unknown('a text on standard input that is not determined')
      : known('a text that stands in the payload');
  if (input !== undefined) return fromFile(input.path, payload);
  if (pipeline === undefined) return undefined;
  const others = payload.commands.filter((each) => each !== command && isOf(each, command));
  return others.length === 0 ? undefined : made(others, payload);
}

const isOf = (each: Command, command: Command): boolean =>
  each.pipeline === command.pipeline && each.entry === command.entry && each.at === command.at;

/** Files that every host of this kind has alike, that any process or the provider can read, or that hold nothing. */
const KNOWN_PLACES =
  /^\/(usr|bin|sbin|lib|lib64|boot|proc|sys)\/|^\/dev\/(null|zero|full|disk|sd|vd)|^\/etc\/(hostname|hosts|machine-id|passwd|group|shells|services|os-release|issue|resolv\.conf|fstab|timezone|debian_version|ssh\/)|^\/var\/lib\/(dbus\/machine-id|cloud\/)|^\/(run\/cloud-init|var\/log)\//;
const RANDOM_PLACES = /^\/dev\/(u|h)?random$|^\/proc\/sys\/kernel\/random\/uuid$/;
/** systemd and the kernel keep these in memory (file-hierarchy(7)). */
const IN_MEMORY = /^\/(run|var\/run|dev\/shm)\//;

/** Copies of copies are followed so far. */
const MOST_COPIES = 8;

function fromFile(path: string | undefined, payload: Payload, copies = 0): KeyOrigin | undefined {
  if (path === undefined) return unknown('a key file that is not determined');
  if (RANDOM_PLACES.test(path)) return unknown(`${path}, read as a key file`);
  if (KNOWN_PLACES.test(path)) return known(`${path} is known to others`);
  if (payload.files.some((file) => file.path === path)) return known(`${path} stands in the payload`);
  const writers = payload.commands.filter((command) => writesTo(command, path));
  if (writers.length === 0) return unknown(`nothing shows where ${path} comes from`);
  const origins = writers.map((writer) => {
    const group = writer.pipeline === undefined ? [writer] : payload.commands.filter((each) => isOf(each, writer));
    return made(group, payload, path, copies);
  });
  const wrong = origins.find(({ is }) => is === false) ?? origins.find(({ is }) => is !== true);
  if (wrong !== undefined) return wrong;
  if (!isInMemory(path, payload)) return unknown(`${path} lies on the root disk, which is not encrypted`);
  const handed = handedOn([path], payload, (each) => isInMemory(each, payload));
  return handed === undefined
    ? { is: true, saw: `${path}, random and in memory` }
    : unknown(`${handed.command.program} may hand ${handed.file} on (${handed.command.at}:${handed.command.line})`);
}

function isInMemory(path: string, { commands }: Payload): boolean {
  if (IN_MEMORY.test(path)) return true;
  return commands.some(({ program, args }) => {
    const target = args[args.length - 1];
    return (
      program === 'mount' && /^(tmpfs|ramfs)$/.test(args[args.indexOf('-t') + 1] ?? '') && path.startsWith(`${target}/`)
    );
  });
}

/** Whether a command writes a file: a redirection, or the way its program names one. */
function writesTo({ program, args, writes }: Command, path: string): boolean {
  if (writes.includes(path) || args.includes(`of=${path}`)) return true;
  if (/^(cp|mv|install|tee)$/.test(program))
    return args[args.length - 1] === path || (program === 'tee' && args.includes(path));
  return args.some((arg, index) => arg === path && /^(-o|-out|--output)$/.test(args[index - 1] ?? ''));
}

const FILTERS = /^(od|xxd|hexdump|base64|base32|tr|cut|sha256sum|sha512sum|head|fold|tee|cat)$/;
const SAYS = /^(echo|printf)$/;
/** What these print, others can find out. */
const KNOWN_PROGRAMS = /^(hostname|hostnamectl|uname|date|whoami|id|dmidecode|blkid|lsblk|ip)$/;
const LEAST_BYTES = 16;

/** Where the bytes come from that a pipeline, or one command, gives. */
function made(group: readonly Command[], payload: Payload, target?: string, copies = 0): KeyOrigin {
  const aside = group.find(
    ({ program, args, writes }) =>
      (program === 'tee' || writes.length > 0) &&
      [...writes, ...(program === 'tee' ? args : [])].some(
        (path) =>
          path?.startsWith('/') === true && path !== target && path !== '/dev/null' && !isInMemory(path, payload),
      ),
  );
  if (aside !== undefined) return unknown(`${aside.program} writes it to a disk that is not encrypted, or prints it`);
  const opened = group.find(
    ({ program, args }) => /^clevis(-decrypt)?$/.test(`${program}`) && (program !== 'clevis' || args[0] === 'decrypt'),
  );
  if (opened !== undefined) return unsealed(opened, group, payload);
  const makers = group.filter((command) => command.program !== 'cryptsetup' && command.program !== 'clevis');
  const line = makers.map(({ program }) => program).join(' | ');
  if (makers.some(isRandom)) {
    const sized = makers.flatMap(sizeOf);
    if (sized.length === 0 || sized.some((size) => size < LEAST_BYTES))
      return unknown(`${line}: fewer than ${LEAST_BYTES} random bytes, or none counted`);
    const plain = makers.every((command) => isRandom(command) || FILTERS.test(command.program));
    return plain ? { is: true, saw: line } : unknown(`${line}: more than random bytes`);
  }
  const read = makers.flatMap(readsFiles);
  const place = read.find((path) => KNOWN_PLACES.test(path) || payload.files.some((file) => file.path === path));
  if (place !== undefined) return known(`made of ${place}, which is known to others`);
  const program = makers.find((command) => KNOWN_PROGRAMS.test(command.program));
  if (program !== undefined) return known(`made of what ${program.program} prints, which is known to others`);
  const [only, ...more] = makers;
  if (only?.program === 'cat' && more.length === 0 && read.length === 1 && copies < MOST_COPIES)
    return fromFile(read[0], payload, copies + 1) ?? unknown(`${line}: what the key is made of is not shown`);
  const constant =
    makers.some(isConstant) && makers.every((command) => isConstant(command) || FILTERS.test(command.program));
  return constant
    ? known('a text that stands in the payload')
    : unknown(`${line}: what the key is made of is not shown`);
}

/** What clevis opens, as long as nothing but it makes the key: a sealed text of the payload on its standard input, or one that `cat` gives it. */
function unsealed(opened: Command, group: readonly Command[], payload: Payload): KeyOrigin {
  const before = group.slice(0, group.indexOf(opened));
  const plain = group.every((each) => each === opened || each.program === 'cryptsetup' || FILTERS.test(each.program));
  const files = [opened, ...before.filter(({ program }) => program === 'cat')].flatMap(readsFiles);
  const [path] = files;
  const text = files.length === 1 ? payload.files.find((file) => file.path === path)?.text.marked : undefined;
  const inline = opened.input !== undefined && 'text' in opened.input ? opened.input.text : undefined;
  const sealed = plain && before.length < 2 ? sealedKey(text ?? inline ?? '') : undefined;
  return sealed ?? unknown('clevis decrypt: who else can open what it is given is not shown');
}

/** A command that prints a text of the payload; its words are all determined. */
function isConstant({ program, args, input }: Command): boolean {
  if (SAYS.test(program)) return args.every((arg) => arg !== undefined);
  return input !== undefined && 'text' in input && input.text !== undefined;
}

function readsFiles({ args, input }: Command): string[] {
  const redirected = input !== undefined && 'path' in input ? [input.path] : [];
  return [...args, ...redirected]
    .flatMap((arg) => (arg === undefined ? [] : [arg.replace(/^if=/, '')]))
    .filter((arg) => arg.startsWith('/'));
}

function isRandom(command: Command): boolean {
  const { program, args } = command;
  if (program === 'openssl') return args[0] === 'rand';
  if (program === 'gpg') return args.includes('--gen-random');
  if (program === 'systemd-id128') return args[0] === 'new';
  if (program === 'uuidgen') return true;
  return (FILTERS.test(program) || program === 'dd') && readsFiles(command).some((path) => RANDOM_PLACES.test(path));
}

/** Bytes a command limits its output to, as far as it says: random(4), head(1), dd(1), openssl-rand(1). */
function sizeOf({ program, args }: Command): number[] {
  const words = args.map((arg) => arg ?? '?');
  const after = (...names: readonly string[]): string | undefined => {
    const at = words.findIndex((word) => names.includes(word));
    return at < 0 ? undefined : words[at + 1];
  };
  switch (program) {
    case 'head':
      return bytes(
        after('-c', '--bytes') ?? words.map((word) => /^(?:-c|--bytes=)(.+)$/.exec(word)?.[1]).find(Boolean),
      );
    case 'od':
      return bytes(after('-N') ?? words.map((word) => /^-N(.+)$/.exec(word)?.[1]).find(Boolean));
    case 'xxd':
      return bytes(after('-l'));
    case 'openssl':
    case 'gpg':
      return bytes(words.filter((word) => /^\d+$/.test(word)).pop() ?? '0');
    case 'dd': {
      const field = (name: string): string | undefined =>
        words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
      const [size = 512] = bytes(field('bs'));
      return bytes(field('count')).map((count) => count * size);
    }
    case 'uuidgen':
    case 'systemd-id128':
      return [LEAST_BYTES];
    default:
      return readsUuid(words) ? [LEAST_BYTES] : [];
  }
}

const readsUuid = (words: readonly string[]): boolean => words.some((word) => word.endsWith('/random/uuid'));

function bytes(text: string | undefined): number[] {
  if (text === undefined) return [];
  const found = /^(\d{1,9})([kKMG]?)B?$/.exec(text);
  return [found === null ? 0 : Number(found[1]) * (found[2] === '' ? 1 : 1024)];
}
