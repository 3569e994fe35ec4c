import { type Judgement, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { asksFor, backupBuckets } from './shared/bucket-settings.ts';
import { asSetUp, hiddenSetUp, missing, setUp } from './shared/host-setup.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const URL = 'https://fsn1.your-objectstorage.com/backups';
/** An example's host that backs up into a bucket, after what its script does first. */
const intoBucket = (before: string): TerraformJson =>
  setUp(
    {
      '/usr/local/lib/backup': `#!/bin/sh\nset -eu\nexport RESTIC_REPOSITORY=s3:${URL}/logs\n${before}restic backup /srv/lukko\n`,
    },
    [['/usr/local/lib/backup']],
  );
const asking = (compare: string): string =>
  `days=$(curl --fail "${URL}?object-lock=" | sed -n 's|.*<Days>\\(.*\\)</Days>.*|\\1|p')\n${compare}`;

export const backupsLockedInBuckets = rule({
  id: 'backups-locked-in-buckets',
  title: 'A host backs up into a bucket only after it asked whether the bucket locks what is written',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.13', 'ISO27001:2022/A.5.29', 'GDPR/32(1)(c)', 'NIS2/21(2)(c)'],
  rationale:
    'Whoever takes a host over has its key, and with it every backup, unless the bucket keeps old versions and lets nobody delete them before their time. A bucket can do so, which does not mean that it does: the lock is given when it is made, by hand, and no payload holds it. A host that asks, each time, shows it.',
  remediation:
    'Before restic backup let the same script ask the bucket for ?object-lock (curl --aws-sigv4), compare the days of its default retention ([ … -ge 30 ]), and stop where they are too few',
  sources: [
    'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html',
    'https://docs.hetzner.com/storage/object-storage/howto-protect-objects/protect-object-lock-retention',
    'https://restic.readthedocs.io/en/stable/030_preparing_a_new_repo.html',
  ],
  appliesTo: ['server'],
  appliesWhen: ({ resource, payload }, facts): Truth => {
    const [first] = backupBuckets(payload);
    return first === undefined
      ? missing(facts.hostSettings(resource), 'no bucket that backups go into')
      : yes({ at: first.at, saw: `backups go into ${first.url}` });
  },
  check: (host, facts): readonly Judgement[] => {
    const name = addressOf(host.resource);
    const buckets = backupBuckets(host.payload);
    if (buckets.length === 0) {
      const truth = missing(facts.hostSettings(host.resource), 'where backups go was not read');
      return [{ truth, message: fit(`${name} may back up into a bucket that was not read`) }];
    }
    return buckets.map(({ url, at }): Judgement => {
      const asked = asksFor(host.payload, url, 'object-lock');
      if (asked === undefined) {
        const truth = missing(
          facts.hostSettings(host.resource),
          `nothing asks ${url} for its object lock before restic backup`,
        );
        return {
          truth,
          message: fit(`${name} backs up into ${url} without asking whether it locks what is written`),
          at,
        };
      }
      const truth =
        asked.days === undefined
          ? unknown({ at: asked.at, saw: 'an answer that is compared with no number of days', causes: ['function'] })
          : asSetUp(host, yes({ at: asked.at, saw: `asks ${url} for a lock of at least ${asked.days} days` }));
      return { truth, message: fit(`${name} is not shown to stop where ${url} does not lock`), at: asked.at };
    });
  },
  message: () => 'backups go into a bucket that may not lock them',
  examples: [
    {
      name: 'a bucket that is asked first',
      verdict: 'pass',
      terraform: intoBucket(
        asking('if ! [ "$days" -ge 30 ]; then\n  echo "locked for $days days" >&2\n  exit 1\nfi\n'),
      ),
    },
    { name: 'a bucket that nobody asks', verdict: 'fail', terraform: intoBucket('') },
    { name: 'an answer that nobody looks at', verdict: 'unknown', terraform: intoBucket(asking('echo "$days"\n')) },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});
