import { randomBytes } from 'node:crypto';
import { authenticate } from './auth.ts';
import type { Answer, Context } from './context.ts';
import { ApiError, invalidInput } from './errors.ts';
import { handlers } from './handlers.ts';
import { checkLabels } from './labels.ts';
import { lookups } from './lookups.ts';
import { Project, readLine } from './project.ts';
import { rateLimitExceeded } from './rate-limit.ts';
import { type Match, router } from './router.ts';
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
  private readonly projects: ReadonlyMap<string, Project>;
  private readonly routes = {
    cloud: router(operations.filter(({ endpoint }) => endpoint === 'cloud')),
    hetzner: router(operations.filter(({ endpoint }) => endpoint === 'hetzner')),
  };
  private lastId = FIRST_ID;

  /** @param log lines that a sandbox before appended. @throws Error when they are none, or name a project that is not given */
  constructor(options: SandboxOptions, log: Iterable<string> = []) {
    this.options = options;
    const now = options.clock();
    this.projects = new Map(
      options.projects.map(({ name }) => [name, new Project(name, options.speed, options.rateLimit, now)]),
    );
    this.replay(log);
  }

  /** Answers one request; never throws. A change that the log does not take is taken back, and answered with 500. */
  handle(request: SandboxRequest): SandboxResponse {
    let headers: Readonly<Record<string, string>> = {};
    let project: Project | undefined;
    try {
      this.tick();
      const access = authenticate(this.options.projects, request.headers.authorization);
      project = this.projects.get(access.project) as Project;
      const allowed = project.rateLimit.take(this.options.clock());
      headers = project.rateLimit.headers();
      if (!allowed) throw rateLimitExceeded();
      const { operation, params } = this.match(request);
      if (!access.mayWrite && operation.method.toUpperCase() !== 'GET')
        throw new ApiError('token_readonly', 'the token may only read');
      const answer = this.perform(project, operation, { ...request, params });
      project.write(this.lastId, this.options.append);
      return respond(answer, headers);
    } catch (error) {
      project?.rollback();
      return respond(problem(error), headers);
    }
  }

  /** Ends the actions that are due. */
  tick(): void {
    const now = this.options.clock();
    for (const project of this.projects.values()) {
      project.actions.tick(now);
      project.write(this.lastId, this.options.append);
    }
  }

  /** What the metadata service shows a host: `user_data` as it was given, or undefined when there is no such server. */
  userData(project: string, server: number): string | undefined {
    return this.projects.get(project)?.store.get('server', server)?.userData;
  }

  /** How many objects each project holds, actions apart. */
  count(): Readonly<Record<string, number>> {
    const kinds = [
      'ssh_key',
      'network',
      'firewall',
      'placement_group',
      'primary_ip',
      'volume',
      'server',
      'image',
      'zone',
    ] as const;
    return Object.fromEntries(
      [...this.projects].map(([name, { store }]) => [name, kinds.reduce((sum, kind) => sum + store.count(kind), 0)]),
    );
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
  ): Answer {
    const handler = handlers[operation.operationId];
    if (handler === undefined)
      throw new ApiError('not_implemented', `${operation.operationId} is not written in this sandbox`);
    const body = text === '' ? undefined : parsed(text);
    const check = operation.validateRequest({ params, query, body });
    if (!check.ok) throw invalidInput(check.fields);
    checkLabels((body as { labels?: unknown } | undefined)?.labels);
    return handler({
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
    });
  }

  private replay(log: Iterable<string>): void {
    let number = 0;
    for (const text of log) {
      number += 1;
      const { project: name, lastId, changes } = readLine(text, number);
      const project = this.projects.get(name);
      if (project === undefined)
        throw new Error(`line ${number} of the sandbox's log is of project ${name}, which is not among those given`);
      for (const change of changes) project.store.replay(change);
      this.lastId = Math.max(this.lastId, lastId);
    }
    for (const { actions } of this.projects.values()) actions.reload();
  }
}

/** @throws ApiError json_error; a text nested deeper than V8's parser goes is none either */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiError('json_error', 'the body of the request is not valid JSON');
  }
}

function problem(error: unknown): Answer {
  const known =
    error instanceof ApiError ? error : new ApiError('server_error', 'the sandbox failed, this is a fault of ours');
  const { code, message, details, status } = known;
  return { status, json: { error: { code, message, details } } };
}

function respond({ status, json }: Answer, headers: Readonly<Record<string, string>>): SandboxResponse {
  return {
    status,
    headers: {
      ...headers,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      'x-correlation-id': randomBytes(8).toString('hex'),
    },
    body: json === undefined ? '' : JSON.stringify(json),
  };
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
