import type { HostSettings, ServerFacts } from '@lukko/facts';
import { rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import { quadlet, victoriaLogsImage } from './shared/example-payloads.ts';
import { asSetUp, hiddenSetUp, legible, missing, setUp } from './shared/host-setup.ts';
import { fit, short } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const store = {
  '/etc/containers/systemd/logs.container': quadlet(victoriaLogsImage, ['Volume=/srv/logs:/data']),
};
const upload = {
  ...store,
  '/etc/systemd/system/ship.service':
    '[Service]\nExecStart=/usr/lib/systemd/systemd-journal-upload --url=https://logs.lukko.example:443\n[Install]\nWantedBy=multi-user.target\n',
};
/** Programs that ship logs by a configuration this engine does not read. */
const SHIPPERS = /(^|\/)(vector|fluent-bit|fluentd|td-agent|promtail|alloy|filebeat|telegraf|vlagent)(:|@|$)/;

export const journalsShipped = rule({
  id: 'journals-shipped',
  title: 'Hosts that keep data send their journal to a log store',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.15', 'ISO27001:2022/A.8.16', 'ISO27001:2022/A.5.28', 'NIS2/21(2)(b)'],
  rationale:
    'A journal that lies only on the host it tells about ends with that host, and whoever has root there writes its end. Sent away line by line, what happened up to then is kept where they are not.',
  remediation: 'Run systemd-journal-upload, or forward by rsyslog, to the log store',
  sources: ['https://www.freedesktop.org/software/systemd/man/latest/systemd-journal-upload.service.html'],
  appliesTo: ['server'],
  appliesWhen: (host, facts): Truth => {
    const [data] = host.dataPaths;
    return data === undefined
      ? missing(facts.hostSettings(host.resource), 'nothing on it that keeps data')
      : yes({ at: data.at, saw: `${data.service} keeps data` });
  },
  check: (host, facts) => asSetUp(host, ships(host, facts.hostSettings(host.resource))),
  message: ({ resource }, truth) =>
    truth.is === 'unknown'
      ? fit(`${addressOf(resource)} is not shown to send its journal to a log store`)
      : fit(`${addressOf(resource)} keeps its journal to itself`),
  examples: [
    {
      name: 'systemd-journal-upload',
      verdict: 'pass',
      terraform: setUp(upload, [['systemctl', 'enable', '--now', 'ship.service']]),
    },
    {
      name: 'rsyslog forwards',
      verdict: 'pass',
      terraform: setUp({ ...store, '/etc/rsyslog.d/10-forward.conf': '*.* @@logs.lukko.example:6514\n' }),
    },
    { name: 'nothing is sent', verdict: 'fail', terraform: setUp(store) },
    {
      name: 'a shipper whose configuration is not read',
      verdict: 'unknown',
      terraform: setUp(store, [], 'packages: [fluent-bit]\n'),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});

function ships({ payload }: ServerFacts, settings: HostSettings): Truth {
  const [target] = settings.logTargets;
  if (target !== undefined)
    return yes({ at: `${target.at}:${target.line}`, saw: `log target ${short(legible(target.host), 60)}` });
  const command = payload.commands.find(
    ({ program, args }) =>
      program === 'systemd-journal-upload' && args.some((arg) => arg?.startsWith('--url') || arg === '-u'),
  );
  if (command !== undefined)
    return yes({ at: `${command.at}:${command.line}`, saw: 'systemd-journal-upload to a server that it names' });
  const other =
    payload.packages.find((name) => SHIPPERS.test(name)) ??
    payload.containers.find(({ image }) => SHIPPERS.test(image))?.unit.name;
  if (other !== undefined)
    return unknown({ at: payload.attr.at, saw: `${other}, whose configuration is not read`, causes: ['outside'] });
  return missing(settings, 'nothing sends the journal anywhere');
}
