import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { lasts, sha256, type Unchained, uuid } from '@lukko/evidence';
import type { CollectorName, ObserveTargets } from '@lukko/formats';
import { InputError } from '../errors.ts';
import type { Seen, Task } from './task.ts';

/** How many look at the same time. */
const together = 24;
/** Milliseconds before the second attempt; doubled for each further one. */
const pause = 500;

export interface RunOptions {
  readonly targets: ObserveTargets;
  readonly tool: string;
  readonly now: () => Date;
  /** Told after each task: how many are done. */
  readonly progress: (done: number, all: number, label: string) => void;
  readonly pause?: number;
}

/** What a run came to. Its records were handed on as they came. */
export interface Run {
  readonly id: string;
  readonly observed: number;
  readonly failed: readonly { readonly subject: string; readonly problem: string }[];
  /** Checks that do not hold. */
  readonly broken: readonly { readonly subject: string; readonly check: string; readonly saw: string }[];
}

/** Takes records for good: a run that is killed afterwards loses none of them. */
export type Keep = (make: (certificates: ReadonlySet<string>) => readonly Unchained[]) => unknown;

interface Looked {
  readonly task: Task;
  readonly seen: readonly Seen[] | undefined;
  readonly problem: string | undefined;
  readonly at: string;
  readonly took: number;
  readonly attempts: number;
}

type Recorded = Extract<Unchained, { kind: 'observation' }>;

/**
 * Looks at everything, several at a time, each within its limit, and hands on what was seen as it comes. What fails is an
 * observation too. What hosts show waits for the provider's answer, without which nothing says that they are ours.
 */
export async function observe(tasks: readonly Task[], options: RunOptions, keep: Keep): Promise<Run> {
  const { targets, now } = options;
  if (tasks.length === 0) throw new InputError('nothing to look at; name targets in observe.yaml');
  const id = randomUUID();
  const run: Unchained = {
    kind: 'run',
    run: id,
    at: instant(now()),
    environment: targets.environment,
    vantage: targets.vantage,
    tool: options.tool,
    collectors: [...new Set(tasks.map(({ collector }) => collector))].sort(),
    tasks: tasks.length,
  };
  keep(() => [run]);
  const kept = new Map<Task, readonly Recorded[]>();
  const put = (all: readonly Looked[], unproven: boolean) => {
    const records = all.map((one) => [one.task, recordsOf(one, id, unproven)] as const);
    keep((known) => [...certificates(all, known), ...records.flatMap(([, list]) => list)]);
    for (const [task, list] of records) kept.set(task, list);
  };
  const providers = tasks.filter(({ collector }) => collector === 'hetzner').length;
  let answered = 0;
  let asked = 0;
  let held: Looked[] = [];
  const arrived = (one: Looked) => {
    if (one.task.collector === 'hetzner') {
      asked += 1;
      if (one.seen !== undefined) answered += 1;
      put([one], false);
    } else held.push(one);
    if (asked < providers || held.length === 0) return;
    put(held, providers > 0 && answered === 0);
    held = [];
  };
  const waiting = [...tasks];
  let done = 0;
  const worker = async () => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      arrived(await look(task, options));
      done += 1;
      options.progress(done, tasks.length, task.subject.name ?? task.subject.id);
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, tasks.length) }, worker));
  keep(() => [{ kind: 'end', run: id, at: instant(now()) }]);
  // In the order of the targets, whoever answered first.
  return { id, ...summaryOf(tasks.flatMap((task) => kept.get(task) ?? [])) };
}

function summaryOf(observations: readonly Recorded[]): Omit<Run, 'id'> {
  const named = ({ subject }: Recorded) => subject.name ?? subject.id;
  return {
    observed: observations.filter(({ outcome }) => outcome === 'observed').length,
    failed: observations
      .filter(({ outcome }) => outcome === 'failed')
      .map((one) => ({ subject: named(one), problem: one.problem ?? '' })),
    broken: observations.flatMap((one) =>
      one.checks
        .filter(({ holds }) => holds === false)
        .map(({ id: check, saw }) => ({ subject: named(one), check, saw })),
    ),
  };
}

async function look(task: Task, { now, pause: first = pause }: RunOptions): Promise<Looked> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  for (let attempt = 1; ; attempt += 1) {
    const stop = new AbortController();
    // A project's pages are asked for together, each listening for the end of time.
    setMaxListeners(0, stop.signal);
    const timer = setTimeout(() => stop.abort(new Error(`no answer within ${task.limit / 1000} s`)), task.limit);
    try {
      const seen = await Promise.race([task.look({ signal: stop.signal }), aborted(stop.signal)]);
      return { task, seen, problem: undefined, at: instant(now()), took: took(), attempts: attempt };
    } catch (error) {
      if (attempt >= task.attempts)
        return {
          task,
          seen: undefined,
          problem: problemOf(error, stop.signal),
          at: instant(now()),
          took: took(),
          attempts: attempt,
        };
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
    await new Promise((resolve) => setTimeout(resolve, first * 2 ** (attempt - 1)));
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}

/** In words; a time limit is said as such and not as whatever it interrupted. */
function problemOf(error: unknown, signal: AbortSignal): string {
  const cause = signal.aborted && signal.reason instanceof Error ? signal.reason : error;
  const { code, message } = Object(cause) as { code?: unknown; message?: unknown };
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ECONNRESET: 'the connection was cut',
    ENOTFOUND: 'the name does not resolve',
    ETIMEDOUT: 'nothing answers there',
    EHOSTUNREACH: 'there is no way to it',
    ENETUNREACH: 'there is no way to it',
    CERT_HAS_EXPIRED: 'its certificate has expired',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
    SELF_SIGNED_CERT_IN_CHAIN: 'its chain does not end in a known root',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its chain does not end in a known root',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its chain does not end in a known root',
    ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  };
  return (words[String(code)] ?? String(message ?? cause)).slice(0, 300);
}

function recordsOf(
  { task, seen, problem, at, took, attempts }: Looked,
  run: string,
  unproven: boolean,
): readonly Recorded[] {
  const expires = instant(new Date(Date.parse(at) + lasts[task.collector] * 24 * 60 * 60 * 1000));
  const shared = {
    kind: 'observation' as const,
    run,
    collector: task.collector as CollectorName,
    at,
    took,
    attempts,
    expires,
  };
  if (seen === undefined) {
    const id = uuid(run, task.collector, task.subject.id, 'failed');
    const source = { endpoint: task.endpoint };
    return [
      {
        ...shared,
        id,
        subject: task.subject,
        outcome: 'failed',
        problem: problem ?? '',
        source,
        checks: [],
        facts: {},
      },
    ];
  }
  // Without the provider's answer nothing says that a host is ours: what was seen is kept, and is not passed off as more.
  return seen.map((one, index) => ({
    ...shared,
    id: uuid(run, task.collector, one.subject.id, String(index)),
    subject: one.subject,
    ...(unproven
      ? {
          outcome: 'failed' as const,
          problem: "seen, but the provider's answer that would show it to be ours failed in this run",
        }
      : { outcome: 'observed' as const }),
    source: {
      endpoint: one.endpoint,
      ...(one.address === undefined ? {} : { address: one.address }),
      ...(one.chain === undefined || one.chain.length === 0 ? {} : { chain: one.chain.map((der) => sha256(der)) }),
      ...(one.hostKey === undefined ? {} : { hostKey: one.hostKey }),
    },
    checks: [...one.checks],
    facts: one.facts,
    ...(one.answer === undefined ? {} : { answer: sha256(one.answer) }),
  }));
}

/** Certificates that the store does not hold yet. */
function certificates(looked: readonly Looked[], known: ReadonlySet<string>): Unchained[] {
  const fresh = new Map<string, Unchained>();
  for (const { seen } of looked)
    for (const { chain = [] } of seen ?? [])
      for (const der of chain) {
        const digest = sha256(der);
        if (!known.has(digest))
          fresh.set(digest, { kind: 'certificate', sha256: digest, der: Buffer.from(der).toString('base64') });
      }
  return [...fresh.values()];
}

function instant(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
