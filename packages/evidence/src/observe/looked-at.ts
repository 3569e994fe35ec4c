import { resourceKinds } from './hetzner.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Why a subject is not looked at any more. `gone`: the provider lists it no longer. `dropped`: no target names it. */
export type NoLonger = 'gone' | 'dropped';

interface Run {
  readonly order: number;
  /** Environment and vantage point: a run from elsewhere says nothing about what this one looks at. */
  readonly place: string;
  readonly collectors: readonly unknown[];
  ended: boolean;
  /** Per project that answered: lists this endpoint does not have. */
  readonly projects: Map<string, readonly unknown[] | undefined>;
}

const pathOf = new Map(resourceKinds.map(({ path, type }) => [type, path]));

/**
 * What a store still looks at. A server that was deleted, and a target that was taken out, would else stand as its last
 * observation shows it: counted until that expires, and overdue for ever. Only a run that came to its end says what is no longer
 * there; one that failed at a provider says nothing about what it has. Records are handed in as they stand in the chain; what
 * their fields say was not checked.
 */
export class LookedAt {
  readonly #runs = new Map<unknown, Run>();
  /** Last run in which there is a word of a subject, seen or failed. */
  readonly #last = new Map<string, Run>();

  add(record: Entry): void {
    const { kind, run: id } = record;
    if (kind === 'run')
      this.#runs.set(id, {
        order: this.#runs.size,
        place: `${Object(record.environment).name}\0${record.vantage}`,
        collectors: Array.isArray(record.collectors) ? record.collectors : [],
        ended: false,
        projects: new Map(),
      });
    const run = this.#runs.get(id);
    if (run === undefined) return;
    if (kind === 'end') run.ended = true;
    if (kind !== 'observation') return;
    this.#last.set(keyOf(record), run);
    const project = /^hetzner:project:(.*)$/s.exec(String(Object(record.subject).id))?.[1];
    if (record.collector !== 'hetzner' || project === undefined) return;
    const blind: unknown = Object(record.facts)['not-looked-at'];
    run.projects.set(project, record.outcome === 'observed' ? (Array.isArray(blind) ? blind : []) : undefined);
  }

  /** @returns a question for each observation, whose answer is undefined while its subject is looked at */
  question(): (observation: Entry) => NoLonger | undefined {
    const ended = [...this.#runs.values()].filter((run) => run.ended).reverse();
    const newest = new Map<string, Run>();
    const answered = new Map<string, Run>();
    for (const run of ended) {
      for (const collector of run.collectors) remember(newest, `${run.place}\0${collector}`, run);
      for (const [project, blind] of run.projects)
        if (blind !== undefined) remember(answered, `${run.place}\0${project}`, run);
    }
    return (observation) => {
      const last = this.#last.get(keyOf(observation));
      if (last === undefined) return undefined;
      const { resource, project } = Object(observation.facts) as Entry;
      if (observation.collector === 'hetzner' && typeof resource === 'string') {
        const answer = answered.get(`${last.place}\0${project}`);
        const blind = answer?.projects.get(String(project))?.includes(pathOf.get(resource)) === true;
        if (answer !== undefined && answer.order > last.order && !blind) return 'gone';
      }
      const run = newest.get(`${last.place}\0${observation.collector}`);
      if (run === undefined || run.order <= last.order) return undefined;
      // A resource is as little looked at as its project; the word of a project stands for all it has.
      return typeof project === 'string' && run.projects.has(project) ? undefined : 'dropped';
    };
  }
}

function keyOf({ collector, subject }: Entry): string {
  return `${collector}\0${Object(subject).id}`;
}

function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value);
}
