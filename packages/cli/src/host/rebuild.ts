import type { HostRecord } from '@lukko/formats';
import { InputError } from '../errors.ts';
import type { Api } from './api.ts';
import type { Contact } from './contact.ts';
import { takeTurn } from './one-at-a-time.ts';
import { payloadDigest, renderPayload, valuesIn } from './payload.ts';
import { StepFailed } from './problem.ts';
import { appendRecord, records } from './record.ts';
import { lastReport, unhealthy } from './report.ts';
import { untilItServes, waitsFor } from './serve.ts';
import { type Server, serverById } from './server.ts';
import { type DeclaredServer, declaredServer, type HostStack, serverNames } from './stack.ts';
import { knownFrom } from './state.ts';

/** What the verbs on hosts work with. */
export interface HostWork {
  readonly stack: HostStack;
  readonly api: Api;
  /** Opens the way to a host, or undefined where the API is on this machine and there is none. */
  readonly reach: ((server: Server) => Contact) | undefined;
  /** The state of the stack, as JSON. */
  readonly state: () => unknown;
  /**
   * The payload as Terraform rendered it, where it calls: while it applies, what it made may stand in no state yet (a remote one is
   * written every twenty seconds, and OpenTofu keeps a local one back, too).
   */
  readonly rendered?: string;
  readonly now: () => Date;
  readonly say: (line: string) => void;
  /** Milliseconds a host may take until it serves. */
  readonly longest: number;
  /** Milliseconds between two questions to a host. */
  readonly pause?: number;
}

type Step = HostRecord['step'];
type Outcome = HostRecord['outcome'];
const LABEL = 'lukko-payload';

/**
 * Brings the declared payload onto a server, which keeps its id, addresses, network and price. Equal payload: only waits until the
 * host serves. Another: quiesces it, rebuilds it with the new one, sets the label, waits.
 * @throws StepFailed when a step does not succeed: the same call goes on from there.
 */
export async function rebuildHost(work: HostWork, id: number): Promise<void> {
  const { stack, api, say } = work;
  const clock = () => work.now().getTime();
  const server = await serverById(api, id);
  if (server === undefined)
    throw new StepFailed(
      `there is no server ${id} in this project`,
      'look at HCLOUD_TOKEN: is it of the right project?',
    );
  const declared = declaredServer(stack, server.name);
  if (declared === undefined)
    throw new InputError(
      `server ${id} is ${server.name}, and stack ${stack.name} declares ${serverNames(stack).join(', ') || 'no server'} to be rebuilt; name the stack it belongs to`,
    );
  const release = await takeTurn(
    stack.kept,
    (holder) => say(`${server.name}: waits, since ${holder} works on another host`),
    clock,
  );
  try {
    await broughtUp(work, server, declared);
  } finally {
    release();
  }
}

async function broughtUp(work: HostWork, server: Server, declared: DeclaredServer): Promise<void> {
  const { stack, say } = work;
  const { template } = declared;
  const known =
    work.rendered === undefined ? knownFrom(stack, work.state()) : valuesIn(work.rendered, template, stack.name);
  const payload = renderPayload(template, known, stack.name);
  const digest = payloadDigest(payload);
  const contact = work.reach?.(server);
  const record = recorder(work, server, digest);
  try {
    if (server.labels[LABEL] === digest)
      say(`${server.name} has payload ${digest.slice(0, 12)} already: nothing to rebuild`);
    else await rebuilt({ work, server, declared, payload, digest, contact, record });
    if (contact === undefined) {
      skipped(say, server.name, 'waiting until it serves');
      record('serve', 'skipped');
      return;
    }
    const { longest, pause } = work;
    const clock = () => work.now().getTime();
    await untilItServes({ name: server.name, contact, clock, longest, say, ...(pause === undefined ? {} : { pause }) });
    record('serve', 'done');
    await lastReport(contact, stack.kept, server.name);
  } finally {
    contact?.close();
  }
}

interface Rebuild {
  readonly work: HostWork;
  readonly server: Server;
  readonly declared: DeclaredServer;
  readonly payload: string;
  readonly digest: string;
  readonly contact: Contact | undefined;
  readonly record: (step: Step, outcome: Outcome) => void;
}

async function rebuilt({ work, server, declared, payload, digest, contact, record }: Rebuild): Promise<void> {
  const { api, say, stack } = work;
  const had = server.labels[LABEL] ?? 'none';
  say(
    `${server.name} has payload ${had.slice(0, 12)}, declared is ${digest.slice(0, 12)}: it is rebuilt, and keeps id and addresses`,
  );
  if (closedBefore(work, server)) {
    say(`${server.name}: an earlier rebuild closed its volume and did not end; goes on from there`);
  } else {
    await refuseUnhealthy({ work, server, contact, record });
    await quiesced({ work, server, contact, record });
  }
  record('rebuild', 'begun');
  try {
    await api.act(`/servers/${server.id}/actions/rebuild`, { image: declared.image, user_data: payload });
  } catch (error) {
    record('rebuild', 'failed');
    throw error;
  }
  const after = await serverById(api, server.id);
  if (after === undefined) throw new StepFailed(`server ${server.id} is gone`, `deploy stack ${stack.name} again`);
  // Set last: whatever ended before leaves the old digest, and the rebuild is done again.
  await api.put(`/servers/${server.id}`, { labels: { ...after.labels, [LABEL]: digest } });
  if (after.status === 'off') await api.act(`/servers/${server.id}/actions/poweron`);
  record('rebuild', 'done');
  say(`${server.name} is rebuilt with payload ${digest.slice(0, 12)}`);
}

/** Whether an earlier rebuild closed the volume and did not come to its end: then there is nothing to empty any more. */
function closedBefore({ stack }: HostWork, server: Server): boolean {
  const mine = records(stack.kept).filter((record) => record.server.id === server.id);
  const served = mine.findLastIndex(({ step }) => step === 'serve');
  const since = mine.slice(served + 1);
  return (
    since.some(({ step, outcome }) => step === 'quiesce' && outcome !== 'failed') && since.at(-1)?.step === 'rebuild'
  );
}

type OneStep = Pick<Rebuild, 'work' | 'server' | 'contact' | 'record'>;

/** A host whose volume does not unlock would come back without its data: it is not taken down. */
async function refuseUnhealthy({ work, server, contact, record }: OneStep): Promise<void> {
  if (contact === undefined) {
    skipped(work.say, server.name, 'its report over SSH');
    return record('report', 'skipped');
  }
  const last = await lastReport(contact, work.stack.kept, server.name);
  const why = 'none' in last ? last.none : unhealthy(last.report, contact.hostKey(), work.now());
  record('report', why === undefined ? 'done' : 'failed');
  if (why !== undefined)
    throw new StepFailed(
      `${server.name} is not rebuilt: ${why}`,
      'make its volume unlock first (docs/runbooks/); a host is only taken down when its last report says that it comes back',
    );
}

/** Empties the forwarder, stops services, closes journal and volume. A server that is off has nothing open. */
export async function quiesced({ work, server, contact, record }: OneStep): Promise<void> {
  if (server.status === 'off') {
    work.say(`${server.name} is powered off: nothing to quiesce`);
    return record('quiesce', 'done');
  }
  if (contact === undefined) {
    skipped(work.say, server.name, 'quiesce over SSH');
    return record('quiesce', 'skipped');
  }
  record('quiesce', 'begun');
  const said = await contact.run('quiesce');
  record('quiesce', said.code === 0 ? 'done' : 'failed');
  if (said.code !== 0)
    throw new StepFailed(
      `${server.name} could not be quiesced: it ${said.trouble === undefined ? `says ${waitsFor(said)}` : waitsFor(said)}`,
      'nothing was changed; sign in and mend it, or power it off in the console (what it had not shipped may be lost) and run the same command again',
    );
  work.say(`${server.name} is quiesced: its volume is closed`);
}

function skipped(say: HostWork['say'], name: string, what: string): void {
  say(`${name}: skipped: ${what} (the API is on this machine, there is no host; recorded as sandbox)`);
}

/** Writes each step into `state/<environment>/hosts.jsonl`. */
export function recorder(
  { stack, reach, now }: HostWork,
  server: Server,
  payload: string | undefined,
  verb: HostRecord['verb'] = 'rebuild',
): Rebuild['record'] {
  return (step, outcome) =>
    appendRecord(stack.kept, {
      schemaVersion: 1,
      at: now().toISOString(),
      provenance: reach === undefined ? 'sandbox' : 'real',
      verb,
      stack: stack.name,
      server: { id: server.id, name: server.name },
      ...(payload === undefined ? {} : { payload }),
      step,
      outcome,
    });
}
