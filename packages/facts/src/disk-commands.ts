import { hasHole, holesIn, wholeHole } from './payload/marked.ts';
import type { Command, DiskAction, Hole } from './types.ts';

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
    'sync',
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
  'resize',
  'luksSuspend',
  'luksResume',
  'luksErase',
  'erase',
  'luksConvertKey',
  'convert',
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
  if (command.declared !== undefined) return command.declared.action;
  // A program of the payload by that name is followed itself.
  if (command.followed === true) return { does: 'harmless' };
  if (program === 'cryptsetup') return cryptsetup(args);
  if (program === 'clevis') return clevis(args);
  if (program.startsWith('clevis-luks-')) return clevis(['luks', program.slice('clevis-luks-'.length), ...args]);
  if (program === 'systemd-cryptsetup') return attach(args);
  if (/^mkfs(\..+)?$|^mke2fs$|^mkswap$|^pvcreate$|^zpool$|^mdadm$|^vgcreate$/.test(program))
    return { does: 'make-file-system', device: deviceAmong(args) };
  // A partition table keeps nothing of anybody; what is then made on a partition names it.
  if (/^(parted|sgdisk|sfdisk|fdisk)$/.test(program) && command.writes.length === 0)
    return args.every((arg) => arg !== undefined && !/^(mkfs|mkpartfs|cp)$/.test(arg))
      ? { does: 'harmless' }
      : { does: 'other' };
  if (program === 'mount') return mount(args);
  if (program === 'umount') return unmount(args);
  if (program === 'dmsetup') return deviceMapper(args);
  if (program === 'swapon') return { does: 'mount', device: deviceAmong(args), target: undefined };
  if (command.writes.length > 0) return { does: 'other' };
  return HARMLESS.has(program) ? { does: 'harmless' } : { does: 'other' };
}

/** The words and options of a call of cryptsetup. */
export function cryptsetupCall(args: readonly (string | undefined)[]): ReturnType<typeof split> {
  return split(args, CRYPTSETUP_VALUED);
}

function cryptsetup(args: readonly (string | undefined)[]): DiskAction {
  const { words, options } = split(args, CRYPTSETUP_VALUED);
  const [action, first, second] = words;
  const type = options.has('--type') ? options.get('--type') : options.get('-M');
  const typed = options.has('--type') || options.has('-M');
  const luks = !typed || (type !== undefined && LUKS_TYPES.has(type));
  if (ONLY_SAYS.some((option) => options.has(option))) return { does: 'harmless' };
  const format = (): DiskAction => {
    if (!['--cipher', '-c'].some((option) => options.has(option))) return { does: 'format-luks', device: first };
    const cipher = options.get('--cipher') ?? options.get('-c');
    if (cipher === undefined) return { does: 'format-luks', device: undefined };
    return NO_CIPHER.test(cipher) ? { does: 'decrypt', device: first } : { does: 'format-luks', device: first };
  };
  switch (action) {
    case 'luksFormat':
      return format();
    case 'format':
      return typed && luks ? format() : { does: 'other' };
    case 'reencrypt': {
      const cipher = options.get('--cipher') ?? options.get('-c') ?? '';
      const weakens = options.has('--decrypt') || NO_CIPHER.test(cipher);
      return weakens ? { does: 'decrypt', device: first } : { does: 'harmless' };
    }
    case 'close':
    case 'luksClose':
    case 'remove':
      return { does: 'close', mapper: first };
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

/** dmsetup(8): what makes or changes a mapping does so without LUKS. */
function deviceMapper(args: readonly (string | undefined)[]): DiskAction {
  const [verb, name] = args.filter((arg) => arg === undefined || !arg.startsWith('-'));
  if (verb === 'remove') return { does: 'close', mapper: name };
  return verb !== undefined && /^(info|ls|status|table|targets|version|deps|mknodes|udev\w+)$/.test(verb)
    ? { does: 'harmless' }
    : { does: 'open-other', device: undefined };
}

/** umount(8): by directory or by device; `-a` is all of them. */
function unmount(args: readonly (string | undefined)[]): DiskAction {
  const { words } = split(args, new Set(['-t', '-O', '--types', '--test-opts', '-N']));
  return { does: 'unmount', target: words.length === 1 ? words[0] : undefined };
}

function mount(args: readonly (string | undefined)[]): DiskAction {
  const { words, options } = split(
    args,
    new Set(['-o', '-t', '-O', '-L', '-U', '--options', '--types', '--label', '--source', '--target']),
  );
  if (args.some((arg) => arg !== undefined && /^(-a|--all|--make-.*|--fake|-[nvrwis]*f[nvrwis]*)$/.test(arg)))
    return { does: 'harmless' };
  if (/(^|,)remount(,|$)/.test(options.get('-o') ?? options.get('--options') ?? '')) return { does: 'harmless' };
  const source = options.get('--source') ?? words[0];
  const target = options.get('--target') ?? words[words.length - 1];
  if (args.some((arg) => arg === '--move' || arg === '-M')) return { does: 'unmount', target: source };
  const type = options.get('-t') ?? options.get('--types') ?? '';
  return { does: 'mount', device: WITHOUT_DEVICE.has(type) ? type : source, target };
}

/** Options with which cryptsetup(8) only prints. */
const ONLY_SAYS = [
  '--help',
  '-?',
  '--usage',
  '--version',
  '-V',
  '--test-args',
  '--dump-master-key',
  '--dump-volume-key',
];
/** The kernel's cipher that leaves everything as it is. */
const NO_CIPHER = /^(capi:)?(cipher_)?null\b|^cipher_null/i;
/** File systems that lie on no device of their own: mount(8), FILESYSTEM-SPECIFIC MOUNT OPTIONS. */
const WITHOUT_DEVICE = new Set([
  'tmpfs',
  'ramfs',
  'proc',
  'sysfs',
  'overlay',
  'cgroup2',
  'devtmpfs',
  'nfs',
  'nfs4',
  'cifs',
]);

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
    } else if (arg !== undefined && /^-[A-Za-z]./.test(arg) && valued.has(arg.slice(0, 2))) {
      options.set(arg.slice(0, 2), arg.slice(2));
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
