import {
  type Command,
  type Facts,
  hostsOf,
  type Location,
  locationOf,
  type Payload,
  type ServerFacts,
} from '@lukko/facts';
import { all, any, no, rule, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import { resticOnly } from './shared/data-services.ts';
import { cloudConfig, encryptedVolumeFiles, startVolume } from './shared/example-payloads.ts';
import { attachment, hcloud, server, volume } from './shared/examples.ts';
import { asSetUp, legible, missing } from './shared/host-setup.ts';
import { forgetAfter } from './shared/kept-for.ts';
import { fit, short } from './shared/message.ts';
import { objectStorageAt } from './shared/object-storage.ts';
import { addressOf } from './shared/words.ts';

const TIMER = ['systemctl', 'enable', '--now', 'backup.timer'];
const backed = (script: string | undefined, userData?: string, start: readonly string[] = TIMER) =>
  hcloud(
    {
      hcloud_volume: { data: volume() },
      hcloud_volume_attachment: { data: attachment() },
      hcloud_server: {
        host: server({
          user_data:
            userData ??
            cloudConfig(
              {
                ...encryptedVolumeFiles('/dev/disk/by-id/scsi-0HC_Volume_${hcloud_volume.data.id}'),
                ...(script === undefined
                  ? {}
                  : {
                      '/usr/local/lib/backup': `#!/bin/sh\nset -eu\n${script}\n`,
                      '/etc/systemd/system/backup.service': '[Service]\nExecStart=/usr/local/lib/backup\n',
                      '/etc/systemd/system/backup.timer':
                        '[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n',
                    }),
              },
              [startVolume, ...(script === undefined ? [] : [start])],
            ),
        }),
      },
    },
    userData === undefined ? {} : { variable: { payload: { type: 'string' } } },
  );
const bucket = (location: string) =>
  `export RESTIC_REPOSITORY=s3:https://${location}.your-objectstorage.com/lukko-backups\nrestic backup /srv/lukko`;

export const dataVolumesBackedUp = rule({
  id: 'data-volumes-backed-up',
  title: 'Data volumes are backed up to another location',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.13', 'ISO27001:2022/A.8.14', 'ISO27001:2022/A.5.29', 'GDPR/32(1)(c)', 'NIS2/21(2)(c)'],
  rationale:
    'Hetzner copies no volume: what its disk or its data centre takes with it is gone. A backup counts where the host that has the volume mounted makes it, encrypted, again and again, and where it lies in another location than the volume.',
  remediation:
    'Let a timer of the host run restic backup over the mount, into a repository that stands in another location',
  sources: ['https://docs.hetzner.com/cloud/volumes/faq', 'https://restic.readthedocs.io/en/stable/040_backup.html'],
  appliesTo: ['volume'],
  check: ({ resource, mount, attachment }, facts) => {
    const attached = shown(attachment);
    if (attached.is !== true) return attached;
    const sure = hostsOf(resource, facts).filter(({ certainty }) => certainty === 'certain');
    const hosts = [...new Set(sure.map(({ server }) => server))];
    const location = locationOf(resource.attr('location').text ?? hosts[0]?.resource.attr('location').text ?? '');
    const copies = hosts.map((host) => any([storeItself(host), asSetUp(host, backedUp(host, mount, location, facts))]));
    return copies.length > 0
      ? any(copies)
      : unknown({ at: resource.id, saw: 'a server that is not certain', causes: ['possible'] });
  },
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to be backed up to another location`)
      : fit(`${addressOf(resource)} is not backed up to another location: ${truth.because.at(-1)?.saw}`),
  examples: [
    { name: 'a bucket in another location', verdict: 'pass', terraform: backed(bucket('fsn1')) },
    { name: 'a bucket in the same location', verdict: 'fail', terraform: backed(bucket('hel1')) },
    {
      name: "another operator's bucket in another country",
      verdict: 'pass',
      terraform: backed(
        'export RESTIC_REPOSITORY=s3:https://s3.gra.io.cloud.ovh.net/lukko-backups\nrestic backup /srv/lukko',
      ),
    },
    { name: 'no backup', verdict: 'fail', terraform: backed(undefined) },
    {
      name: 'one backup, when the server is made',
      verdict: 'fail',
      terraform: backed(bucket('fsn1'), undefined, ['/usr/local/lib/backup']),
    },
    {
      name: 'a backup without a password',
      verdict: 'fail',
      terraform: backed(bucket('fsn1').replace('restic backup', 'restic backup --insecure-no-password')),
    },
    {
      name: 'backups that are all removed again',
      verdict: 'fail',
      terraform: backed(`${bucket('fsn1')}\nrestic forget --keep-last 0 --unsafe-allow-remove-all --prune`),
    },
    {
      name: 'a repository nobody knows the place of',
      verdict: 'unknown',
      terraform: backed('restic -r rest:https://backups.lukko.example/host backup /srv/lukko'),
    },
    {
      name: 'a payload that a variable without value holds',
      verdict: 'unknown',
      terraform: backed(undefined, '${var.payload}'),
    },
  ],
});

/** The host that keeps the backups of all others: what lies there is the copy. */
function storeItself(host: ServerFacts): Truth {
  const serves = host.payload.commands.some(({ program, args }) => program === 'rclone' && args[1] === 'restic');
  return serves ? resticOnly(host) : no({ at: host.resource.id, saw: 'no store of backups' });
}

function backedUp(
  { resource, payload }: ServerFacts,
  mount: string | undefined,
  own: Location | undefined,
  facts: Facts,
): Truth {
  const settings = facts.hostSettings(resource);
  const below = (text: string | undefined): boolean =>
    mount !== undefined && text !== undefined && (text === mount || text.startsWith(`${mount}/`));
  const backups = payload.commands.filter(
    ({ program, args }) => program === 'restic' && args.includes('backup') && args.some(below),
  );
  const backup = backups.find((each) => again(each, payload) === 'yes') ?? backups[0];
  if (backup === undefined) {
    const partly = payload.commands.find(({ program, args }) => program === 'restic' && args.includes('backup'));
    if (partly !== undefined && (mount === undefined || partly.args.includes(undefined)))
      return unknown({
        at: `${partly.at}:${partly.line}`,
        saw: 'restic backup of what is not known',
        causes: ['function'],
      });
    return missing(settings, `nothing runs restic backup over ${mount ?? 'its mount'}`);
  }
  const found = repositories(payload);
  const where = `${backup.at}:${backup.line}`;
  const nothing = backup.args.find((arg) => /^(--dry-run|-n|--insecure-no-password)$/.test(arg ?? ''));
  if (nothing !== undefined) return no({ at: where, saw: `restic backup ${nothing}` });
  const left = backup.args.find((arg) =>
    /^(-e|--exclude|--iexclude|--exclude-file|--exclude-larger-than)(=|$)/.test(arg ?? ''),
  );
  if (left !== undefined) return unknown({ at: where, saw: `restic backup with ${left}`, causes: ['function'] });
  const emptied = payload.commands.find(
    ({ program, args }) => program === 'restic' && args.includes('forget') && forgetAfter(args) === 0,
  );
  if (emptied !== undefined)
    return no({
      at: `${emptied.at}:${emptied.line}`,
      saw: 'restic forget --unsafe-allow-remove-all keeps none of them',
    });
  const often = again(backup, payload);
  if (often === 'no') return no({ at: where, saw: 'restic backup runs once, when the server is made' });
  const made =
    often === 'yes'
      ? yes({ at: where, saw: 'restic backup over its mount' })
      : unknown({ at: where, saw: 'restic backup, and what starts it again is not shown', causes: ['function'] });
  if (found.length === 0)
    return unknown({ at: backup.at, saw: 'a repository that is not known', causes: ['function'] });
  return all([made, ...found.map(({ host, at }) => elsewhere(host, at, own, facts))]);
}

/** Whether a command is run again and again: by a timer that is started, or by cron; what cloud-init runs, it runs once. */
function again({ entry = '' }: Command, { attr, units }: Payload): 'yes' | 'no' | 'perhaps' {
  if (/^\/(etc|var\/spool)\/(ana)?cron/.test(entry)) return 'yes';
  if (entry === '' || entry === `${attr.at}:runcmd` || entry === `${attr.at}:bootcmd`) return 'no';
  const timed = units.some(
    ({ name, started, entries }) =>
      started &&
      name.endsWith('.timer') &&
      entry ===
        (entries.findLast(({ section, key }) => section === 'Timer' && key === 'Unit')?.value ??
          name.replace(/timer$/, 'service')),
  );
  return timed ? 'yes' : 'perhaps';
}

const REPOSITORY = /^\s*(?:export\s+)?\w*REPOSITORY=["']?((?:rest|s3):https?:[^\s"']+)/;

/** The lines of a text that have a word in them; most files have none, and are not taken apart. */
const linesWith = (word: string, text: string): readonly string[] =>
  text.includes(word) ? text.split('\n').filter((line) => line.includes(word)) : [];

/** Hosts of every repository that a file or an option names: restic.readthedocs.io, "Preparing a new repository". */
function repositories({ files, commands }: Payload): readonly { readonly host: string; readonly at: string }[] {
  const texts = [
    ...files.flatMap(({ text, at }) =>
      linesWith('REPOSITORY=', text.marked).flatMap((line) => {
        const value = REPOSITORY.exec(line)?.[1];
        return value === undefined ? [] : [{ value, at }];
      }),
    ),
    ...commands.flatMap(({ program, args, at }) =>
      program !== 'restic'
        ? []
        : args.flatMap((arg, index) =>
            /^(-r|--repo)$/.test(args[index - 1] ?? '') && arg !== undefined ? [{ value: arg, at }] : [],
          ),
    ),
  ];
  return texts.map(({ value, at }) => ({ host: /^\w+:https?:\/\/(?:[^/@]*@)?([^/:]+)/.exec(value)?.[1] ?? '', at }));
}

/** Whether a repository stands in another location: by Hetzner's name of the bucket's location, or by the server that answers there. */
function elsewhere(host: string, at: string, own: Location | undefined, facts: Facts): Truth {
  const name = short(legible(host), 60);
  const bucket = /^(?:[^.]+\.)?([a-z]{3}\d)\.your-objectstorage\.com$/.exec(host)?.[1];
  // Another operator's region has a country, if not a location of Hetzner's: another one is another place.
  const abroad = bucket === undefined ? objectStorageAt(host) : undefined;
  if (abroad?.country !== undefined && own !== undefined && abroad.country !== own.country)
    return yes({ at, saw: `repository at ${name}, in ${abroad.country} (${abroad.source})` });
  const stores = answering(facts).get(host) ?? [];
  const places = bucket !== undefined ? [bucket] : stores.map(({ resource }) => resource.attr('location').text);
  const [first] = places.map((place) => locationOf(place ?? ''));
  if (places.length !== 1 || first === undefined || own === undefined)
    return unknown({ at, saw: `repository at ${name}, whose location is not known`, causes: ['outside'] });
  return first.name === own.name
    ? no({ at, saw: `repository at ${name}, in ${first.name} as the volume is` })
    : yes({ at, saw: `repository at ${name}, in ${first.name}` });
}

const served = new WeakMap<Facts, ReadonlyMap<string, readonly ServerFacts[]>>();

/** Servers by the names their sites answer to, looked up once for all. */
function answering(facts: Facts): ReadonlyMap<string, readonly ServerFacts[]> {
  const known = served.get(facts);
  if (known !== undefined) return known;
  const found = new Map<string, ServerFacts[]>();
  for (const server of facts.servers) {
    const names = server.payload.sites.flatMap(({ addresses }) =>
      addresses.map((one) => one.replace(/^https:\/\//, '').replace(/:\d+$/, '')),
    );
    for (const name of new Set(names)) {
      const same = found.get(name);
      if (same === undefined) found.set(name, [server]);
      else same.push(server);
    }
  }
  served.set(facts, found);
  return found;
}
