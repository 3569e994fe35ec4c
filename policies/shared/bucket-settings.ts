import type { Command, Payload } from '@lukko/facts';

/** A setting of a bucket that a host asks for before it backs up into it, and the bound it refuses beyond. */
export interface BucketSetting {
  /** Days it compares with; undefined where the payload does not show it, or nothing is asked. */
  readonly days: number | undefined;
  readonly at: string;
}

const REPOSITORY = /^\s*(?:export\s+)?\w*REPOSITORY=["']?s3:(https?:\/\/[^\s"'/]+\/[^\s"'/]+)/m;

/** Buckets that a host's restic writes to, as URLs without the folder within: restic.readthedocs.io, "S3-compatible storage". */
export function backupBuckets({ files, commands }: Payload): readonly { readonly url: string; readonly at: string }[] {
  const named = files.flatMap(({ text, at }) => {
    const url = text.marked.includes('REPOSITORY=') ? REPOSITORY.exec(text.marked)?.[1] : undefined;
    return url === undefined ? [] : [{ url, at }];
  });
  const given = commands.flatMap(({ program, args, at }) =>
    program !== 'restic'
      ? []
      : args.flatMap((arg, index) => {
          const url = /^(-r|--repo)$/.test(args[index - 1] ?? '')
            ? /^s3:(https?:\/\/[^/]+\/[^/]+)/.exec(arg ?? '')?.[1]
            : undefined;
          return url === undefined ? [] : [{ url, at }];
        }),
  );
  const found = new Map([...given, ...named].map((each) => [each.url, each]));
  return [...found.values()];
}

/**
 * What a host asks a bucket for (`?lifecycle`, `?object-lock`, in the S3 API) in what runs restic backup, before it does, and the number of days it compares
 * the answer with: `[ … -le 30 ]`. Undefined days where it asks and compares with nothing; the whole undefined where it does not ask.
 */
export function asksFor(
  { commands }: Payload,
  bucket: string,
  setting: 'lifecycle' | 'object-lock',
): BucketSetting | undefined {
  const operator = setting === 'lifecycle' ? '-le' : '-ge';
  for (const backup of commands.filter(({ program, args }) => program === 'restic' && args.includes('backup'))) {
    const before = commands.filter(({ entry }) => entry === backup.entry);
    const steps = before.slice(0, before.indexOf(backup));
    const asked = steps.findIndex((step) => isQuestion(step, bucket, setting));
    const question = steps[asked];
    if (question === undefined) continue;
    // What runs only where the comparison says no: it stops there.
    const bounds = steps
      .slice(asked + 1)
      .flatMap(({ guards }) => guards.flatMap(({ mentions }) => boundOf(mentions, operator)));
    return { days: bounds[0], at: `${question.at}:${question.line}` };
  }
  return undefined;
}

function isQuestion({ program, args }: Command, bucket: string, setting: string): boolean {
  return (
    program === 'curl' &&
    args.some(
      (arg) =>
        arg !== undefined &&
        new RegExp(`^[?]${setting}=?$`).test(arg.startsWith(bucket) ? arg.slice(bucket.length) : ''),
    )
  );
}

function boundOf(mentions: readonly string[], operator: string): readonly number[] {
  const bound = mentions[mentions.indexOf(operator) + 1];
  return mentions.includes(operator) && bound !== undefined && /^\d{1,5}$/.test(bound) ? [Number(bound)] : [];
}
