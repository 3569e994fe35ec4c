import type { Config } from '@lukko/formats';
import type { App, TerraformStack } from 'cdktf';
import { BackupsStack } from './backups.ts';
import { hostsOf, unpinned } from './constructs/hosts.ts';
import type { Place } from './constructs/lukko-stack.ts';
import { DnsStack } from './dns.ts';
import { EdgeStack } from './edge.ts';
import { ErrorsStack } from './errors.ts';
import { KeysStack } from './keys.ts';
import { LogsStack } from './logs.ts';
import { NetworkStack } from './network.ts';

export type { Place } from './constructs/lukko-stack.ts';

/** A stack that is not declared, and why, in one sentence. */
export interface LeftOut {
  readonly stack: string;
  readonly why: string;
}

/** The stacks that keep data, each on its own host. */
const DATA_STACKS = { edge: EdgeStack, logs: LogsStack, errors: ErrorsStack, backups: BackupsStack } as const;

/**
 * Declares every stack of an environment, in the order in which they are deployed: what is deployed stands here.
 *
 * @param options.at where a value of the configuration stands, by its path: `keys.servers[0].location`.
 * @param options.retiring name of the stack whose protection is lifted so that it can be removed.
 * @param options.replacing name of the key server whose protection is lifted so that it can be replaced.
 * @returns the stacks, and those left out with the reason; nothing is written and nothing is judged.
 */
export function buildStacks(
  app: App,
  config: Config,
  options: {
    readonly at: (path: string) => Place;
    readonly retiring?: string | undefined;
    readonly replacing?: string | undefined;
  },
): { stacks: TerraformStack[]; leftOut: LeftOut[] } {
  const settings = { config, at: options.at, retiring: options.retiring, replacing: options.replacing };
  const stacks: TerraformStack[] = [];
  const leftOut: LeftOut[] = [];

  const network = new NetworkStack(app, settings);
  stacks.push(network);
  if (config.dns.managed) stacks.push(new DnsStack(app, settings, network));
  else
    leftOut.push({
      stack: 'dns',
      why: `dns.managed is false: the zone ${config.domain} is kept elsewhere, and its names must stand there before any host is deployed.`,
    });
  const keys = new KeysStack(app, settings, network);
  stacks.push(keys);

  const missing = unpinned(config);
  const declared: readonly string[] = hostsOf(config);
  for (const [name, Stack] of Object.entries(DATA_STACKS)) {
    if (!declared.includes(name)) leftOut.push({ stack: name, why: inBucket(config) });
    else if (missing.length === 0) stacks.push(new Stack(app, settings, { network, keys }));
    else leftOut.push({ stack: name, why: notPinned(missing) });
  }
  return { stacks, leftOut };
}

function inBucket({ backups }: Config): string {
  const { endpoint, name } = backups?.bucket ?? {};
  return `backups.bucket is set: backups go into the bucket ${name} at ${endpoint}, and no host of ours keeps them.`;
}

function notPinned(servers: readonly string[]): string {
  const whose = servers.length === 1 ? 'the key server' : 'the key servers';
  return `Its volume is bound to key servers by their thumbprints, and ${whose} ${servers.join(', ')} ${servers.length === 1 ? 'has' : 'have'} none yet: deploy network, dns and keys, and write what \`tang-show-keys\` prints on each of them into the configuration.`;
}
