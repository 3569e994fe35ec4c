import { type HostSetting, type HostSettings, otherIncludes, type ServerFacts, sshPorts } from '@lukko/facts';
import { all, no, not, rule, shown, type Truth, unknown, yes } from '@lukko/policy-engine';
import { cloudConfig } from './shared/example-payloads.ts';
import { everybody, firewall, hcloud, inbound, server } from './shared/examples.ts';
import { allRulesKnown } from './shared/firewall.ts';
import { asSetUp, hiddenSetUp, missing, setUp } from './shared/host-setup.ts';
import { fit, short } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const sshd = (...lines: readonly string[]) => setUp({ '/etc/ssh/sshd_config.d/10-host.conf': `${lines.join('\n')}\n` });
const strict = ['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'PermitRootLogin prohibit-password'];

export const sshdHardened = rule({
  id: 'sshd-hardened',
  title: 'SSH takes keys only: no password, for root least of all',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.5', 'ISO27001:2022/A.8.2', 'ISO27001:2022/A.8.9', 'NIS2/21(2)(i)'],
  rationale:
    'Whoever may try passwords will, all day, from everywhere. OpenSSH takes them unless it is told otherwise, in two ways (password, keyboard-interactive), and a setting of an image or of cloud-init may turn them on again. So the payload says it itself, where it is read first.',
  remediation:
    'Bring /etc/ssh/sshd_config.d/10-host.conf with PasswordAuthentication no and KbdInteractiveAuthentication no',
  sources: ['https://man.openbsd.org/sshd_config', 'https://cloudinit.readthedocs.io/en/latest/reference/modules.html'],
  appliesTo: ['server'],
  check: (host, facts) => {
    const settings = facts.hostSettings(host.resource);
    const truths = [
      keysOnly(settings),
      rootByKey(settings),
      noEmpty(settings),
      nothingLater(settings),
      notInTheOpen(host),
    ];
    return asSetUp(host, all(truths));
  },
  message: ({ resource }, truth) => {
    if (truth.is === 'unknown') return fit(`${addressOf(resource)} is not shown to refuse passwords over SSH`);
    const [first] = truth.because;
    return first?.saw?.startsWith(LISTENS) === true
      ? fit(`${addressOf(resource)} answers SSH on a port that is open to the whole internet: ${first.saw}`)
      : fit(`${addressOf(resource)} may take passwords over SSH: ${first?.saw}`);
  },
  examples: [
    { name: 'no passwords', verdict: 'pass', terraform: sshd(...strict) },
    { name: 'keys are the only method', verdict: 'pass', terraform: sshd('AuthenticationMethods publickey') },
    { name: 'passwords', verdict: 'fail', terraform: sshd('PasswordAuthentication yes', ...strict.slice(1)) },
    {
      name: 'root by password',
      verdict: 'fail',
      terraform: sshd('AuthenticationMethods any', ...strict.slice(0, 2), 'PermitRootLogin yes'),
    },
    {
      name: 'on the port of the web, which is open to everybody',
      verdict: 'fail',
      terraform: hcloud({
        hcloud_server: {
          host: server({
            firewall_ids: ['${hcloud_firewall.host.id}'],
            user_data: cloudConfig(
              { '/etc/ssh/sshd_config.d/10-host.conf': `${[...strict, 'Port 443'].join('\n')}\n` },
              [],
            ),
          }),
        },
        hcloud_firewall: { host: firewall(inbound('443', everybody)) },
      }),
    },
    { name: 'nothing said', verdict: 'fail', terraform: setUp({}, [['systemctl', 'restart', 'ssh']]) },
    {
      name: 'cloud-init turns passwords on, and is read first',
      verdict: 'fail',
      terraform: setUp({ '/etc/ssh/sshd_config.d/60-host.conf': `${strict.join('\n')}\n` }, [], 'ssh_pwauth: true\n'),
    },
    {
      name: 'a command edits the file of the image',
      verdict: 'unknown',
      terraform: setUp({}, [
        ['sed', '-i', 's/^#PasswordAuthentication.*/PasswordAuthentication no/', '/etc/ssh/sshd_config'],
      ]),
    },
    {
      name: 'some users may do otherwise',
      verdict: 'unknown',
      terraform: sshd(...strict, 'Match User backup', '  PasswordAuthentication yes'),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});

/** Neither passwords nor what asks for them in another way; what is not written is sshd's default, yes. */
function keysOnly(settings: HostSettings): Truth {
  const methods = settings.sshd.get('authenticationmethods');
  if (methods !== undefined && /^publickey(,publickey)*(\s+publickey(,publickey)*)*$/.test(methods.value))
    return yes({ at: `${methods.at}:${methods.line}`, saw: `AuthenticationMethods ${methods.value}` });
  return all([
    said(settings, 'PasswordAuthentication', /^no$/i),
    said(settings, 'KbdInteractiveAuthentication', /^no$/i),
  ]);
}

const LISTENS = 'sshd listens on port';

/** A port to which SSH was moved, and which a firewall opens to everybody for the web: no-world-open-admin-ports knows the usual one. */
function notInTheOpen({ resource, payload, exposure }: ServerFacts): Truth {
  const moved = sshPorts(payload).filter(({ value }) => value !== '22');
  if (moved.length === 0) return yes({ at: payload.attr.at, saw: 'SSH is moved to no other port' });
  const seen = exposure.firewalls.map(({ firewall }) => allRulesKnown(firewall));
  const guarded =
    exposure.guarded.is === true
      ? shown(exposure.guarded)
      : unknown({ at: resource.id, saw: 'which ports are open is not shown', causes: ['outside'] });
  const open = moved.flatMap((port) =>
    /^\d+$/.test(port.value)
      ? openTo(port, exposure)
      : [
          unknown({
            at: `${port.at}:${port.line}`,
            saw: 'sshd listens on a port that is not known',
            causes: ['function'],
          }),
        ],
  );
  return all([guarded, ...seen, ...open]);
}

/** For each rule that admits a port of sshd: that it does not admit it to everybody. */
function openTo({ value, at, line }: HostSetting, { inbound: rules }: ServerFacts['exposure']): readonly Truth[] {
  return rules
    .filter(({ ports, protocol }) => {
      const within = ports === undefined || (ports.from <= Number(value) && Number(value) <= ports.to);
      return within && (protocol === undefined || protocol === 'tcp');
    })
    .map(({ worldOpen, ports }) => {
      const listens = { at: `${at}:${line}`, saw: `${LISTENS} ${value}` };
      const there = ports === undefined ? unknown({ ...listens, causes: ['function'] }) : yes(listens);
      return not(all([there, shown(worldOpen)]));
    });
}

/** Not written means prohibit-password. */
function rootByKey(settings: HostSettings): Truth {
  if (!settings.sshd.has('permitrootlogin'))
    return yes({ at: settings.payload.attr.at, saw: 'PermitRootLogin as OpenSSH has it: no password' });
  return said(settings, 'PermitRootLogin', /^(no|prohibit-password|without-password|forced-commands-only)$/i);
}

function noEmpty(settings: HostSettings): Truth {
  if (!settings.sshd.has('permitemptypasswords'))
    return yes({ at: settings.payload.attr.at, saw: 'PermitEmptyPasswords as OpenSSH has it: no' });
  return said(settings, 'PermitEmptyPasswords', /^no$/i);
}

function said(settings: HostSettings, keyword: string, good: RegExp): Truth {
  const setting = settings.sshd.get(keyword.toLowerCase());
  if (setting === undefined) return changed(settings) ?? missing(settings, `${keyword} is not set`);
  const reason = { at: `${setting.at}:${setting.line}`, saw: `${keyword} ${short(setting.value, 40)}` };
  if (/\p{Co}/u.test(setting.value))
    return unknown({ at: reason.at, saw: `${keyword}, whose value is not known`, causes: ['function'] });
  return good.test(setting.value) ? yes(reason) : no(reason);
}

/** A block for some users, what else sshd is told, or a command that writes to the configuration may say otherwise; so may what was not read. */
function nothingLater(settings: HostSettings): Truth {
  const { payload, whole } = settings;
  const match = payload.files.find(
    ({ path, text }) => /^\/etc\/ssh\/sshd_config(\.d\/[^/]+\.conf)?$/.test(path) && /^\s*match\s/im.test(text.marked),
  );
  if (match !== undefined)
    return unknown({ at: match.at, saw: 'a Match block, which is not followed', causes: ['function'] });
  const [include] = otherIncludes(payload);
  if (include !== undefined)
    return unknown({
      at: `${include.at}:${include.line}`,
      saw: `Include ${short(include.value, 40)}, which is not followed`,
      causes: ['function'],
    });
  const other = otherwise(settings) ?? changed(settings);
  if (other !== undefined) return other;
  return whole
    ? yes({ at: payload.attr.at, saw: 'nothing else changes the configuration of sshd' })
    : missing({ payload, whole }, 'what else changes the configuration of sshd');
}

/** Units and files of defaults by which sshd is started with options of its own. */
const STARTS = /^\/(etc|run)\/systemd\/system\/sshd?(@[^/]*)?\.service(\.d\/[^/]+)?$/;
const DEFAULTS = /^\/etc\/(default\/ssh|sysconfig\/sshd)$/;

/** sshd with options of its own, or another server of SSH beside it. */
function otherwise({ payload }: HostSettings): Truth | undefined {
  const causes = ['function'] as const;
  const file = payload.files.find(
    ({ path, text }) =>
      (STARTS.test(path) && /^\s*ExecStart\s*=\s*\S/m.test(text.marked)) ||
      (DEFAULTS.test(path) && /^\s*(SSHD_OPTS|OPTIONS)\s*=\s*["']?[^\s"']/m.test(text.marked)),
  );
  if (file !== undefined) return unknown({ at: file.at, saw: 'sshd is started with options of its own', causes });
  const run = payload.commands.find(
    ({ program, args }) => /^(dropbear|tinysshd|sshd)$/.test(program) && !args.some((arg) => /^-[tTV]/.test(arg ?? '')),
  );
  if (run !== undefined)
    return unknown({ at: `${run.at}:${run.line}`, saw: `${run.program} is started beside the service`, causes });
  const name = payload.packages.find((each) => /^(dropbear|dropbear-bin|tinyssh)$/.test(each));
  return name === undefined
    ? undefined
    : unknown({ at: `${payload.attr.at}:packages`, saw: `${name}, another server of SSH`, causes });
}

/** Programs that only look at a file they are given, or say who may. */
const LOOKS =
  /^(cat|grep|egrep|fgrep|head|tail|less|ls|stat|test|\[|diff|cmp|md5sum|sha256sum|chmod|chown|chattr|mkdir|logger|echo|printf|sshd|systemctl)$/;

/** A command that changes the configuration of sshd in a way that is not followed. */
function changed({ payload }: HostSettings): Truth | undefined {
  // A file of the payload that a script writes is that file: its text is what was judged.
  const own = (text: string | undefined): boolean => payload.files.some(({ path }) => path === text);
  const writing = payload.commands.find(
    ({ program, args, writes }) =>
      writes.some((each) => isConfiguration(each) && !(program === 'cat' && own(each))) ||
      (!LOOKS.test(program) && args.some(isConfiguration)),
  );
  return writing === undefined
    ? undefined
    : unknown({
        at: `${writing.at}:${writing.line}`,
        saw: `${writing.program} changes the configuration of sshd`,
        causes: ['function'],
      });
}

const isConfiguration = (text: string | undefined): boolean => /(^|=)\/etc\/ssh\/sshd_config/.test(text ?? '');
