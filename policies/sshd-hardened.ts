import type { HostSettings } from '@lukko/facts';
import { all, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
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
    return asSetUp(host, all([keysOnly(settings), rootByKey(settings), noEmpty(settings), nothingLater(settings)]));
  },
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to refuse passwords over SSH`)
      : fit(`${addressOf(resource)} may take passwords over SSH: ${truth.because[0]?.saw}`),
  examples: [
    { name: 'no passwords', verdict: 'pass', terraform: sshd(...strict) },
    { name: 'keys are the only method', verdict: 'pass', terraform: sshd('AuthenticationMethods publickey') },
    { name: 'passwords', verdict: 'fail', terraform: sshd('PasswordAuthentication yes', ...strict.slice(1)) },
    {
      name: 'root by password',
      verdict: 'fail',
      terraform: sshd('AuthenticationMethods any', ...strict.slice(0, 2), 'PermitRootLogin yes'),
    },
    { name: 'nothing said', verdict: 'fail', terraform: setUp({}, [['systemctl', 'restart', 'ssh']]) },
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
  if (setting === undefined) return missing(settings, `${keyword} is not set`);
  const reason = { at: `${setting.at}:${setting.line}`, saw: `${keyword} ${short(setting.value, 40)}` };
  if (/\p{Co}/u.test(setting.value))
    return unknown({ at: reason.at, saw: `${keyword}, whose value is not known`, causes: ['function'] });
  return good.test(setting.value) ? yes(reason) : no(reason);
}

/** A block for some users, or a command that writes to the configuration, may say otherwise; so may what was not read. */
function nothingLater({ payload, whole }: HostSettings): Truth {
  const match = payload.files.find(
    ({ path, text }) => /^\/etc\/ssh\/sshd_config(\.d\/[^/]+\.conf)?$/.test(path) && /^\s*match\s/im.test(text.marked),
  );
  if (match !== undefined)
    return unknown({ at: match.at, saw: 'a Match block, which is not followed', causes: ['function'] });
  // A file of the payload that a script writes is that file: its text is what was judged.
  const own = (text: string | undefined): boolean => payload.files.some(({ path }) => path === text);
  const writing = payload.commands.find(
    ({ program, args, writes }) =>
      writes.some((each) => isConfiguration(each) && !(program === 'cat' && own(each))) ||
      (/^(sed|tee|cp|mv|install|rm)$/.test(program) && args.some(isConfiguration)),
  );
  if (writing !== undefined)
    return unknown({
      at: `${writing.at}:${writing.line}`,
      saw: `${writing.program} changes the configuration of sshd`,
      causes: ['function'],
    });
  return whole
    ? yes({ at: payload.attr.at, saw: 'nothing else changes the configuration of sshd' })
    : missing({ payload, whole }, 'what else changes the configuration of sshd');
}

const isConfiguration = (text: string | undefined): boolean => text?.startsWith('/etc/ssh/sshd_config') ?? false;
