import type { ObservedEvidence, ShownObservation } from '@lukko/formats';
import { checkOf } from './checks.ts';
import { counts, type Judged, type Observed } from './current.ts';
import { periodOf } from './period.ts';

/** What was observed for one control. */
export interface ObservedRow {
  readonly evidence: ObservedEvidence | undefined;
  /** Real, newest, past its time. */
  readonly expired: number;
  /** Seen on a sandbox or in recorded answers. */
  readonly notCounted: number;
}

interface Tally {
  holds: number;
  fails: number;
  unknown: number;
  expired: number;
  notCounted: number;
  readonly subjects: Set<string>;
  readonly instants: Set<string>;
  readonly ids: Set<string>;
  expires: string | undefined;
  last: string | undefined;
}

const none: ObservedRow = { evidence: undefined, expired: 0, notCounted: 0 };
const day = 24 * 60 * 60 * 1000;

/**
 * Per control number, in one pass over everything that was observed. An instant to begin from leaves what held before it out, and
 * nothing that speaks against a control: what fails, did not tell or expired is not made good by looking at a shorter period.
 */
export function observedRows(
  observed: Observed | undefined,
  asOf: string,
  since: string | undefined,
): (control: string) => ObservedRow {
  const tallies = new Map<string, Tally>();
  for (const judged of observed?.judged ?? []) {
    const within = since === undefined || judged.observation.at >= since;
    for (const check of judged.observation.checks)
      for (const control of checkOf(judged.observation.collector, check.id)?.controls ?? [])
        add(tallyOf(tallies, control), judged, check.holds, within);
  }
  const rows = new Map([...tallies].map(([control, tally]) => [control, rowOf(tally, asOf)]));
  return (control) => rows.get(control) ?? none;
}

function tallyOf(tallies: Map<string, Tally>, control: string): Tally {
  const known = tallies.get(control);
  if (known !== undefined) return known;
  const fresh: Tally = {
    holds: 0,
    fails: 0,
    unknown: 0,
    expired: 0,
    notCounted: 0,
    subjects: new Set(),
    instants: new Set(),
    ids: new Set(),
    expires: undefined,
    last: undefined,
  };
  tallies.set(control, fresh);
  return fresh;
}

function add(tally: Tally, judged: Judged, holds: boolean | 'unknown', within: boolean): void {
  const { observation, origin } = judged;
  if (origin.kind === 'sandbox' && judged.newest) tally.notCounted += 1;
  if (origin.kind !== 'real') return;
  if (within) tally.instants.add(observation.at);
  if (judged.newest && !judged.fresh) tally.expired += 1;
  if (!counts(judged) || (holds === true && !within)) return;
  tally.instants.add(observation.at);
  tally[holds === 'unknown' ? 'unknown' : holds ? 'holds' : 'fails'] += 1;
  tally.subjects.add(observation.subject.id);
  tally.ids.add(observation.id);
  if (tally.expires === undefined || observation.expires < tally.expires) tally.expires = observation.expires;
  if (tally.last === undefined || observation.at > tally.last) tally.last = observation.at;
}

function rowOf(tally: Tally, asOf: string): ObservedRow {
  const { expired, notCounted, holds, fails, unknown, expires, last } = tally;
  const period = periodOf([...tally.instants], asOf);
  if (period === undefined || expires === undefined || last === undefined)
    return { evidence: undefined, expired, notCounted };
  const ageDays = Math.max(0, Math.floor((Date.parse(asOf) - Date.parse(last)) / day));
  const ids = [...tally.ids].sort().slice(0, 20);
  const subjects = tally.subjects.size;
  return { evidence: { holds, fails, unknown, subjects, ...period, ageDays, expires, ids }, expired, notCounted };
}

/** The newest observation of each subject, and failures since, as pages show them. */
export function shownObservations(observed: Observed | undefined): ShownObservation[] {
  const all = (observed?.judged ?? []).filter(
    ({ newest, origin }, index, list) => newest || (origin.kind === 'failed' && isLast(list, index)),
  );
  return all.map((judged) => {
    const { observation: one, origin } = judged;
    return {
      id: one.id,
      collector: one.collector,
      subject: one.subject.id,
      ...(one.subject.name === undefined ? {} : { name: one.subject.name }),
      at: one.at,
      expires: one.expires,
      outcome: one.outcome,
      origin: origin.kind,
      because: origin.because,
      counts: counts(judged),
      endpoint: one.source.endpoint,
      checks: one.checks,
    };
  });
}

function isLast(list: readonly Judged[], index: number): boolean {
  const { collector, subject, run } = list[index]?.observation ?? {};
  return !list
    .slice(index + 1)
    .some(
      ({ observation: later }) =>
        later.collector === collector && later.subject.id === subject?.id && later.run !== run,
    );
}
