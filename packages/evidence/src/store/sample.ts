import type { Observation, ObservationRecord } from '@lukko/formats';
import { canonical, sha256 } from '../canonical.ts';
import { LookedAt } from '../observe/looked-at.ts';

/** One thing an auditor may draw: a resource that was seen, or a change of one. */
export interface Member {
  readonly kind: 'resource' | 'change';
  readonly id: string;
  readonly name: string;
  /** Of a change: when it was first seen, and what is different. */
  readonly at: string;
  readonly what: string;
}

/**
 * Everything that was seen in a period: each subject once, each difference between two observations of one subject, what came to a
 * project and what left it between two runs, and each merged change a forge listed. Sorted, so that one store and one period give
 * one population.
 */
export function population(records: readonly ObservationRecord[], since: string, until: string): readonly Member[] {
  const members = new Map<string, Member>();
  const last = new Map<string, Observation>();
  const lookedAt = new LookedAt();
  const projects = new Map<string, string>();
  for (const one of records) {
    if (one.kind === 'certificate' || one.at > until) continue;
    lookedAt.add(one);
    if (one.kind === 'end')
      for (const [key, gone] of leftBehind(last, lookedAt)) {
        last.delete(key);
        if (one.at >= since) add(members, 'change', gone, one.at, 'is no longer listed', `@${one.at}`);
      }
    if (one.kind !== 'observation' || one.outcome !== 'observed') continue;
    const key = `${one.collector}\0${one.subject.id}`;
    const before = last.get(key);
    last.set(key, one);
    const [, project] = /^hetzner:project:(.*)$/s.exec(one.subject.id) ?? [];
    if (project !== undefined && !projects.has(project)) projects.set(project, one.run);
    if (one.at < since) continue;
    add(members, 'resource', one, one.at, one.subject.kind);
    if (before !== undefined) {
      const what = differences(before, one);
      if (what.length > 0) add(members, 'change', one, one.at, what.slice(0, 10).join('; '), `@${one.at}`);
    } else if (one.facts.resource !== undefined && (projects.get(String(one.facts.project)) ?? one.run) !== one.run)
      add(members, 'change', one, one.at, 'is listed for the first time', `@${one.at}`);
    if (one.collector === 'forge' && Array.isArray(one.facts.changes))
      for (const change of one.facts.changes) {
        const at = / merged (\S+Z) /.exec(change)?.[1] ?? one.at;
        if (at >= since && at <= until) add(members, 'change', one, at, change, change.split(' ')[0]);
      }
  }
  return [...members.values()].sort((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1));
}

function add(
  members: Map<string, Member>,
  kind: Member['kind'],
  { subject }: Observation,
  at: string,
  what: string,
  suffix = '',
): void {
  const id = `${subject.id}${suffix}`;
  members.set(`${kind} ${id}`, { kind, id, name: subject.name ?? subject.id, at, what });
}

/** What a provider no longer lists after a run that came to its end. */
function leftBehind(last: ReadonlyMap<string, Observation>, lookedAt: LookedAt): readonly [string, Observation][] {
  const noLonger = lookedAt.question();
  return [...last].filter(([, one]) => one.facts.resource !== undefined && noLonger(one) === 'gone');
}

/** Facts that differ, and checks that came out otherwise. Instants and counters of the collectors themselves are no change. */
function differences(before: Observation, after: Observation): readonly string[] {
  const quiet = new Set(['made', 'requests', 'mark', 'delay', 'event', 'daysLeft', 'changes']);
  const names = new Set([...Object.keys(before.facts), ...Object.keys(after.facts)]);
  const facts = [...names]
    .filter(
      (name) => !quiet.has(name) && canonical(before.facts[name] ?? null) !== canonical(after.facts[name] ?? null),
    )
    .map((name) => `${name}: ${text(before.facts[name])} to ${text(after.facts[name])}`);
  const was = new Map(before.checks.map(({ id, holds }) => [id, holds]));
  const checks = after.checks
    .filter(({ id, holds }) => was.has(id) && was.get(id) !== holds)
    .map(({ id, holds }) => `${id} ${was.get(id)} to ${holds}`);
  return [...facts, ...checks].sort();
}

function text(value: Observation['facts'][string] | undefined): string {
  return value === undefined || value === null ? 'nothing' : Array.isArray(value) ? value.join(' ') : String(value);
}

/**
 * Draws from a population by a number the auditor names: the members with the smallest SHA-256 of seed and id. Nobody who does
 * not know the seed beforehand can arrange for one to be left out, and everybody can draw again.
 */
export function draw(members: readonly Member[], seed: string, size: number): readonly Member[] {
  return members
    .map((member) => ({ member, rank: sha256(`${seed}\0${member.kind}\0${member.id}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, size)
    .map(({ member }) => member);
}

/** One digest over a population: two who draw from the same one see it at once. */
export function populationDigest(members: readonly Member[]): string {
  return sha256(canonical(members));
}
