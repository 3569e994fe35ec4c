import { changed, problems } from './changed-config.ts';

describe('where backups go', () => {
  const host = `  backups:
    serverType: cx23
    privateAddress: 10.20.1.13
    volume: { size: 200 }
`;
  const bucket = (lockDays: number, endpoint = 'https://fsn1.your-objectstorage.com') => `backups:
  bucket: { endpoint: "${endpoint}", name: lukko-backups, region: fsn1, lockDays: ${lockDays} }
`;

  test('backups on a host, in a bucket, in neither and in both', () => {
    expect(problems(changed([host, ''], ['  backups: fsn1\n', ''], ['\nstate:', `\n${bucket(29)}\nstate:`]))).toBe(
      'nothing is wrong',
    );
    expect(problems(changed([host, '']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:57: hosts.backups: expected a host that keeps the backups, or a bucket (backups.bucket), found neither; add it
      "
    `);
    expect(problems(changed(['\nstate:', `\n${bucket(29)}\nstate:`]))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:120: backups.bucket: expected a bucket or the host hosts.backups, found both: one of them would silently keep nothing; remove one of the two; docs/runbooks/backup-bucket.md says how to change over
      "
    `);
    expect(problems(changed([host, ''], ['\nstate:', `\n${bucket(29)}\nstate:`]))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:24: locations.backups: expected nothing beside backups.bucket, whose endpoint says where it lies, found fsn1; remove it
      "
    `);
    expect(problems(changed(['  backups: fsn1\n', '']))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:21: locations.backups: expected the location of hosts.backups, found nothing; add it
      "
    `);
  });

  test('a bucket that is locked for longer than backups are kept, or not long enough, or has no plain address', () => {
    const inBucket = (text: string) =>
      changed([host, ''], ['  backups: fsn1\n', ''], ['\nstate:', `\n${text}\nstate:`]);
    expect(problems(inBucket(bucket(30)))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:115: backups.bucket.lockDays: expected fewer days than retention.backups (30), since nobody can remove a backup before its lock ends, found 30; lower it to 29 at most, or keep backups longer
      "
    `);
    expect(problems(inBucket(bucket(7)))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:115: backups.bucket.lockDays: expected at least 8: a backup may need what was written seven days before it, found the number 7; choose a larger value
      "
    `);
    expect(problems(inBucket(bucket(29, 'http://fsn1.your-objectstorage.com')))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:115: backups.bucket.endpoint: expected https:// and a host alone, such as https://fsn1.your-objectstorage.com: what leaves goes to 443, and the bucket stands in name, found "http://fsn1.your-objectstorage.com"; correct it
      "
    `);
    expect(problems(inBucket(bucket(29, 'https://fsn1.your-objectstorage.com/lukko-backups')))).toMatchInlineSnapshot(`
      "
      config/mine.yaml:115: backups.bucket.endpoint: expected https:// and a host alone, such as https://fsn1.your-objectstorage.com: what leaves goes to 443, and the bucket stands in name, found "https://fsn1.your-objectstorage.com/lukko-backups"; correct it
      "
    `);
  });
});
