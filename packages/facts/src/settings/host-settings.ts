import { perObject } from '../memo.ts';
import { unmark } from '../payload/marked.ts';
import { parseUnitFile } from '../payload/unit-file.ts';
import type { Payload, PayloadFile } from '../types.ts';
import { firewallOf } from './firewall.ts';
import { sshdSettings } from './sshd.ts';
import { swapOf } from './swap.ts';
import type { HostSetting, HostSettings, NamedHost } from './types.ts';
import { updatesOf } from './updates.ts';

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
    sshd: payload.files.length === 0 && payload.settings.length === 0 ? NO_SETTING : sshdSettings(payload),
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

const NO_SETTING: ReadonlyMap<string, HostSetting> = new Map();

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
