import type { Reason } from '@lukko/terraform-model';
import { perObject } from '../memo.ts';
import { sshdSettings } from '../payload/config-files.ts';
import { unmark } from '../payload/marked.ts';
import { parseUnitFile } from '../payload/unit-file.ts';
import type { Payload, PayloadFile, Statement } from '../types.ts';
import { firewallOf } from './firewall.ts';
import type { HostSetting, HostSettings, NamedHost } from './types.ts';

/** What a server's payload says of the host's settings. Never throws; what is not shown is stated as unknown. */
export function hostSettingsOf(payload: Payload): HostSettings {
  const whole =
    payload.state !== 'unknown' && payload.unread.length === 0 && !payload.commands.some((command) => command.opaque);
  const named = (...positions: readonly string[]): readonly NamedHost[] =>
    payload.hosts
      .filter((each) => positions.includes(each.position) && !each.implicit)
      .map(({ text, at, line }) => ({ host: unmark(text, payload.holes), at, line }));
  return {
    server: payload.server,
    payload,
    whole,
    firewall: firewallOf(payload),
    sshd: sshdOf(payload.files),
    clocks: named('clock'),
    resolvers: named('resolver'),
    mailRelays: named('mail relay'),
    packageSources: named('package source'),
    logTargets: named('log target'),
    journal: journalOf(payload.files),
    kernel: kernelOf(payload.files),
    noSwap: swapOf(payload, whole),
    automaticUpdates: updatesOf(payload, whole),
  };
}

/** In the order in which systemd reads them: the file itself, then drop-ins by name, the later wins. */
function inOrder(files: readonly PayloadFile[], place: RegExp): PayloadFile[] {
  const name = ({ path }: PayloadFile): string => path.slice(path.lastIndexOf('/') + 1);
  return files
    .filter(({ path }) => place.test(path))
    .sort((left, right) => {
      const dropIn = Number(left.path.includes('.d/')) - Number(right.path.includes('.d/'));
      return dropIn !== 0 ? dropIn : name(left) < name(right) ? -1 : 1;
    });
}

const journalOf = perObject((files: readonly PayloadFile[]): ReadonlyMap<string, HostSetting> => {
  const found = new Map<string, HostSetting>();
  for (const { text, at } of inOrder(files, /^\/(etc|run|usr\/lib)\/systemd\/journald\.conf(\.d\/[^/]+\.conf)?$/))
    for (const { section, key, value, line } of parseUnitFile(text.marked))
      if (section === 'Journal') found.set(key, { value, at, line });
  return found;
});

const kernelOf = perObject((files: readonly PayloadFile[]): ReadonlyMap<string, HostSetting> => {
  const found = new Map<string, HostSetting>();
  for (const { text, at } of inOrder(files, /^\/etc\/sysctl\.(conf|d\/[^/]+\.conf)$/)) {
    for (const [index, line] of text.marked.split('\n').entries()) {
      const [, name, value] = /^\s*-?([A-Za-z][\w./-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined)
        found.set(name.replaceAll('/', '.'), { value, at, line: index + 1 });
    }
  }
  return found;
});

/** What is not read has the same files everywhere, none: then they are looked through once. */
const sshdOf = perObject(sshdSettings);

const CLAIM_SWAP = 'memory is not swapped to a disk';

/** swapon(8) by a command, a swap file of cloud-init, a `.swap` unit, a line of fstab; Hetzner's images bring none. */
function swapOf(payload: Payload, whole: boolean): Statement {
  const commands = payload.commands.flatMap((command): Reason[] => {
    if (command.program !== 'swapon') return [];
    const valued = /^(-p|--priority|-o|--options)$/;
    const on = command.args.filter(
      (arg, index) => arg === undefined || (!arg.startsWith('-') && !valued.test(command.args[index - 1] ?? '')),
    );
    // In memory itself, compressed: https://docs.kernel.org/admin-guide/blockdev/zram.html
    const memory = on.length > 0 && on.every((arg) => arg !== undefined && /^\/dev\/zram\d+$/.test(arg));
    return memory
      ? []
      : [{ at: `${command.at}:${command.line}`, saw: `swapon ${on.map((arg) => arg ?? '…').join(' ')}`.trim() }];
  });
  const tables = payload.files
    .filter(({ path }) => path === '/etc/fstab')
    .flatMap(({ text, at }) =>
      text.marked.split('\n').flatMap((line, index): Reason[] => {
        const [device = '', , type] = line.trim().split(/\s+/);
        return type === 'swap' && !device.startsWith('#') && !/^\/dev\/zram/.test(device)
          ? [{ at: `${at}:${index + 1}`, saw: `swap on ${device}` }]
          : [];
      }),
    );
  const units = payload.units
    .filter(({ name, started }) => name.endsWith('.swap') && started)
    .map(({ name, file }): Reason => ({ at: file.at, saw: name }));
  const found = [...commands, ...tables, ...units];
  if (found.length > 0) return { claim: CLAIM_SWAP, is: false, because: found };
  return absent(CLAIM_SWAP, payload, whole, 'nothing turns swap on', true);
}

const CLAIM_UPDATES = 'security updates are installed by themselves';
const PERIODIC = ['APT::Periodic::Update-Package-Lists', 'APT::Periodic::Unattended-Upgrade'] as const;

/** unattended-upgrade(8): the package, and apt.conf(5) with both periodic steps on (what Debian's 20auto-upgrades sets). */
function updatesOf(payload: Payload, whole: boolean): Statement {
  const settings = new Map<string, HostSetting>();
  for (const { text, at } of inOrder(payload.files, /^\/etc\/apt\/apt\.conf(\.d\/[^/]+)?$/))
    for (const [index, line] of text.marked.split('\n').entries()) {
      const [, key, value = ''] = /^\s*(APT::Periodic::[\w-]+)\s+"([^"]*)"\s*;/.exec(line) ?? [];
      if (key !== undefined) settings.set(key, { value, at, line: index + 1 });
    }
  const off = PERIODIC.flatMap((key): Reason[] => {
    const setting = settings.get(key);
    return setting !== undefined && /^(0|false|)$/.test(setting.value)
      ? [{ at: `${setting.at}:${setting.line}`, saw: `${key} "${setting.value}"` }]
      : [];
  });
  if (off.length > 0) return { claim: CLAIM_UPDATES, is: false, because: off };
  const on = PERIODIC.flatMap((key): Reason[] => {
    const setting = settings.get(key);
    return setting === undefined ? [] : [{ at: `${setting.at}:${setting.line}`, saw: `${key} "${setting.value}"` }];
  });
  const installed = payload.packages.includes('unattended-upgrades');
  if (on.length === PERIODIC.length && installed) {
    const because = [...on, { at: `${payload.attr.at}:packages`, saw: 'unattended-upgrades' }];
    return whole
      ? { claim: CLAIM_UPDATES, is: true, because }
      : {
          claim: CLAIM_UPDATES,
          is: 'unknown',
          because: because.map((each): Reason => ({ ...each, causes: ['function'] })),
        };
  }
  const missing = installed ? 'no apt.conf that turns both periodic steps on' : 'unattended-upgrades is not installed';
  return absent(CLAIM_UPDATES, payload, whole, missing, false);
}

/** What is not there, which only a payload that was read whole shows. `is`: what its absence makes of the claim. */
function absent(claim: string, payload: Payload, whole: boolean, saw: string, is: boolean): Statement {
  const reason: Reason = { at: payload.attr.at, saw };
  if (payload.state === 'unknown') return { claim, is: 'unknown', because: [{ ...reason, causes: payload.causes }] };
  if (whole) return { claim, is, because: [reason] };
  const unread = payload.unread
    .slice(0, 5)
    .map(({ at, why }): Reason => ({ at, saw: `not read: ${why}`, causes: ['function'] }));
  return { claim, is: 'unknown', because: [{ ...reason, causes: ['function'] }, ...unread] };
}
