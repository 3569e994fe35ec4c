import type { HostRecord } from '@lukko/formats';
import { InputError } from '../errors.ts';
import type { EnvironmentFile } from './environment-file.ts';
import { type Pinning, pinKeys, rebindVolumes } from './pin.ts';
import { StepFailed } from './problem.ts';
import { records } from './record.ts';
import { untilItServes } from './serve.ts';

/** What `lukko keys replace` works with. */
export interface Replacing {
  /** Name of the key server in the configuration. */
  readonly name: string;
  /** Reads the configuration, which a step of this verb changes. */
  readonly file: () => EnvironmentFile;
  /** Ways to the key servers, which are a project of their own, and to the hosts; undefined where the API is on this machine. */
  readonly ways: { readonly keys: Pinning['reach']; readonly hosts: Pinning['reach'] } | undefined;
  readonly files: Pinning['files'];
  readonly now: () => Date;
  readonly say: (line: string) => void;
  /** `state/<environment>`. */
  readonly kept: string;
  /** Where the hosts reach it: `http://<address>:7500`, which it keeps. */
  readonly url: string;
  /** Asks to type `<environment>/<name>`. @returns what was typed, undefined where nobody can answer */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** Replaces the server, through both gates. @returns its new id */
  readonly replace: () => Promise<number>;
  /** Takes the recorded SSH key of a server out of the file: the new one has another. */
  readonly forget: (server: string) => void;
  readonly record: (step: HostRecord['step'], outcome: HostRecord['outcome'], id: number) => void;
  /** Milliseconds the new server may take until it serves, and between two questions. */
  readonly longest: number;
  readonly pause?: number;
}

/**
 * Puts a new key server in the place of one that is lost: binds every volume to the others, replaces the server, pins its keys, binds
 * every volume to all of them. Nothing is replaced before every volume does without it. Goes on where an earlier call stopped.
 * @throws StepFailed when a step does not succeed: the same call goes on from there.
 */
export async function replaceKeyServer(replacing: Replacing): Promise<void> {
  const { name, say, ways, url } = replacing;
  const { config } = replacing.file();
  const server = `lukko-${config.environment.name}-${name}`;
  refuseImpossible(replacing);
  const before = records(replacing.kept).findLast(
    (record) => record.verb === 'keys-replace' && record.server.name === server,
  );
  // A replacement that came to its end is another one's history.
  const begun =
    before !== undefined && before.step !== 'rebind' && ['done', 'skipped'].includes(before.outcome)
      ? { id: before.server.id, pinned: before.step === 'pin' }
      : undefined;
  await confirmed(replacing, begun !== undefined);

  let id = begun?.id;
  if (id === undefined) {
    if (ways === undefined) skipped(say, 'binding the volumes to the other key servers');
    else await rebindVolumes(pinningOf(replacing, ways.hosts), ['without', url]);
    id = await replacing.replace();
    replacing.forget(server);
    replacing.record('replace', 'done', id);
    say(`${server} is replaced, and keeps its address; its former SSH key is forgotten`);
  } else say(`${server}: an earlier call replaced it and did not end; goes on from there`);

  if (ways === undefined) {
    skipped(say, 'pinning its keys and binding the volumes to them');
    return replacing.record('rebind', 'skipped', id);
  }
  if (begun?.pinned !== true) {
    await untilItAnswers(replacing, server, ways.keys);
    await pinKeys(pinningOf(replacing, ways.keys), [name]);
    replacing.record('pin', 'done', id);
  }
  const pinned = replacing.file().config.keys.servers.find((each) => each.name === name)?.thumbprint ?? '';
  await rebindVolumes(pinningOf(replacing, ways.hosts), ['with', url, pinned]);
  replacing.record('rebind', 'done', id);
  say(
    `${server} is in the place of the lost one: every volume is bound to it.\nNext: commit the configuration and \`npx cdktf deploy\`, which rebuilds the hosts with its thumbprint. Move the sealed secrets away and seal them again.`,
  );
}

function refuseImpossible({ name, file }: Replacing): void {
  const { keys } = file().config;
  if (!keys.servers.some((server) => server.name === name))
    throw new InputError(
      `there is no key server ${name}; name one of ${keys.servers.map((server) => server.name).join(', ')}`,
    );
  const unpinned = keys.servers.filter(({ thumbprint }) => thumbprint === undefined).map((server) => server.name);
  if (unpinned.length > 0)
    throw new InputError(
      `${unpinned.join(', ')} ${unpinned.length === 1 ? 'has' : 'have'} no thumbprint yet, so no volume is bound to them; \`lukko keys pin\` first`,
    );
}

async function confirmed({ name, file, ask, url }: Replacing, again: boolean): Promise<void> {
  const { environment, keys, hosts } = file().config;
  const wanted = `${environment.name}/${name}`;
  const others = keys.servers.filter((server) => server.name !== name).map((server) => server.name);
  const typed = await ask(
    [
      `${wanted} (${url}) ${again ? 'was replaced; what is left to do is done.' : 'is replaced by a new server at the same address. Its keys are gone for good.'}`,
      `Meanwhile the volumes of ${Object.keys(hosts).join(', ')} open by ${others.join(' and ')} (${keys.threshold} must answer): reboot none of them.`,
      `Type ${wanted} to go on, anything else stops.\n`,
    ].join('\n'),
  );
  if (typed === undefined)
    throw new InputError(
      `keys replace must ask, and there is no terminal to ask on; run it on one, or give --confirm ${wanted}`,
    );
  if (typed !== wanted) throw new StepFailed('stopped: nothing was changed', `type exactly ${wanted}`);
}

async function untilItAnswers(
  { say, now, longest, pause }: Replacing,
  server: string,
  reach: Pinning['reach'],
): Promise<void> {
  const contact = await reach(server);
  try {
    const clock = () => now().getTime();
    await untilItServes({ name: server, contact, clock, longest, say, ...(pause === undefined ? {} : { pause }) });
  } finally {
    contact.close();
  }
}

function pinningOf({ file, files, now, say }: Replacing, reach: Pinning['reach']): Pinning {
  return { file: file(), files, now, say, reach };
}

function skipped(say: Replacing['say'], what: string): void {
  say(`skipped over SSH: ${what} (the API is on this machine, there is no host; recorded as sandbox)`);
}
