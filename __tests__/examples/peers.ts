import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** How other tools see the examples: run where they are on the PATH, recorded otherwise (scripts/record-peers.ts). */
export interface PeerRun {
  readonly exit: number | null;
  /** Checks it says failed. */
  readonly failed: number;
}
export interface PeerRecord {
  readonly version: string;
  readonly runs: Readonly<Record<string, PeerRun>>;
}

const root = join(__dirname, '../..');
/** The examples region and configuration checks pass. */
export const seenByPeers = [
  'refused/aws-frankfurt',
  'refused/eu-looking-host',
  'refused/another-volume',
  'unproven/plain-or-encrypted',
] as const;

const run = (command: string, ...args: string[]) =>
  spawnSync(command, args, { cwd: root, encoding: 'utf8', timeout: 120_000 });

/** undefined where it is not installed. */
export function versionOf(peer: Peer): string | undefined {
  const { status, stdout } = run(peer, '--version');
  return status === 0 ? stdout.trim().split('\n').join(', ') : undefined;
}

export type Peer = 'conftest' | 'checkov';

export function judgedBy(peer: Peer, example: string): PeerRun {
  if (peer === 'conftest') {
    const { status, stdout } = run(
      peer,
      ...['test', `examples/${example}/main.tf`, '--parser', 'hcl2', '--output', 'json'],
      ...['--policy', '__tests__/fixtures/peers/regions.rego'],
    );
    const [file] = JSON.parse(stdout) as { failures?: unknown[] }[];
    return { exit: status, failed: file?.failures?.length ?? 0 };
  }
  const { status, stdout } = run(
    peer,
    ...['-d', `examples/${example}`, '--framework', 'terraform', '--skip-download', '--quiet', '-o', 'json'],
  );
  const report = JSON.parse(stdout) as { summary?: { failed: number }; failed?: number };
  return { exit: status, failed: report.summary?.failed ?? report.failed ?? 0 };
}

export function record(peer: Peer, version: string): PeerRecord {
  return { version, runs: Object.fromEntries(seenByPeers.map((example) => [example, judgedBy(peer, example)])) };
}
