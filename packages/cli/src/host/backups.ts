import type { Config } from '@lukko/formats';
import { StepFailed } from './problem.ts';

/** Where the backups of a host lie, as restic names it, and what restic is told beside it. */
export interface Backups {
  /** Base of the host's repositories, one a week below it. */
  readonly base: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Where an environment's hosts are backed up to, by its configuration.
 * @param named the repository that is named instead; one that lies elsewhere needs no key to the bucket.
 * @throws StepFailed where they lie in a bucket and no key to it is at hand.
 */
export function backupsOf(config: Config, host: string, environment: NodeJS.ProcessEnv, named?: string): Backups {
  const bucket = config.backups?.bucket;
  if (bucket === undefined) return { base: `rest:https://backups.${config.domain}/${host}`, environment };
  const base = `s3:${bucket.endpoint}/${bucket.name}/${host}`;
  const inBucket = named === undefined || named.startsWith('s3:');
  const key = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter((name) => (environment[name] ?? '') === '');
  if (inBucket && key.length > 0 && (environment.AWS_SHARED_CREDENTIALS_FILE ?? '') === '')
    throw new StepFailed(
      `the backups of ${config.environment.name} lie in the bucket ${bucket.name} at ${bucket.endpoint}, and ${key.join(' and ')} ${key.length === 1 ? 'is' : 'are'} not set`,
      'set both to a key that may read the bucket, or name a repository elsewhere with --repository (docs/runbooks/restore.md)',
    );
  return { base, environment: { ...environment, AWS_DEFAULT_REGION: bucket.region } };
}
