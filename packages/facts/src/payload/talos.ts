import type { Command, DiskAction, Hole, KeyOrigin, PayloadSetting } from '../types.ts';
import type { CloudConfig } from './cloud-config.ts';
import { hasHole, LONGEST_TEXT } from './marked.ts';
import { diskOf } from './talos-disk.ts';
import { at as entryOf, itemsOf, readYaml, textOf, YamlError, type YamlTree } from './yaml-tree.ts';

const DEEPEST = 40;
const MOST_DOCUMENTS = 100;
const CONFIG = '/system/state/config.yaml';

/** Whether user_data is a machine configuration of Talos Linux: one or several documents, each of which says its version. */
export function isTalos(text: string): boolean {
  return /^(version|apiVersion):\s*["']?v1alpha1\b/m.test(text) && /^(machine|cluster|kind):/m.test(text);
}

/**
 * What a machine configuration does to disks, as the steps it amounts to: volumes made on a disk, encrypted (LUKS2) or not, and where they are
 * mounted. Everything else in it is told as unread: it sets up no disk, and what Kubernetes schedules stands elsewhere.
 *
 * Sources: https://docs.siderolabs.com/talos/v1.12/configure-your-talos-cluster/storage-and-disk-management/disk-encryption (kinds of keys, names
 * of mappers), https://www.talos.dev/v1.11/reference/configuration/block/uservolumeconfig (mount below /var/mnt, partition label `u-<name>`).
 */
export function readTalos(text: string, holes: readonly Hole[], at: string): CloudConfig {
  const unread: { at: string; why: string; disks?: true }[] = [
    { at, why: 'a machine configuration of Talos: its volumes and hosts are read, nothing else', disks: true },
  ];
  const trees = documents(text, at, unread);
  const settings = trees.flatMap((tree) => settingsOf(tree));
  const system = trees.find((tree) => entryOf(tree, 'machine') !== undefined);
  const encryption = entryOf(entryOf(system, 'machine'), 'systemDiskEncryption');
  const steps = [
    ...machineDisks(entryOf(system, 'machine')),
    ...trees.flatMap((tree) => volumeSteps(tree, encryption)),
  ];
  const commands = steps.map((step) => command(step, at));
  const file = { path: CONFIG, text: { marked: text, holes }, permissions: undefined, owner: undefined, at };
  return { files: [file], bootcmd: [], runcmd: [], packages: [], settings, unread, keys: [], commands };
}

/** `---` at the start of a line ends a document, wherever it stands (YAML 1.2.2, §9.1.2). */
function documents(text: string, at: string, unread: { at: string; why: string }[]): YamlTree[] {
  if (text.length > LONGEST_TEXT) {
    unread.push({ at, why: `longer than ${LONGEST_TEXT} characters` });
    return [];
  }
  const parts = text.split(/^---(?=\s|$)/m);
  if (parts.length > MOST_DOCUMENTS) {
    unread.push({ at, why: `more than ${MOST_DOCUMENTS} documents` });
    return [];
  }
  let line = 0;
  return parts.flatMap((part): YamlTree[] => {
    const before = line;
    line += part.split('\n').length - 1;
    try {
      // Blank lines keep the numbers of lines, and what follows `---` on its line is part of the document.
      const tree =
        part.trim() === ''
          ? undefined
          : readYaml(`${'\n'.repeat(before)}${part.replace(/^[^\n]*/, (first) => first.trimStart())}`);
      return tree === undefined ? [] : [tree];
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      unread.push({ at, why: `YAML not understood: ${error.message}` });
      return [];
    }
  });
}

interface Step {
  readonly words: readonly string[];
  readonly line: number;
  readonly action: DiskAction;
  readonly keys?: readonly KeyOrigin[];
  readonly mentions?: readonly string[];
}

function command({ words, line, action, keys = [], mentions = [] }: Step, at: string): Command {
  const paths = ['device', 'target'].flatMap((key) => {
    const path = (action as { readonly [key: string]: string | undefined })[key];
    return path === undefined ? [] : [path];
  });
  return {
    program: 'Talos',
    programPath: undefined,
    args: words,
    at,
    line,
    always: true,
    guards: [],
    mentions: [...mentions, ...paths],
    writes: [],
    opaque: false,
    entry: at,
    declared: { action, keys },
  };
}

/** `machine.disks`: partitioned, formatted and mounted in plain, whatever `systemDiskEncryption` says. */
function machineDisks(machine: YamlTree | undefined): Step[] {
  return itemsOf(entryOf(machine, 'disks')).flatMap((disk) => {
    const device = textOf(entryOf(disk, 'device'));
    return itemsOf(entryOf(disk, 'partitions')).flatMap((partition) => {
      const target = textOf(entryOf(partition, 'mountpoint'));
      return plain({ device, target, name: 'machine.disks', line: disk.line });
    });
  });
}

interface Volume {
  readonly device: string | undefined;
  readonly target: string | undefined;
  readonly name: string;
  readonly line: number;
}

/** Where the volumes of the system itself are mounted; the rest of them keep nothing of anybody. */
const SYSTEM: ReadonlyMap<string, { readonly mount: string; readonly key: string }> = new Map([
  ['EPHEMERAL', { mount: '/var', key: 'ephemeral' }],
  ['STATE', { mount: '/system/state', key: 'state' }],
]);

function volumeSteps(tree: YamlTree, system: YamlTree | undefined): Step[] {
  const kind = textOf(entryOf(tree, 'kind'));
  const name = textOf(entryOf(tree, 'name')) ?? '';
  const own = entryOf(tree, 'encryption');
  const selector = textOf(entryOf(entryOf(entryOf(tree, 'provisioning'), 'diskSelector'), 'match'));
  const device = diskOf(selector);
  const base = { device, name: `${kind} ${name}`, line: tree.line };
  switch (kind) {
    case 'UserVolumeConfig': {
      if (textOf(entryOf(tree, 'volumeType')) === 'directory') return [];
      const volume = { ...base, target: `/var/mnt/${name}` };
      return own === undefined ? plain(volume) : encrypted(volume, `luks2-u-${name}`, own);
    }
    case 'RawVolumeConfig': {
      const volume = { ...base, target: undefined };
      // Handed on as it is: what a storage driver then writes there is not shown.
      if (own === undefined)
        return [
          {
            words: ['hands on', volume.name, device ?? '…'],
            line: tree.line,
            action: device === undefined ? { does: 'open-other', device } : { does: 'other' },
            ...(device === undefined ? {} : { mentions: [device] }),
          },
        ];
      return encrypted(volume, `luks2-r-${name}`, own);
    }
    case 'SwapVolumeConfig': {
      const volume = { ...base, target: undefined };
      return own === undefined ? plain(volume) : encrypted(volume, `luks2-s-${name}`, own);
    }
    case 'ExistingVolumeConfig': {
      const found = textOf(entryOf(entryOf(entryOf(tree, 'discovery'), 'volumeSelector'), 'match'));
      return [mounted({ ...base, device: diskOf(found), target: `/var/mnt/${name}` }, diskOf(found))];
    }
    case 'VolumeConfig': {
      // Without a selector it lies on the disk the system was installed on.
      if (selector === undefined) return [];
      const known = SYSTEM.get(name);
      const encryption = own ?? (known === undefined ? undefined : entryOf(system, known.key));
      const volume = { ...base, target: known?.mount };
      return encryption === undefined ? plain(volume) : encrypted(volume, `luks2-${name}`, encryption);
    }
    default:
      return [];
  }
}

function plain(volume: Volume): Step[] {
  const { device, name, line } = volume;
  return [
    { words: ['formats', name, device ?? '…'], line, action: { does: 'make-file-system', device } },
    mounted(volume, device),
  ];
}

function mounted({ target, name, line }: Volume, device: string | undefined): Step {
  return { words: ['mounts', name, device ?? '…', target ?? '…'], line, action: { does: 'mount', device, target } };
}

function encrypted(volume: Volume, mapper: string, encryption: YamlTree): Step[] {
  const { device, name, line } = volume;
  const provider = textOf(entryOf(encryption, 'provider'));
  if (provider !== 'luks2' || hasHole(mapper))
    return [
      {
        words: ['encrypts', name, `provider ${provider ?? 'unset'}`],
        line,
        action: { does: 'format-luks', device: undefined },
      },
    ];
  const keys = itemsOf(entryOf(encryption, 'keys')).map(keyOf);
  const none: KeyOrigin = { is: 'unknown', saw: 'no key is listed' };
  return [
    {
      words: ['encrypts', name, device ?? '…'],
      line,
      action: { does: 'format-luks', device },
      keys: keys.length === 0 ? [none] : keys,
    },
    { words: ['opens', name, device ?? '…', mapper], line, action: { does: 'open-luks', device, mapper } },
    mounted(volume, `/dev/mapper/${mapper}`),
  ];
}

/** The kinds of keys, and who else knows each: Talos' own words on its page about disk encryption. */
function keyOf(key: YamlTree): KeyOrigin {
  const kms = entryOf(key, 'kms');
  if (entryOf(key, 'static') !== undefined) return { is: false, saw: 'a static passphrase, which stands in user_data' };
  if (entryOf(key, 'nodeID') !== undefined)
    return { is: false, saw: 'nodeID, a key made of the UUID of the machine, which its provider knows' };
  if (kms !== undefined) {
    const endpoint = textOf(entryOf(kms, 'endpoint')) ?? '';
    return endpoint.startsWith('https://')
      ? { is: true, saw: `kms, a random key sealed over the network by ${endpoint}` }
      : {
          is: 'unknown',
          saw: `kms, a key sealed by ${endpoint === '' ? 'nobody' : endpoint}, which is not shown to be asked over TLS`,
        };
  }
  if (entryOf(key, 'tpm') !== undefined)
    return { is: 'unknown', saw: 'tpm, a key sealed to the TPM of a machine that is not shown to have one of its own' };
  return { is: 'unknown', saw: 'a key of a kind that is not known' };
}

/** What clocks and resolvers are called in cloud-init, so that both are found in one place. */
const ALIASES: readonly (readonly [RegExp, string])[] = [
  [/^machine\.time\.servers\[(\d+)\]$/, 'ntp.servers'],
  [/^machine\.network\.nameservers\[(\d+)\]$/, 'resolv_conf.nameservers'],
];

function settingsOf(tree: YamlTree): PayloadSetting[] {
  const found: PayloadSetting[] = [];
  const walk = (path: string, node: YamlTree, depth: number): void => {
    if (depth > DEEPEST) return;
    if (node.kind === 'map')
      for (const { key, value } of node.items) walk(path === '' ? key : `${path}.${key}`, value, depth + 1);
    else if (node.kind === 'seq')
      for (const [index, item] of node.items.entries()) walk(`${path}[${index}]`, item, depth + 1);
    else if (node.kind === 'text') {
      const alias = ALIASES.find(([form]) => form.test(path));
      const index = alias?.[0].exec(path)?.[1];
      found.push({ path: alias === undefined ? path : `${alias[1]}[${index}]`, text: node.text, line: node.line });
    }
  };
  walk('', tree, 0);
  return found;
}
