import { hasHole, holesIn, wholeHole } from './payload/marked.ts';
import type { Command, Hole } from './types.ts';

/** What a command does to a block device, as far as its words tell. */
export type DiskAction =
  | { readonly does: 'format-luks'; readonly device: string | undefined }
  | { readonly does: 'open-luks'; readonly device: string | undefined; readonly mapper: string | undefined }
  /** Opens it so that what is written is not kept by LUKS: `--type plain`. */
  | { readonly does: 'open-other'; readonly device: string | undefined }
  | { readonly does: 'make-file-system'; readonly device: string | undefined }
  | { readonly does: 'mount'; readonly device: string | undefined; readonly target: string | undefined }
  /** Reads or labels it, changes key slots, or wipes it: nothing readable is stored. */
  | { readonly does: 'harmless' }
  | { readonly does: 'other' };

const HARMLESS = new Set([
  ...[
    'blkid',
    'lsblk',
    'udevadm',
    'readlink',
    'realpath',
    'stat',
    'ls',
    'test',
    '[',
    'echo',
    'printf',
    'logger',
    'systemd-cat',
    'file',
    'grep',
    'sed',
    'awk',
    'cat',
    'sleep',
    'mountpoint',
    'findmnt',
    'blockdev',
  ],
  ...[
    'wipefs',
    'blkdiscard',
    'systemd-notify',
    'systemctl',
    'chmod',
    'chown',
    'mkdir',
    'rm',
    'umount',
    'sync',
    'dmsetup',
    'age',
    'jose',
    'fstrim',
    'partprobe',
    'head',
    'tail',
    'tr',
    'cut',
    'basename',
    'dirname',
    'hexdump',
    'od',
    'cmp',
    'timedatectl',
  ],
]);
const LUKS_TYPES = new Set(['luks', 'luks1', 'luks2', undefined]);
const KEEPS_KEYS = new Set([
  'isLuks',
  'luksDump',
  'luksUUID',
  'luksAddKey',
  'luksRemoveKey',
  'luksKillSlot',
  'luksChangeKey',
  'luksHeaderBackup',
  'status',
  'token',
  'config',
  'close',
  'luksClose',
  'resize',
  'luksSuspend',
  'luksResume',
  'luksErase',
  'erase',
  'reencrypt',
  'luksConvertKey',
  'convert',
  'remove',
]);

/** Options of cryptsetup(8) that take a value as the next word. */
const CRYPTSETUP_VALUED = new Set(
  '--type -M --cipher -c --hash -h --key-size -s --key-file -d --new-keyfile --key-slot -S --keyfile-size -l --keyfile-offset --iter-time -i --pbkdf --pbkdf-memory --pbkdf-parallel --pbkdf-force-iterations --label --subsystem --uuid --sector-size --header --timeout -t --tries -T --volume-key-file --master-key-file --token-id --token-type --align-payload --offset -o --skip -p --size -b --priority --integrity --luks2-metadata-size --luks2-keyslots-size --json-file --persistent-type --keyslot-cipher --keyslot-key-size --external-tokens-path'.split(
    ' ',
  ),
);

/**
 * Reads the commands that matter for encryption at rest: cryptsetup(8), clevis-luks-unlock(1), systemd-cryptsetup(8), mkfs(8),
 * mount(8). A word that is not determined gives a device that is not determined, never none.
 */
export function diskAction(command: Command): DiskAction {
  const { program, args } = command;
  if (program === 'cryptsetup') return cryptsetup(args);
  if (program === 'clevis') return clevis(args);
  if (program.startsWith('clevis-luks-')) return clevis(['luks', program.slice('clevis-luks-'.length), ...args]);
  if (program === 'systemd-cryptsetup') return attach(args);
  if (/^mkfs(\..+)?$|^mke2fs$|^mkswap$|^pvcreate$|^zpool$|^mdadm$|^vgcreate$/.test(program))
    return { does: 'make-file-system', device: deviceAmong(args) };
  if (program === 'mount') return mount(args);
  if (program === 'swapon') return { does: 'mount', device: deviceAmong(args), target: undefined };
  if (command.writes.length > 0) return { does: 'other' };
  return HARMLESS.has(program) ? { does: 'harmless' } : { does: 'other' };
}

function cryptsetup(args: readonly (string | undefined)[]): DiskAction {
  const { words, options } = split(args, CRYPTSETUP_VALUED);
  const [action, first, second] = words;
  const type = options.has('--type') ? options.get('--type') : options.get('-M');
  const typed = options.has('--type') || options.has('-M');
  const luks = !typed || (type !== undefined && LUKS_TYPES.has(type));
  switch (action) {
    case 'luksFormat':
      return { does: 'format-luks', device: first };
    case 'format':
      return typed && luks ? { does: 'format-luks', device: first } : { does: 'other' };
    case 'luksOpen':
      return { does: 'open-luks', device: first, mapper: second };
    case 'open':
      if (options.has('--test-passphrase')) return { does: 'harmless' };
      return luks ? { does: 'open-luks', device: first, mapper: second } : { does: 'open-other', device: first };
    case 'create':
    case 'plainOpen':
    case 'loopaesOpen':
    case 'tcryptOpen':
      return { does: 'open-other', device: action === 'create' ? second : first };
    default:
      return action !== undefined && KEEPS_KEYS.has(action) ? { does: 'harmless' } : { does: 'other' };
  }
}

function clevis(args: readonly (string | undefined)[]): DiskAction {
  const { words, options } = split(args, new Set(['-d', '-n', '-k', '-s', '-t', '-o', '-e']));
  if (words[0] !== 'luks') return { does: 'harmless' };
  if (words[1] !== 'unlock') return { does: 'harmless' };
  // Without -n clevis opens it as luks-<uuid>, a name nobody can know before.
  return { does: 'open-luks', device: options.get('-d'), mapper: options.get('-n') };
}

function attach(args: readonly (string | undefined)[]): DiskAction {
  const [verb, mapper, device, kind, options] = args;
  if (verb !== 'attach') return { does: 'harmless' };
  const plain = [kind, options].some((text) => /(^|,)(plain|swap|tcrypt|bitlk)(,|=|$)/.test(text ?? ''));
  return plain ? { does: 'open-other', device } : { does: 'open-luks', device, mapper };
}

function mount(args: readonly (string | undefined)[]): DiskAction {
  const { words, options } = split(
    args,
    new Set(['-o', '-t', '-O', '-L', '-U', '--options', '--types', '--label', '--source', '--target']),
  );
  if (args.some((arg) => arg !== undefined && /^(-a|--all|--bind|--rbind|--move|--make-.*)$/.test(arg)))
    return { does: 'harmless' };
  if (/(^|,)(remount|r?bind)(,|$)/.test(options.get('-o') ?? options.get('--options') ?? ''))
    return { does: 'harmless' };
  const source = options.get('--source') ?? words[0];
  const target = options.get('--target') ?? words[words.length - 1];
  if (['tmpfs', 'proc', 'sysfs', 'overlay', 'cgroup2', 'devtmpfs'].includes(options.get('-t') ?? ''))
    return { does: 'harmless' };
  return { does: 'mount', device: source, target };
}

/** Positional words and the values of options that take one; `--name=value` too. */
function split(
  args: readonly (string | undefined)[],
  valued: ReadonlySet<string>,
): { words: (string | undefined)[]; options: Map<string, string | undefined> } {
  const words: (string | undefined)[] = [];
  const options = new Map<string, string | undefined>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index];
    const long = /^(--[a-z0-9-]+)=([^]*)$/.exec(arg ?? '');
    if (long?.[1] !== undefined) {
      options.set(long[1], long[2]);
    } else if (arg !== undefined && valued.has(arg)) {
      index += 1;
      options.set(arg, args[index]);
    } else if (arg?.startsWith('-') === true && arg !== '-') {
      options.set(arg, undefined);
    } else {
      words.push(arg);
    }
  }
  return { words, options };
}

/** The word that names a device: one below /dev, a hole, or not determined when no such word is seen. */
function deviceAmong(args: readonly (string | undefined)[]): string | undefined {
  return (
    args.find((arg) => arg !== undefined && /^(\/dev\/|UUID=|LABEL=|PARTUUID=)/.test(arg)) ??
    args.find((arg) => arg !== undefined && hasHole(arg))
  );
}

const BY_ID = '/dev/disk/by-id/scsi-0HC_Volume_';

/** Which volume a device word names: a volume's id, `other` device for certain, or nothing that can be told. */
export function volumeNamed(
  word: string | undefined,
  holes: readonly Hole[],
  byKnownId: ReadonlyMap<string, string>,
): { volume: string } | 'other' | undefined {
  if (word === undefined) return undefined;
  const whole = wholeHole(word, holes);
  if (whole !== undefined)
    return whole.target !== undefined && whole.attribute === 'linux_device' ? { volume: whole.target } : undefined;
  if (word.startsWith(BY_ID)) {
    const rest = word.slice(BY_ID.length).replace(/-part\d+$/, '');
    const [hole] = holesIn(rest, holes);
    if (hole !== undefined)
      return hole.mark === rest && hole.target !== undefined && hole.attribute === 'id'
        ? { volume: hole.target }
        : undefined;
    return { volume: byKnownId.get(rest) ?? `unknown volume ${rest}` };
  }
  if (hasHole(word)) return undefined;
  if (/^\/dev\/(mapper|zram|loop|shm|null|vda|sda|nvme)/.test(word)) return 'other';
  if (/^\/dev\/|^(UUID|LABEL|PARTUUID|PARTLABEL)=/.test(word)) return undefined;
  return 'other';
}
