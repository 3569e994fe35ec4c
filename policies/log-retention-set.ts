import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import { hiddenSetUp } from './shared/host-setup.ts';
import { judgeStores, logStore, storesLogs } from './shared/log-stores.ts';

export const logRetentionSet = rule({
  id: 'log-retention-set',
  title: 'Log stores say how long they keep what they are sent',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.10', 'ISO27001:2022/A.8.15', 'ISO27001:2022/A.5.33', 'GDPR/5(1)(e)'],
  rationale:
    'How long logs are kept is a decision: long enough to see what an intruder did months ago, and no longer than there is a reason for. VictoriaLogs keeps seven days where nobody decided, which is too short for the one and unwritten for the other.',
  remediation: 'Give VictoriaLogs -retentionPeriod, in days or longer units',
  sources: [
    'https://docs.victoriametrics.com/victorialogs/#retention',
    'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
  ],
  appliesTo: ['server'],
  appliesWhen: (host, facts) => storesLogs(host, facts.hostSettings(host.resource)),
  check: (host, facts): readonly Judgement[] =>
    judgeStores(
      host,
      facts.hostSettings(host.resource),
      (options, at): Truth => {
        const period = options.get('retentionPeriod');
        if (period === undefined) return no({ at, saw: 'no -retentionPeriod: seven days, which nobody wrote down' });
        if (/\p{Co}/u.test(period)) return unknown({ at, saw: 'a period that is not known', causes: ['function'] });
        return /^\d+(\.\d+)?[hdwy]?$/.test(period)
          ? yes({ at, saw: `-retentionPeriod=${period}` })
          : no({ at, saw: '-retentionPeriod that VictoriaLogs does not read' });
      },
      'to say how long logs are kept',
    ),
  message: () => 'a log store does not say how long it keeps what it is sent',
  examples: [
    { name: 'a year', verdict: 'pass', terraform: logStore('-retentionPeriod=365d') },
    { name: 'nothing said', verdict: 'fail', terraform: logStore('') },
    {
      name: 'the environment may say otherwise',
      verdict: 'unknown',
      terraform: logStore('-retentionPeriod=365d -envflag.enable'),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
