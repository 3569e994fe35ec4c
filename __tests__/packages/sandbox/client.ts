import { coverage } from '../../../packages/sandbox/src/index.ts';
import { router } from '../../../packages/sandbox/src/router.ts';
import { Sandbox, type SandboxOptions } from '../../../packages/sandbox/src/sandbox.ts';
import { validateResponse } from '../../../packages/sandbox/src/spec/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many forms, read by tests alone
type Json = any;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: Json;
}

export const TOKENS = { main: 'm'.repeat(64), keys: 'k'.repeat(64), reader: 'r'.repeat(64) };
export const START = Date.parse('2026-06-01T12:00:00Z');

const operationOf = router(coverage());

/** A sandbox with two projects, a clock that stands until it is moved, and what it wrote into its log. */
export class Client {
  readonly log: string[] = [];
  readonly sandbox: Sandbox;
  /** Answers whose form is not that of the API's description. */
  readonly strange: string[] = [];
  now = START;

  constructor(changes: Partial<SandboxOptions> = {}, before: readonly string[] = []) {
    this.sandbox = new Sandbox(
      {
        projects: [
          { name: 'main', token: TOKENS.main, readOnlyToken: TOKENS.reader },
          { name: 'keys', token: TOKENS.keys },
        ],
        clock: () => this.now,
        speed: Number.POSITIVE_INFINITY,
        rateLimit: 1_000_000,
        append: (line) => this.log.push(line),
        ...changes,
      },
      before,
    );
  }

  call(method: string, url: string, body?: unknown, token: string | null = TOKENS.main): Reply {
    return this.raw(method, url, body === undefined ? '' : JSON.stringify(body), token);
  }

  raw(method: string, url: string, body: string, token: string | null = TOKENS.main): Reply {
    const [path = '', query = ''] = url.split('?');
    const reply = this.sandbox.handle({
      method,
      // Storage boxes are asked for at the second endpoint.
      path: `${path.startsWith('/storage_box') ? '/hetzner' : ''}/v1${path}`,
      query: new URLSearchParams(query),
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      body,
    });
    const json = reply.body === '' ? undefined : JSON.parse(reply.body);
    const operation = operationOf(method, path)?.operation;
    if (operation !== undefined) {
      const check = validateResponse(operation.operationId, reply.status, json);
      if (!check.ok) this.strange.push(`${operation.operationId}: ${JSON.stringify(check.fields)}`);
    }
    return { status: reply.status, headers: reply.headers, json };
  }

  put = (url: string, body: unknown): Reply => this.call('PUT', url, body);
  get = (url: string): Reply => this.call('GET', url);
  post = (url: string, body: unknown = {}): Reply => this.call('POST', url, body);
  delete = (url: string): Reply => this.call('DELETE', url);

  /** Lets time pass. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.sandbox.tick();
  }

  /** A small server with addresses of its own; its id. */
  server(name: string, extra: object = {}): number {
    return this.post('/servers', { name, server_type: 'cx23', image: 'debian-13', location: 'hel1', ...extra }).json
      .server.id;
  }

  volume(name: string, extra: object = {}): number {
    return this.post('/volumes', { name, size: 10, location: 'hel1', ...extra }).json.volume.id;
  }

  /** A network 10.0.0.0/16 with one subnet 10.0.1.0/24. */
  network(name: string): number {
    const subnets = [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.1.0/24' }];
    return this.post('/networks', { name, ip_range: '10.0.0.0/16', subnets }).json.network.id;
  }
}

/** Status and code of an answer in the error form. */
export const fault = ({ status, json }: Reply): string => `${status} ${json?.error?.code}`;
