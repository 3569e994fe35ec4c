import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Attr, Resource, TerraformJson } from '@lukko/terraform-model';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

/** What says who may read a bucket, by type of resource: an access list of a few words, or a policy in JSON. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ['aws_s3_bucket', 'acl'],
  ['aws_s3_bucket_acl', 'acl'],
  ['aws_s3_object', 'acl'],
  ['minio_s3_bucket', 'acl'],
  ['minio_s3_object', 'acl'],
  ['openstack_objectstorage_container_v1', 'container_read'],
  ['scaleway_object', 'visibility'],
  ['scaleway_object_bucket', 'acl'],
  ['scaleway_object_bucket_acl', 'acl'],
]);
const POLICIES: ReadonlySet<string> = new Set([
  'aws_s3_bucket_policy',
  'minio_s3_bucket_policy',
  'scaleway_object_bucket_policy',
]);
/** `authenticated-read` is everybody with an account at the operator; `.r:*` is Swift's word for the world. */
const PUBLIC = /^(public|public-read|public-read-write|public-write|authenticated-read)$|(^|,)\s*\.r:\*/;

const minio: TerraformJson = {
  terraform: { required_providers: { minio: { source: 'aminueza/minio', version: '3.5.2' } } },
  provider: { minio: [{ minio_server: 'hel1.your-objectstorage.com', minio_ssl: true }] },
  variable: { acl: { type: 'string' } },
};
const bucket = (more: object): TerraformJson => ({
  ...minio,
  resource: { minio_s3_bucket: { archive: { bucket: 'archive', ...more } } },
});
const policy = (principal: object | string): TerraformJson => ({
  ...minio,
  resource: {
    minio_s3_bucket: { archive: { bucket: 'archive' } },
    minio_s3_bucket_policy: {
      archive: {
        bucket: '${minio_s3_bucket.archive.bucket}',
        policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: principal, Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::archive/*'] },
          ],
        }),
      },
    },
  },
});

export const objectStorageClosed = rule({
  id: 'object-storage-closed',
  title: 'Buckets of object storage are closed to the public',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.3', 'ISO27001:2022/A.5.15', 'ISO27001:2022/A.8.12', 'GDPR/32(1)(b)'],
  rationale:
    'A bucket is private until a word opens it: an access list of public-read, or a policy whose principal is everybody. What lies there then needs only a name to be read, and names are guessed by the million.',
  remediation: 'Leave the access list private, and name in a policy the principals that may read',
  sources: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl',
    'https://docs.hetzner.com/storage/object-storage/supported-actions',
    'https://docs.openstack.org/swift/latest/overview_acl.html',
  ],
  appliesTo: ['root'],
  check: (root, { graph }): readonly Judgement[] =>
    [...LISTS.keys(), ...POLICIES]
      .flatMap((type) => graph.ofType(type))
      .filter((resource) => resource.root === root && resource.mode === 'managed' && resource.change !== 'delete')
      .map((resource): Judgement => {
        const truth = truthOf(resource);
        const said =
          truth.is === 'unknown' ? 'is not shown to be closed' : `is open to the public: ${truth.because[0]?.saw}`;
        return { truth, message: fit(`${addressOf(resource)} ${said}`), at: resource.id, place: resource.place };
      }),
  message: () => 'a bucket is open to the public',
  examples: [
    { name: 'nothing is said', verdict: 'pass', terraform: bucket({}) },
    {
      name: 'a policy for one account',
      verdict: 'pass',
      terraform: policy({ AWS: ['arn:aws:iam:::user/p123:backup'] }),
    },
    { name: 'everybody may read', verdict: 'fail', terraform: bucket({ acl: 'public-read' }) },
    { name: 'a policy for everybody', verdict: 'fail', terraform: policy('*') },
    {
      name: 'a list that a variable without value holds',
      verdict: 'unknown',
      terraform: bucket({ acl: '${var.acl}' }),
    },
  ],
});

function truthOf(resource: Resource): Truth {
  const list = LISTS.get(resource.type);
  return list === undefined ? byPolicy(resource.attr('policy')) : byList(resource.attr(list));
}

function byList({ at, value, text }: Attr): Truth {
  if (value.state === 'unknown') return unknown({ at, saw: 'an access list that is not known', causes: value.causes });
  if (value.state === 'text')
    return unknown({ at, saw: 'an access list with parts that are not known', causes: ['function'] });
  if (text === undefined) return yes({ at, saw: 'no access list: private' });
  return PUBLIC.test(text) ? no({ at, saw: text }) : yes({ at, saw: text });
}

function byPolicy({ at, value }: Attr): Truth {
  if (value.state === 'unknown') return unknown({ at, saw: 'a policy that is not known', causes: value.causes });
  // A name that is not known is a name of something, never the star that means everybody.
  const text =
    value.state === 'text'
      ? value.parts.map((part) => (typeof part === 'string' ? part : 'unknown')).join('')
      : value.state === 'known'
        ? String(value.value)
        : '';
  const statements = statementsOf(text);
  if (statements === undefined) return unknown({ at, saw: 'a policy that is not understood', causes: ['function'] });
  const open = statements.find((each) => member(each, 'Effect') === 'Allow' && isEverybody(member(each, 'Principal')));
  if (open === undefined) return yes({ at, saw: `a policy of ${statements.length} statements, none for everybody` });
  const condition = member(open, 'Condition');
  return condition === undefined
    ? no({ at, saw: 'a policy that allows everybody' })
    : unknown({ at, saw: 'a policy that allows everybody under a condition', causes: ['function'] });
}

function statementsOf(text: string): readonly unknown[] | undefined {
  try {
    const statements = member(JSON.parse(text), 'Statement');
    return Array.isArray(statements) ? statements : statements === undefined ? undefined : [statements];
  } catch {
    return undefined;
  }
}

function isEverybody(principal: unknown): boolean {
  if (principal === '*') return true;
  if (Array.isArray(principal)) return principal.includes('*');
  return principal !== null && typeof principal === 'object' && Object.values(principal).some(isEverybody);
}

function member(holder: unknown, key: string): unknown {
  return holder !== null && typeof holder === 'object' && Object.hasOwn(holder, key)
    ? (holder as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
