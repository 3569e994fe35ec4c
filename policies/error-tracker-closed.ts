import type { Container, Payload } from '@lukko/facts';
import { all, type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import { quadlet } from './shared/example-payloads.ts';
import { asSetUp, hiddenSetUp, legible, missing, setUp } from './shared/host-setup.ts';
import { fit, short } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/** Who may make themselves an account, or an organisation: https://glitchtip.com/documentation/install#configuration */
const SETTINGS = ['ENABLE_USER_REGISTRATION', 'ENABLE_ORGANIZATION_CREATION'] as const;
const OFF = /^["']?(false|0|no|off)["']?$/i;

const tracker = (lines: readonly string[], file?: string) =>
  setUp({
    ...(file === undefined ? {} : { '/etc/glitchtip.env': file }),
    '/etc/containers/systemd/glitchtip.container': quadlet('registry.lukko.example/glitchtip/glitchtip:6', lines),
  });
const closed = SETTINGS.map((name) => `${name}=False\n`).join('');

export const errorTrackerClosed = rule({
  id: 'error-tracker-closed',
  title: 'Nobody makes themselves an account at the error tracker',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.5.15', 'ISO27001:2022/A.5.16', 'ISO27001:2022/A.8.3', 'GDPR/32(1)(b)'],
  rationale:
    'Reports of errors hold what users typed and who they are. GlitchTip lets everybody who reaches it register, and register organisations, unless both are switched off; what stands in the last file or in the unit itself is what counts.',
  remediation: 'Set ENABLE_USER_REGISTRATION=False and ENABLE_ORGANIZATION_CREATION=False',
  sources: [
    'https://glitchtip.com/documentation/install',
    'https://docs.podman.io/en/latest/markdown/podman-run.1.html',
  ],
  appliesTo: ['server'],
  appliesWhen: (host, facts): Truth => {
    const first = host.payload.containers.find(isTracker);
    return first === undefined
      ? missing(facts.hostSettings(host.resource), 'no error tracker')
      : yes({ at: first.unit.file.at, saw: legible(first.image) });
  },
  check: (host, facts): readonly Judgement[] => {
    const trackers = host.payload.containers.filter(isTracker);
    if (trackers.length === 0) {
      const truth = missing(facts.hostSettings(host.resource), 'an error tracker that was not read');
      return [{ truth, message: () => fit(`${addressOf(host.resource)} may run an error tracker that was not read`) }];
    }
    const name = addressOf(host.resource);
    return trackers.map((container): Judgement => {
      const truth = asSetUp(host, all(SETTINGS.map((setting) => switchedOff(setting, container, host.payload))));
      const text =
        truth.is === 'unknown'
          ? `is not shown to keep ${container.unit.name} closed`
          : `lets everybody into ${container.unit.name}: ${truth.because[0]?.saw}`;
      return { truth, message: fit(`${name} ${text}`), at: `${container.unit.file.at}:${container.line}` };
    });
  },
  message: () => 'everybody may make themselves an account at the error tracker',
  examples: [
    { name: 'both are off', verdict: 'pass', terraform: tracker(['EnvironmentFile=/etc/glitchtip.env'], closed) },
    { name: 'as it comes', verdict: 'fail', terraform: tracker(['Environment=PORT=8000']) },
    {
      name: 'organisations can be made',
      verdict: 'fail',
      terraform: tracker([
        'Environment=ENABLE_USER_REGISTRATION=False',
        'Environment=ENABLE_ORGANIZATION_CREATION=True',
      ]),
    },
    {
      name: 'a later file that the payload does not hold',
      verdict: 'unknown',
      terraform: tracker(['EnvironmentFile=/etc/glitchtip.env', 'EnvironmentFile=/srv/secrets.env'], closed),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});

const isTracker = ({ image }: Container): boolean => /(^|\/)glitchtip(:|@|$)/.test(image);

/** podman-run(1): files in their order, each over the one before; Environment= over all files. */
function switchedOff(setting: string, { unit }: Container, { files }: Payload): Truth {
  const at = unit.file.at;
  const entries = unit.entries.filter(({ section }) => section === 'Container');
  const form = new RegExp(`(?:^|\\s)"?${setting}=([^\\s"]*)`);
  const direct = entries.filter(({ key, value }) => key === 'Environment' && form.test(value)).at(-1);
  if (direct !== undefined) return valued(setting, form.exec(direct.value)?.[1] ?? '', `${at}:${direct.line}`);
  if (entries.some(({ key, value }) => key === 'PodmanArgs' && /(^|\s)(-e|--env)/.test(value) && form.test(value)))
    return unknown({ at, saw: `PodmanArgs sets ${setting}`, causes: ['function'] });
  for (const { value: path, line } of entries.filter(({ key }) => key === 'EnvironmentFile').reverse()) {
    const file = files.find((each) => each.path === path);
    if (file === undefined)
      return unknown({ at: `${at}:${line}`, saw: `${legible(path)} is not part of the payload`, causes: ['outside'] });
    const values = [...file.text.marked.matchAll(new RegExp(`^\\s*${setting}=(.*)$`, 'gm'))];
    const last = values[values.length - 1];
    if (last !== undefined) return valued(setting, (last[1] ?? '').trim(), file.at);
  }
  return no({ at, saw: `${setting} is not set, and so on` });
}

function valued(setting: string, value: string, at: string): Truth {
  if (/\p{Co}/u.test(value)) return unknown({ at, saw: `${setting}, whose value is not known`, causes: ['function'] });
  const reason = { at, saw: `${setting}=${short(value, 20)}` };
  return OFF.test(value) ? yes(reason) : no(reason);
}
