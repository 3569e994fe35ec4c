import type { Manner } from './actions.ts';
import { parsed, problem, respond, respondText } from './answers.ts';
import { authenticator } from './auth.ts';
import type { Answer, Context } from './context.ts';
import { type ByHand, type DriftReport, drift } from './drift/drift.ts';
import { ApiError, invalidInput } from './errors.ts';
import { Faults, type Standing } from './faults/faults.ts';
import { outcomeOf } from './faults/outcome.ts';
import { handlers } from './handlers.ts';
import { replay, snapshotOf } from './journal.ts';
import { checkLabels } from './labels.ts';
import { lookups } from './lookups.ts';
import { metadata, metadataOf } from './metadata.ts';
import { type Overview, overviewOf } from './overview.ts';
import { Project } from './project.ts';
import { rateLimitExceeded } from './rate-limit.ts';
import { type Match, router } from './router.ts';
import { plant } from './seed.ts';
import { type Operation, operations } from './spec/index.ts';
import type { ProjectOptions, SandboxRequest, SandboxResponse } from './types.ts';

export interface SandboxOptions {
  readonly projects: readonly ProjectOptions[];
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How many times faster than Hetzner actions run; Infinity: each ends at once. */
  readonly speed: number;
  /** Requests an hour and project, 3,600 at Hetzner. */
  readonly rateLimit: number;
  /** Takes each change as one line, in order. Whoever answers a request must have stored the lines written before. */
  readonly append: (line: string) => void;
  /** Faults from the start, as `addFault` takes them, and the seed of what they leave to chance. */
  readonly faults?: readonly string[];
  readonly faultSeed?: string;
}

/** Ids look like Hetzner's: of several digits from the start. */
const FIRST_ID = 100_000;

/** Where each endpoint begins; clients add `/v1` to neither. */
const PREFIX = { cloud: '/v1', hetzner: '/hetzner/v1' } as const;

/**
 * The Hetzner API without a network: takes requests, gives answers, and changes its projects. Pure but for what it is handed:
 * the same requests at the same instants end in the same objects (passwords and correlation ids apart).
 */
export class Sandbox {
  private readonly options: SandboxOptions;
  private projects: ReadonlyMap<string, Project>;
  private readonly routes = {
    cloud: router(operations.filter(({ endpoint }) => endpoint === 'cloud')),
    hetzner: router(operations.filter(({ endpoint }) => endpoint === 'hetzner')),
  };
  private readonly authenticate: ReturnType<typeof authenticator>;
  private readonly faulty: Faults;
  private lastId = FIRST_ID;

  /** @param log lines that a sandbox before appended. @throws Error when they are none, or name a project that is not given; as `addFault` */
  constructor(options: SandboxOptions, log: Iterable<string> = []) {
    this.options = options;
    this.projects = this.emptyProjects();
    this.authenticate = authenticator(options.projects);
    this.faulty = new Faults(options.faultSeed ?? '', operations);
    for (const fault of options.faults ?? []) this.addFault(fault);
    this.lastId = Math.max(FIRST_ID, replay(log, this.projects));
  }

  /** Answers one request; never throws. A change that the log does not take is taken back, and answered with 500. */
  handle(request: SandboxRequest): SandboxResponse {
    let headers: Readonly<Record<string, string>> = {};
    let onTheWay: Pick<SandboxResponse, 'delay' | 'dropped'> = {};
    let project: Project | undefined;
    try {
      this.tick();
      const access = this.authenticate(request.headers.authorization);
      project = this.projects.get(access.project) as Project;
      const allowed = project.rateLimit.take(this.options.clock());
      headers = project.rateLimit.headers();
      if (!allowed) throw rateLimitExceeded();
      const shown = metadata(project.store, lookups, request.path, request.headers['x-forwarded-for']);
      if (shown !== undefined) return respondText(shown.text, headers);
      const { operation, params } = this.match(request);
      if (!access.mayWrite && operation.method.toUpperCase() !== 'GET')
        throw new ApiError('forbidden', 'the token may only read');
      const { error, delay, dropped, manner, headers: marks } = outcomeOf(this.faulty.strike(project.name, operation));
      headers = { ...headers, ...marks };
      onTheWay = { ...(delay > 0 ? { delay } : {}), ...(dropped === undefined ? {} : { dropped: true }) };
      if (dropped === 'request') return { ...respond({ status: 503 }, headers), ...onTheWay };
      if (error !== undefined) throw error;
      const answer = this.perform(project, operation, { ...request, params }, manner);
      project.write(this.lastId, this.options.append);
      return { ...respond(answer, headers), ...onTheWay };
    } catch (error) {
      project?.rollback();
      return { ...respond(problem(error), headers), ...onTheWay };
    }
  }

  /**
   * Adds a fault, such as `resource_unavailable,on=create_server,times=2`; docs/sandbox.md has the words.
   * @throws Error saying what cannot be read, or that it can strike nothing
   */
  addFault(text: string): Standing {
    return this.faulty.add(text, [...this.projects.keys()]);
  }

  faults(): readonly Standing[] {
    return this.faulty.list();
  }

  /** Removes one fault, or all. @returns how many there were */
  clearFaults(id?: number): number {
    return this.faulty.clear(id);
  }

  /**
   * What somebody does by hand, past any code: a request with full rights, without limit and faults, whose actions end at once.
   * It keeps the API's rules, as the console does. @throws Error when there is no such project
   */
  byHand(name: string, { method, path, body }: ByHand): SandboxResponse {
    const project = this.projectNamed(name);
    const [plain = '', query = ''] = path.split('?', 2);
    const request = { method, path: plain, query: new URLSearchParams(query), headers: {} };
    try {
      this.tick();
      const { operation, params } = this.match({ ...request, body: '' });
      const text = body === undefined ? '' : JSON.stringify(body);
      const answer = this.perform(project, operation, { ...request, body: text, params }, { atOnce: true });
      project.write(this.lastId, this.options.append);
      return respond(answer, {});
    } catch (error) {
      project.rollback();
      return respond(problem(error), {});
    }
  }

  /**
   * Lets a project drift from what its code says, such as `open-firewall web 22`: docs/sandbox.md has the words.
   * @throws Error when there is no such project, verb or object, or the API refuses; what was done until then stands
   */
  drift(name: string, words: readonly string[]): DriftReport {
    const { store } = this.projectNamed(name);
    return drift(words, store, (request) => this.byHand(name, request));
  }

  /** What people look at. */
  overview(): Overview {
    return overviewOf(this.projects.values(), this.faulty.list(), this.options.clock());
  }

  /** Everything there is, as the lines of a log that held nothing else. */
  snapshot(): Iterable<string> {
    return snapshotOf(this.projects, this.lastId);
  }

  /**
   * Puts the objects of a snapshot in the place of all, and counts ids from where it did. Faults stay.
   * @param persist stores the lines in the place of the log; what it throws leaves all as it was
   * @throws Error when they are no lines of a snapshot, or name a project that is not there
   */
  restore(lines: Iterable<string>, persist: (lines: Iterable<string>) => void): void {
    const projects = this.emptyProjects();
    const lastId = Math.max(FIRST_ID, replay(lines, projects, 'the snapshot'));
    persist(snapshotOf(projects, lastId));
    this.projects = projects;
    this.lastId = lastId;
  }

  /** Makes the objects of a seed; seed.ts has its form. @returns how many. @throws Error naming the one that cannot be made */
  seed(text: string): number {
    return plant(text, (project, request) => this.byHand(project, request));
  }

  private emptyProjects(): ReadonlyMap<string, Project> {
    const { projects, speed, rateLimit, clock } = this.options;
    return new Map(projects.map(({ name }) => [name, new Project(name, speed, rateLimit, clock())]));
  }

  private projectNamed(name: string): Project {
    const project = this.projects.get(name);
    if (project === undefined)
      throw new Error(`there is no project ${name}, only ${[...this.projects.keys()].join(', ')}`);
    return project;
  }

  /** Ends the actions that are due. */
  tick(): void {
    const now = this.options.clock();
    for (const project of this.projects.values()) {
      project.actions.tick(now);
      project.write(this.lastId, this.options.append);
    }
  }

  /**
   * What the metadata service tells a host, such as `/hetzner/v1/userdata`.
   * @param name of the server, or its id; of several projects' servers the first
   * @returns undefined when there is no such server or path
   */
  metadata(name: string, path: string): string | undefined {
    for (const { store } of this.projects.values()) {
      const server = store.named('server', name) ?? store.get('server', Number(name));
      if (server !== undefined) return metadataOf(store, lookups, server, path)?.text;
    }
    return undefined;
  }

  /** How many objects each project holds, actions apart. */
  count(): Readonly<Record<string, number>> {
    const objects = ({ store }: Project) =>
      store.kinds().reduce((sum, kind) => sum + (kind === 'action' || kind === 'rrset' ? 0 : store.count(kind)), 0);
    return Object.fromEntries([...this.projects].map(([name, project]) => [name, objects(project)]));
  }

  private match({ method, path }: SandboxRequest): Match<Operation> {
    for (const endpoint of ['hetzner', 'cloud'] as const) {
      if (!path.startsWith(`${PREFIX[endpoint]}/`)) continue;
      const match = this.routes[endpoint](method, path.slice(PREFIX[endpoint].length));
      if (match !== undefined) return match;
    }
    throw new ApiError('not_found', 'the requested endpoint does not exist');
  }

  private perform(
    project: Project,
    operation: Operation,
    { params, query, body: text }: SandboxRequest & Pick<Context, 'params'>,
    manner: Manner,
  ): Answer {
    const handler = handlers[operation.operationId];
    if (handler === undefined)
      throw new ApiError('not_implemented', `${operation.operationId} is not written in this sandbox`);
    // What is sent along with a GET or DELETE has no meaning (RFC 9110 §9.3.1, §9.3.5).
    const bodiless = text === '' || operation.method === 'GET' || operation.method === 'DELETE';
    const body = bodiless ? undefined : parsed(text, operation.path);
    const check = operation.validateRequest({ params, query, body });
    if (!check.ok) throw invalidInput(check.fields);
    checkLabels((body as { labels?: unknown } | undefined)?.labels);
    const context: Context = {
      store: project.store,
      actions: project.actions,
      lookups,
      now: this.options.clock(),
      params,
      query,
      body: body ?? {},
      nextId: () => {
        this.lastId += 1;
        return this.lastId;
      },
    };
    return project.actions.within(manner, () => handler(context));
  }
}

/** The operations of the API, and which of them are written. */
export const coverage = (): readonly {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly written: boolean;
}[] =>
  operations.map(({ operationId, method, path }) => ({
    operationId,
    method,
    path,
    written: Object.hasOwn(handlers, operationId),
  }));
