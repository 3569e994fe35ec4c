import type { Reason } from '@lukko/terraform-model';
import { hasHole } from '../payload/marked.ts';
import type { Command, Payload, Statement } from '../types.ts';
import { absent } from './absent.ts';
import { type AptConf, readAptConf } from './apt-conf.ts';
import type { HostSetting } from './types.ts';
import { turnedOff } from './units-off.ts';

const CLAIM = 'security updates are installed by themselves';
const PACKAGE = 'unattended-upgrades';
const PERIODIC = ['APT::Periodic::Update-Package-Lists', 'APT::Periodic::Unattended-Upgrade'] as const;
const ORIGINS = ['unattended-upgrade::allowed-origins', 'unattended-upgrade::origins-pattern'] as const;
/** What starts the two steps (apt.systemd.daily); unattended-upgrades.service itself only waits for one that runs at shutdown. */
const UNITS = ['apt-daily.timer', 'apt-daily.service', 'apt-daily-upgrade.timer', 'apt-daily-upgrade.service'] as const;

/**
 * unattended-upgrade(8): the package, both periodic steps of apt.conf(5), and nothing that takes one of them away. The package brings both
 * steps by itself where no file says otherwise (its debconf question `enable_auto_updates`, whose default is true).
 */
export function updatesOf(payload: Payload, whole: boolean): Statement {
  if (payload.state === 'unknown')
    return absent(CLAIM, payload, whole, `${PACKAGE} is not shown to be installed`, false);
  const family = familyOf(payload);
  if (family === 'dnf') return dnfUpdates(payload, whole);
  const conf = readAptConf(payload.files);
  const installed = payload.packages.includes(PACKAGE);
  const off = [...switchedOff(conf), ...removed(payload.commands), ...turnedOff(payload, UNITS).off];
  if (off.length > 0) return { claim: CLAIM, is: false, because: off };
  if (!installed) {
    const missing = absent(CLAIM, payload, whole, `${PACKAGE} is not installed`, false);
    if (family === 'debian' || missing.is === 'unknown') return missing;
    // Images of Ubuntu bring it themselves: https://ubuntu.com/server/docs/how-to/software/automatic-updates/
    const saw =
      family === 'ubuntu' ? 'an image of Ubuntu, which may bring it' : 'an image that is not shown to bring it';
    const causes = ['outside'] as const;
    return { claim: CLAIM, is: 'unknown', because: [{ at: payload.server.attr('image').at, saw, causes }] };
  }
  const said = PERIODIC.map((key) => conf.options.get(key.toLowerCase())?.at(-1));
  // What is asked at its installation decides where no file of the payload does.
  const own = said.every((setting) => setting === undefined) && !payload.commands.some(asksDebconf);
  if (!own && said.includes(undefined))
    return absent(CLAIM, payload, whole, 'no apt.conf that turns both periodic steps on', false);
  const on = said.flatMap((setting, index): Reason[] =>
    setting === undefined ? [] : [{ at: placeOf(setting), saw: `${PERIODIC[index]} "${setting.value}"` }],
  );
  const because: Reason[] = [
    ...on,
    { at: `${payload.attr.at}:packages`, saw: own ? `${PACKAGE}, which turns both steps on` : PACKAGE },
  ];
  const open = [
    ...doubts(conf, payload),
    ...said.flatMap((setting): Reason[] =>
      setting !== undefined && hasHole(setting.value)
        ? [{ at: placeOf(setting), saw: 'a step whose value is not known', causes: ['function'] }]
        : [],
    ),
    ...turnedOff(payload, UNITS).doubts,
  ];
  if (whole && open.length === 0) return { claim: CLAIM, is: true, because };
  const why = open.length > 0 ? open : because.map((each): Reason => ({ ...each, causes: ['function'] }));
  return { claim: CLAIM, is: 'unknown', because: why };
}

function familyOf({ server }: Payload): 'debian' | 'ubuntu' | 'dnf' | undefined {
  const image = server.attr('image').text ?? '';
  if (/^(debian|ubuntu)-/.test(image)) return image.startsWith('debian') ? 'debian' : 'ubuntu';
  return /^(fedora|centos-stream|rocky|alma)-/.test(image) ? 'dnf' : undefined;
}

function switchedOff({ options }: AptConf): readonly Reason[] {
  return [...PERIODIC, 'APT::Periodic::Enable'].flatMap((key): Reason[] => {
    const setting = options.get(key.toLowerCase())?.at(-1);
    return setting !== undefined && /^(0|false|no|off|)$/i.test(setting.value)
      ? [{ at: placeOf(setting), saw: `${key} "${setting.value}"` }]
      : [];
  });
}

/** Removed again, and not installed after that. */
function removed(commands: readonly Command[]): readonly Reason[] {
  const takes = /^(remove|purge|autoremove|autopurge|-r|-P|--remove|--purge)$/;
  return commands.flatMap(({ program, args, at, line, always }, index): Reason[] => {
    const removes = /^(apt|apt-get|aptitude|dpkg)$/.test(program) && args.some((arg) => takes.test(arg ?? ''));
    if (!removes || !always || !args.includes(PACKAGE)) return [];
    const again = commands
      .slice(index + 1)
      .some((later) => later.args.includes('install') && later.args.includes(PACKAGE) && /^apt/.test(later.program));
    return again ? [] : [{ at: `${at}:${line}`, saw: `${program} removes ${PACKAGE}` }];
  });
}

const asksDebconf = ({ program }: Command): boolean => program === 'debconf-set-selections';

/** What may keep it from installing anything: another list of origins, lists that are cleared, a package taken away under a condition. */
function doubts({ options, directives, paths }: AptConf, { commands }: Payload): readonly Reason[] {
  const causes = ['function'] as const;
  const origins = ORIGINS.flatMap((key) => options.get(key) ?? []);
  const replaced = paths.find((path) => path.endsWith('/50unattended-upgrades'));
  const noOrigin = replaced !== undefined && !origins.some(({ value }) => /security/i.test(value) || hasHole(value));
  const perhaps = commands.find(
    ({ program, args, always }) =>
      !always && /^(apt|apt-get|aptitude|dpkg)$/.test(program) && args.includes(PACKAGE) && !args.includes('install'),
  );
  return [
    ...directives
      .filter(({ value }) => /#include|apt::periodic|unattended-upgrade/i.test(value))
      .map((setting): Reason => ({ at: placeOf(setting), saw: setting.value.slice(0, 80), causes })),
    ...(noOrigin ? [{ at: replaced, saw: 'no origin of security updates', causes }] : []),
    ...(perhaps === undefined
      ? []
      : [{ at: `${perhaps.at}:${perhaps.line}`, saw: `${perhaps.program} may remove ${PACKAGE}`, causes }]),
  ];
}

const DNF_TIMERS = ['dnf-automatic.timer', 'dnf-automatic-install.timer', 'dnf5-automatic.timer'] as const;

/** dnf-automatic(8): its timer that installs, or its own file with `apply_updates = yes`. */
function dnfUpdates(payload: Payload, whole: boolean): Statement {
  const installed = payload.packages.find((name) => /^(dnf-automatic|dnf5-plugin-automatic)$/.test(name));
  if (installed === undefined) return absent(CLAIM, payload, whole, 'dnf-automatic is not installed', false);
  const { on, off, doubts: open } = turnedOff(payload, DNF_TIMERS);
  if (off.length > 0) return { claim: CLAIM, is: false, because: off };
  const [started] = on;
  if (started === undefined) return absent(CLAIM, payload, whole, 'the timer of dnf-automatic is not started', false);
  const applies = payload.files.find(
    ({ path, text }) =>
      path === '/etc/dnf/automatic.conf' && /^\s*apply_updates\s*=\s*(yes|true|1)\s*$/im.test(text.marked),
  );
  const because: Reason[] = [started, { at: `${payload.attr.at}:packages`, saw: installed }];
  if (!/-install/.test(started.saw) && applies === undefined)
    return absent(CLAIM, payload, whole, 'dnf-automatic installs nothing: apply_updates is not set', false);
  if (whole && open.length === 0) return { claim: CLAIM, is: true, because };
  const why = open.length > 0 ? open : because.map((each): Reason => ({ ...each, causes: ['function'] }));
  return { claim: CLAIM, is: 'unknown', because: why };
}

const placeOf = ({ at, line }: HostSetting): string => `${at}:${line}`;
