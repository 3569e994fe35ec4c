import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { lasts, type Store, sha256, type Unchained, uuid } from '@lukko/evidence';
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

/** What a run saw, ready for a store. */
export interface Run {
  readonly id: string;
  readonly records: (store: Store) => readonly Unchained[];
  readonly observed: number;
  readonly failed: readonly { readonly subject: string; readonly problem: string }[];
  /** Checks that do not hold. */
  readonly broken: readonly { readonly subject: string; readonly check: string; readonly saw: string }[];
}

interface Looked {
  readonly task: Task;
  readonly seen: readonly Seen[] | undefined;
  readonly problem: string | undefined;
  readonly at: string;
  readonly took: number;
  readonly attempts: number;
}

/** Looks at everything, several at a time, each within its limit. What fails is an observation too. */
export async function observe(tasks: readonly Task[], options: RunOptions): Promise<Run> {
  const { targets, now } = options;
  if (tasks.length === 0) throw new InputError('nothing to look at; name targets in observe.yaml');
  const id = randomUUID();
  const began = instant(now());
  const looked: Looked[] = [];
  const waiting = [...tasks];
  const worker = async () => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      looked.push(await look(task, options));
      options.progress(looked.length, tasks.length, task.subject.name ?? task.subject.id);
    }
  };
  await Promise.all(Array.from({ length: Math.min(together, tasks.length) }, worker));
  const order = new Map(tasks.map((task, index) => [task, index]));
  looked.sort((a, b) => (order.get(a.task) ?? 0) - (order.get(b.task) ?? 0));
  const provider = looked.some(({ task, seen }) => task.collector === 'hetzner' && seen !== undefined);
  const named = tasks.some(({ collector }) => collector === 'hetzner');
  const run: Unchained = {
    kind: 'run',
    run: id,
    at: began,
    environment: targets.environment,
    vantage: targets.vantage,
    tool: options.tool,
    collectors: [...new Set(tasks.map(({ collector }) => collector))].sort(),
  };
  const observations = looked.flatMap((one) => records(one, id, named && !provider));
  return {
    id,
    records: (store) => [run, ...certificates(looked, store), ...observations],
    observed: observations.filter((one) => one.kind === 'observation' && one.outcome === 'observed').length,
    failed: observations.flatMap((one) =>
      one.kind === 'observation' && one.outcome === 'failed'
        ? [{ subject: one.subject.name ?? one.subject.id, problem: one.problem ?? '' }]
        : [],
    ),
    broken: observations.flatMap((one) =>
      one.kind !== 'observation'
        ? []
        : one.checks
            .filter(({ holds }) => holds === false)
            .map(({ id: name, saw }) => ({ subject: one.subject.name ?? one.subject.id, check: name, saw })),
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

function records({ task, seen, problem, at, took, attempts }: Looked, run: string, noProvider: boolean): Unchained[] {
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
  const unproven = noProvider && task.collector !== 'hetzner';
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
function certificates(looked: readonly Looked[], store: Store): Unchained[] {
  const known = new Set(store.records.flatMap((record) => (record.kind === 'certificate' ? [record.sha256] : [])));
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
