import { type Judgement, no, rule, type Truth, yes } from '@lukko/policy-engine';
import { hiddenSetUp } from './shared/host-setup.ts';
import { judgeStores, logStore, storesLogs } from './shared/log-stores.ts';

export const logDeletionOff = rule({
  id: 'log-deletion-off',
  title: 'No line of a log can be deleted by asking for it',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.15', 'ISO27001:2022/A.5.28', 'ISO27001:2022/A.5.33'],
  rationale:
    'Whoever has broken in removes their traces first. VictoriaLogs deletes over its API only where that is switched on; left off, lines go when their time is over, and in no other way.',
  remediation: 'Leave -delete.enable out',
  sources: ['https://docs.victoriametrics.com/victorialogs/#how-to-delete-logs'],
  appliesTo: ['server'],
  appliesWhen: (host, facts) => storesLogs(host, facts.hostSettings(host.resource)),
  check: (host, facts): readonly Judgement[] =>
    judgeStores(
      host,
      facts.hostSettings(host.resource),
      (options, at): Truth => {
        const enabled = options.get('delete.enable');
        return enabled === undefined || /^(false|0|f)$/i.test(enabled)
          ? yes({ at, saw: 'no -delete.enable' })
          : no({ at, saw: '-delete.enable: lines can be deleted over the API' });
      },
      'to keep what it was sent',
    ),
  message: () => 'lines of a log can be deleted by asking for it',
  examples: [
    { name: 'deletion as it comes: off', verdict: 'pass', terraform: logStore('-retentionPeriod=365d') },
    { name: 'deletion on', verdict: 'fail', terraform: logStore('-retentionPeriod=365d -delete.enable') },
    { name: 'the environment may switch it on', verdict: 'unknown', terraform: logStore('-envflag.enable=true') },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
