import type { Observation, ObservationRecord } from '@lukko/formats';
import type { Store } from '../store/chain.ts';
import type { Roots } from './certificate-chain.ts';
import { checkOf } from './checks.ts';
import { LookedAt } from './looked-at.ts';
import { type Origin, originsOf } from './origin.ts';

/** How far a clock may be ahead before what it dated is not believed, in milliseconds. */
const skew = 5 * 60 * 1000;

/** One observation with what it is worth. */
export interface Judged {
  readonly observation: Observation;
  readonly origin: Origin;
  readonly fresh: boolean;
  /** Whether it belongs to the newest run that saw its subject, and its subject is still looked at. */
  readonly newest: boolean;
}

export interface ObservationFinding {
  readonly code:
    | 'clock-skew'
    | 'contradiction'
    | 'collector-failed'
    | 'observation-expired'
    | 'store'
    | 'run-interrupted'
    | 'no-longer-observed'
    | 'later-than-as-of'
    | 'check-failed';
  readonly controls: readonly string[];
  readonly subject: string;
  readonly message: string;
}

export interface Observed {
  readonly judged: readonly Judged[];
  readonly records: readonly ObservationRecord[];
  /** `real`: all that was seen counts. `sandbox`: something does not. `none`: nothing was seen. */
  readonly kind: 'real' | 'sandbox' | 'none';
  readonly findings: readonly ObservationFinding[];
  /** First expiry among the newest of each subject. */
  readonly firstExpiry: string | undefined;
}

/**
 * Reads what was observed up to an instant. What lies in the future is not believed, what contradicts itself in one run counts
 * for both, what expired is kept and does not count as fresh, what nobody looks at any more is kept and counts for nothing.
 * @param now instant of the clock, where `asOf` is an earlier one: what lies between is later, and no clock is to blame
 */
export function observedAt(store: Store, asOf: string, roots: Roots, now = asOf): Observed {
  const origins = originsOf(store.records, roots);
  const findings: ObservationFinding[] = store.problems.map(({ message, line }) => ({
    code: 'store',
    controls: ['A.5.28'],
    subject: `line ${line}`,
    message,
  }));
  const observations = store.records.filter((record): record is Observation => record.kind === 'observation');
  const limit = Date.parse(asOf) + skew;
  const known = store.records.filter((record) => record.kind === 'certificate' || Date.parse(record.at) <= limit);
  findings.push(...interrupted(known), ...later(observations, asOf, now));
  const believed: Observation[] = [];
  let before = 0;
  for (const one of observations) {
    const time = Date.parse(one.at);
    if (time > limit) continue;
    if (time < before - 24 * 60 * 60 * 1000)
      findings.push(finding('clock-skew', one, `is dated ${one.at}, a day or more before what was recorded before it`));
    before = Math.max(before, time);
    believed.push(one);
  }
  const lookedAt = new LookedAt();
  for (const record of known) lookedAt.add(record);
  const noLonger = lookedAt.question();
  const newestRun = new Map<string, string>();
  const firstFailure = new Map<string, Observation>();
  const lastSeen = new Map<string, Observation>();
  for (const one of believed) {
    lastSeen.set(keyOf(one), one);
    if (one.outcome === 'observed') {
      newestRun.set(keyOf(one), one.run);
      firstFailure.delete(keyOf(one));
    } else firstFailure.set(keyOf(one), one);
  }
  const over = new Map([...lastSeen].map(([key, one]) => [key, noLonger(one)]));
  const judged = believed.map(
    (observation): Judged => ({
      observation,
      origin: origins.get(observation.id) ?? { kind: 'sandbox', because: 'it belongs to no run' },
      fresh: observation.expires > asOf,
      newest:
        observation.outcome === 'observed' &&
        newestRun.get(keyOf(observation)) === observation.run &&
        over.get(keyOf(observation)) === undefined,
    }),
  );
  for (const [key, one] of firstFailure)
    if (over.get(key) === undefined)
      findings.push(finding('collector-failed', one, `could not be observed: ${one.problem ?? 'no answer'}`));
  // A project that is dropped is said once, and not for each of its resources; what the provider lists no longer is no question.
  for (const [key, one] of lastSeen)
    if (over.get(key) === 'dropped' && one.facts.resource === undefined)
      findings.push(
        finding(
          'no-longer-observed',
          one,
          `was looked at until ${one.at}, and no target of the runs since names it: what was seen of it counts no more`,
        ),
      );
  const newest = judged.filter((one) => one.newest);
  findings.push(...contradictions(newest), ...expired(newest), ...broken(newest));
  // Also what is later than the instant: a store that holds answers of a sandbox is one of a sandbox, whenever it is read.
  const kinds = observations.map(({ id }) => origins.get(id)?.kind ?? 'sandbox').filter((kind) => kind !== 'failed');
  return {
    judged,
    records: store.records,
    kind: kinds.length === 0 ? 'none' : kinds.every((kind) => kind === 'real') ? 'real' : 'sandbox',
    findings,
    firstExpiry: newest.map(({ observation }) => observation.expires).sort()[0],
  };
}

/** What is dated after the instant: by a clock that is wrong, or because somebody asked for an earlier one. */
function later(observations: readonly Observation[], asOf: string, now: string): readonly ObservationFinding[] {
  const clock = Math.max(Date.parse(asOf), Date.parse(now)) + skew;
  const after = observations.filter(({ at }) => Date.parse(at) > Date.parse(asOf) + skew);
  const wrong = after.filter(({ at }) => Date.parse(at) > clock);
  const rest = after.filter(({ at }) => Date.parse(at) <= clock);
  const dates = rest.map(({ at }) => at).sort();
  return [
    ...wrong.map((one) =>
      finding('clock-skew', one, `is dated ${one.at}, after ${asOf}: a clock is wrong, and it does not count`),
    ),
    ...(rest.length === 0
      ? []
      : [
          {
            code: 'later-than-as-of' as const,
            controls: ['A.5.28'],
            subject: asOf,
            message: `${rest.length} ${rest.length === 1 ? 'observation' : 'observations'} from ${dates[0]} to ${dates.at(-1)} later than the instant to which this export counts: kept in the store, and counted for nothing here`,
          },
        ]),
  ];
}

/** Behind what is said of something that is not known to be a real system. */
export const notReal = ' (not seen on a real system)';

/** The newest run, where it has not come to its end: what it did not get to was not looked at. */
function interrupted(records: readonly ObservationRecord[]): readonly ObservationFinding[] {
  const last = records.findLast((record) => record.kind === 'run');
  if (last?.kind !== 'run' || last.tasks === undefined) return [];
  if (records.some((record) => record.kind === 'end' && record.run === last.run)) return [];
  return [
    {
      code: 'run-interrupted',
      controls: ['A.5.28'],
      subject: last.run,
      message: `the run of ${last.at} from ${last.vantage} did not come to its end: of ${last.tasks} things it set out to look at, what it had seen until then is here; observe again`,
    },
  ];
}

/** Counts: real, the newest of its subject, and not expired. */
export function counts({ origin, fresh, newest }: Judged): boolean {
  return origin.kind === 'real' && fresh && newest;
}

function keyOf({ collector, subject }: Observation): string {
  return `${collector}\0${subject.id}`;
}

function finding(code: ObservationFinding['code'], one: Observation, message: string): ObservationFinding {
  return {
    code,
    controls: controlsOf(one),
    subject: one.subject.id,
    message: `${one.subject.name ?? one.subject.id} ${message}`,
  };
}

/** Controls of the checks an observation holds; of its collector's when it holds none. */
function controlsOf({ collector, checks }: Observation): readonly string[] {
  return [...new Set(checks.flatMap(({ id }) => checkOf(collector, id)?.controls ?? []))].sort();
}

function contradictions(newest: readonly Judged[]): readonly ObservationFinding[] {
  const said = new Map<string, { readonly holds: boolean | 'unknown'; readonly one: Observation }>();
  const found: ObservationFinding[] = [];
  for (const { observation: one } of newest)
    for (const { id, holds } of one.checks) {
      const key = `${one.subject.id}\0${id}`;
      const other = said.get(key);
      if (other !== undefined && other.holds !== holds && holds !== 'unknown' && other.holds !== 'unknown')
        found.push({
          ...finding(
            'contradiction',
            one,
            `is seen in two ways: ${id} holds in one observation (${other.holds ? other.one.id : one.id}) and not in the other; both count`,
          ),
          controls: checkOf(one.collector, id)?.controls ?? [],
        });
      said.set(key, { holds, one });
    }
  return found;
}

function expired(newest: readonly Judged[]): readonly ObservationFinding[] {
  return newest
    .filter(({ fresh }) => !fresh)
    .map(({ observation }) =>
      finding(
        'observation-expired',
        observation,
        `was last seen ${observation.at}, and that expired on ${observation.expires}`,
      ),
    );
}

function broken(newest: readonly Judged[]): readonly ObservationFinding[] {
  return newest.flatMap(({ observation: one, origin }) =>
    one.checks
      .filter(({ holds }) => holds === false)
      .map(({ id, saw }) => ({
        ...finding('check-failed', one, `fails ${id}: ${saw}${origin.kind === 'sandbox' ? notReal : ''}`),
        controls: checkOf(one.collector, id)?.controls ?? [],
      })),
  );
}
