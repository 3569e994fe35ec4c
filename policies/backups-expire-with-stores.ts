import type { Facts, ServerFacts } from '@lukko/facts';
import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { quadlet, victoriaLogsImage } from './shared/example-payloads.ts';
import { asSetUp, hiddenSetUp, missing, setUp } from './shared/host-setup.ts';
import { backupsKept, type Kept, storesKept } from './shared/kept-for.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/** Days a backup may live longer than what it is a copy of. */
const LONGER = 35;

/** An example's host with a log store that keeps 30 days, and a script that removes backups. */
const expires = (script: string): TerraformJson =>
  setUp(
    {
      '/etc/containers/systemd/logs.container': quadlet(victoriaLogsImage, ['Exec=-retentionPeriod=30d']),
      '/usr/local/lib/expire': `#!/bin/sh\nset -eu\n${script}\n`,
    },
    [['/usr/local/lib/expire']],
  );

const URL = 'https://fsn1.your-objectstorage.com/backups';
/** An example's host that backs up into a bucket, after what a script does before. */
const intoBucket = (script: string): TerraformJson =>
  expires(`export RESTIC_REPOSITORY=s3:${URL}/logs\n${script}restic backup /srv/lukko`);
const asking = (most: number): string =>
  `days=$(curl --fail "${URL}?lifecycle=" | sed -n 's|.*<Days>\\(.*\\)</Days>.*|\\1|p')\nif ! [ "$days" -le ${most} ]; then\n  echo "kept for $days days" >&2\n  exit 1\nfi\n`;

export const backupsExpireWithStores = rule({
  id: 'backups-expire-with-stores',
  title: 'Backups do not long outlive the stores they are copies of',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.10', 'ISO27001:2022/A.8.13', 'ISO27001:2022/A.5.33', 'GDPR/5(1)(e)'],
  rationale:
    'A line of a log that is deleted after thirty days and lies in a backup for a year was kept for a year. What a store promises to forget is forgotten when its last copy is: backups may be some weeks older, for they are made and removed in steps, and no more than that.',
  remediation: `Remove backups at most ${LONGER} days after the store with the shortest retention forgets, or keep that store longer; let a host that writes to a bucket ask for the rule of its lifecycle first`,
  sources: [
    'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
    'https://restic.readthedocs.io/en/stable/060_forget.html',
    'https://docs.victoriametrics.com/victorialogs/#retention',
  ],
  appliesTo: ['server'],
  appliesWhen: (host, facts): Truth => {
    const [first] = backupsKept(host.payload);
    if (first === undefined) return missing(facts.hostSettings(host.resource), 'nothing that removes backups');
    return yes({ at: first.at, saw: `${first.what} removes backups` });
  },
  check: (host, facts): readonly Judgement[] => {
    const found = backupsKept(host.payload);
    if (found.length === 0) {
      const truth = missing(facts.hostSettings(host.resource), 'what removes backups was not read');
      return [
        { truth, message: () => fit(`${addressOf(host.resource)} may remove backups in a way that was not read`) },
      ];
    }
    const stores = facts.servers.flatMap(({ payload }) => storesKept(payload));
    return found.map((kept) => judged(host, kept, stores, facts));
  },
  message: () => 'backups outlive the stores they are copies of',
  examples: [
    { name: 'a month after', verdict: 'pass', terraform: expires('restic forget --keep-within 60d --prune') },
    {
      name: 'a year of monthly copies',
      verdict: 'fail',
      terraform: expires('restic forget --keep-monthly 12 --prune'),
    },
    {
      name: 'a forget that keeps nothing, which restic takes for no policy',
      verdict: 'fail',
      terraform: expires('restic forget --keep-last 0 --prune'),
    },
    {
      name: 'whole repositories after a hundred days',
      verdict: 'fail',
      terraform: expires('find /srv/backups -mindepth 1 -mtime +100 -delete'),
    },
    {
      name: 'a bucket that is asked whether it removes them',
      verdict: 'pass',
      terraform: intoBucket(asking(30)),
    },
    {
      name: 'a bucket that may keep them for longer',
      verdict: 'fail',
      terraform: intoBucket(asking(90)),
    },
    { name: 'a bucket that nobody asks', verdict: 'unknown', terraform: intoBucket('') },
    {
      name: 'a number that is read at run time',
      verdict: 'unknown',
      terraform: expires('restic forget --keep-within "$(cat /etc/keep)" --prune'),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});

function judged(host: ServerFacts, kept: Kept, stores: readonly Kept[], facts: Facts): Judgement {
  const name = addressOf(host.resource);
  const { at, what, days } = kept;
  const dim = stores.find((store) => store.days === undefined);
  if (days === undefined || dim !== undefined) {
    const [where, saw] =
      dim === undefined
        ? [at, `${what} with a span that is not known`]
        : [dim.at, `${dim.what}: a retention that is not known`];
    const truth = unknown({ at: where, saw, causes: ['function'] });
    return { truth, message: fit(`${name} is not shown to remove backups in time`), at };
  }
  const shortest = stores.reduce<Kept | undefined>(
    (least, store) => ((store.days ?? 0) < (least?.days ?? Number.POSITIVE_INFINITY) ? store : least),
    undefined,
  );
  if (shortest?.days === undefined) {
    const saw = `${what} after ${text(days)}; no store in ${facts.graph.roots.length === 1 ? 'this root' : 'these roots'} says how long it keeps`;
    return { truth: asSetUp(host, yes({ at, saw })), message: saw, at };
  }
  if (!Number.isFinite(days)) {
    const truth = no({ at, saw: `${what} without a span, which removes nothing` });
    return {
      truth,
      message: fit(`${name} never removes backups, and ${shortest.what} keeps ${text(shortest.days)}`),
      at,
    };
  }
  const saw = `${what} after ${text(days)}; ${shortest.what} keeps ${text(shortest.days)}`;
  const truth = days <= shortest.days + LONGER ? asSetUp(host, yes({ at, saw })) : no({ at, saw });
  return {
    truth,
    message: fit(`${name} removes backups after ${text(days)}, and ${shortest.what} keeps ${text(shortest.days)}`),
    at,
  };
}

function text(days: number): string {
  return days === 1 ? '1 day' : Number.isFinite(days) ? `${Math.round(days)} days` : 'no time at all';
}
