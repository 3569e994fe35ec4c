import { backupsOf } from '../../../../packages/cli/src/host/backups.ts';
import { inBucket, shipped } from '../../../stacks/built.ts';

const host = shipped('example.yaml');
const bucket = shipped('example.yaml', inBucket);
const key = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

test('backups lie on the host of our own, or in the bucket, by the configuration', () => {
  expect(backupsOf(host, 'logs', {})).toEqual({ base: 'rest:https://backups.lukko.example/logs', environment: {} });
  expect(backupsOf(bucket, 'logs', key)).toEqual({
    base: 's3:https://fsn1.your-objectstorage.com/lukko-example-backups/logs',
    environment: { ...key, AWS_DEFAULT_REGION: 'fsn1' },
  });
  expect(backupsOf(bucket, 'logs', { AWS_SHARED_CREDENTIALS_FILE: 'key' }).base).toMatch(/^s3:/);
});

test('without a key to the bucket it is said which names are missing, unless the repository lies elsewhere', () => {
  expect(() => backupsOf(bucket, 'logs', { AWS_ACCESS_KEY_ID: 'id' })).toThrow(
    'the backups of example lie in the bucket lukko-example-backups at https://fsn1.your-objectstorage.com, and AWS_SECRET_ACCESS_KEY is not set',
  );
  expect(() => backupsOf(bucket, 'logs', {}, 's3:https://elsewhere.example/b/logs/2026-w01')).toThrow(
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set',
  );
  expect(() => backupsOf(bucket, 'logs', {}, 'repository')).not.toThrow();
});
