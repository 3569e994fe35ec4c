import type { z } from 'zod';

type Context = z.core.$RefinementCtx;

/** The parts of a configuration that say where backups go. */
interface BackedUp {
  readonly locations: { readonly backups?: string | undefined };
  readonly hosts: { readonly backups?: unknown };
  readonly backups?: { readonly bucket: { readonly lockDays: number } } | undefined;
  readonly retention: { readonly backups: number };
}

/**
 * Backups go to a host of our own or into a bucket, never to both or none; and a bucket's lock ends before what it holds must be gone, since
 * nobody can remove anything while it lasts.
 */
export function checkBackups({ locations, hosts, backups, retention }: BackedUp, context: Context): void {
  const refuse = (path: PropertyKey[], message: string, next: string) =>
    context.addIssue({ code: 'custom', path, message, params: { next } });
  if (backups === undefined) {
    if (hosts.backups === undefined)
      refuse(
        ['hosts', 'backups'],
        'expected a host that keeps the backups, or a bucket (backups.bucket), found neither',
        'add one of the two',
      );
    else if (locations.backups === undefined)
      refuse(['locations', 'backups'], 'expected the location of hosts.backups, found nothing', 'add it');
    return;
  }
  if (hosts.backups !== undefined)
    refuse(
      ['backups', 'bucket'],
      'expected a bucket or the host hosts.backups, found both: one of them would silently keep nothing',
      'remove one of the two; docs/runbooks/backup-bucket.md says how to change over',
    );
  else if (locations.backups !== undefined)
    refuse(
      ['locations', 'backups'],
      `expected nothing beside backups.bucket, whose endpoint says where it lies, found ${locations.backups}`,
      'remove it',
    );
  const { lockDays } = backups.bucket;
  if (lockDays >= retention.backups)
    refuse(
      ['backups', 'bucket', 'lockDays'],
      `expected fewer days than retention.backups (${retention.backups}), since nobody can remove a backup before its lock ends, found ${lockDays}`,
      `lower it to ${retention.backups - 1} at most, or keep backups longer`,
    );
}
