import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import { europeanUnion } from './shared/countries.ts';
import { cloudConfig } from './shared/example-payloads.ts';
import { hcloud, server } from './shared/examples.ts';
import { fit } from './shared/message.ts';
import { objectStorageAt } from './shared/object-storage.ts';
import { isPayload, unreadable } from './shared/unreadable.ts';

const union: ReadonlySet<string> = new Set(europeanUnion);
const writingTo = (host: string) =>
  hcloud({
    hcloud_server: {
      host: server({
        user_data: cloudConfig({ '/etc/lukko/backup.env': `RESTIC_REPOSITORY=s3:https://${host}/backups\n` }),
      }),
    },
  });

export const objectStorageInEu = rule({
  id: 'object-storage-in-eu',
  title: 'Object storage lies in the EU',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.5.23', 'ISO27001:2022/A.8.13', 'ISO27001:2022/A.5.14', 'GDPR/44'],
  rationale:
    'A bucket lies where its endpoint stands, and one name tells Gravelines from Beauharnois. Operators in the Union rent regions outside it beside those within, so who operates the endpoint does not say where the data is.',
  remediation: 'Use an endpoint of a region in the Union: fsn1, nbg1 or hel1 at Hetzner',
  sources: [
    'https://docs.hetzner.com/storage/object-storage/overview',
    'https://help.ovhcloud.com/csm/en-public-cloud-storage-s3-location',
    'https://docs.aws.amazon.com/general/latest/gr/s3.html',
  ],
  appliesTo: ['host', 'payload'],
  appliesWhen: (subject): Truth => {
    if (isPayload(subject)) return unreadable.appliesWhen(subject);
    const { host, at, position } = subject;
    return host !== undefined && objectStorageAt(host) !== undefined
      ? yes({ at, saw: host })
      : no({ at, saw: `${position}: no endpoint of object storage` });
  },
  check: (subject): readonly Judgement[] => {
    if (isPayload(subject)) return unreadable.judge(subject, 'object storage');
    const { host = '', at, place } = subject;
    const found = objectStorageAt(host);
    if (found?.country === undefined) {
      const truth = unknown({ at, saw: `${host}: a region that is not known`, causes: ['outside'] });
      return [{ truth, message: fit(`object storage ${host} lies in a region that is not known`), at, place }];
    }
    const reason = { at, saw: `${host}: ${found.region} lies in ${found.country}, ${found.source}` };
    const truth = union.has(found.country) ? yes(reason) : no(reason);
    return [{ truth, message: fit(`object storage ${host} lies in ${found.country}`), at, place }];
  },
  message: () => 'object storage lies outside the EU',
  examples: [
    { name: 'a bucket at Hetzner', verdict: 'pass', terraform: writingTo('nbg1.your-objectstorage.com') },
    { name: 'OVH in Gravelines', verdict: 'pass', terraform: writingTo('s3.gra.io.cloud.ovh.net') },
    { name: 'OVH in Beauharnois', verdict: 'fail', terraform: writingTo('s3.bhs.io.cloud.ovh.net') },
    { name: 'a region nobody has looked at', verdict: 'unknown', terraform: writingTo('s3.xx-new.scw.cloud') },
  ],
});
