import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailed } from './problem.ts';
import { askThrough } from './proxied.ts';

/** The Hetzner Cloud API for one project, as far as the verbs on hosts need it. */
export interface Api {
  /** @returns the JSON of the answer, or undefined for 404. */
  get(path: string): Promise<Record<string, unknown> | undefined>;
  put(path: string, body: unknown): Promise<Record<string, unknown>>;
  /** Runs an action and waits until it has ended. @throws StepFailed with the API's own words when it failed */
  act(path: string, body?: unknown): Promise<void>;
}

export interface ApiSettings {
  /** Base of the API with its version: `https://api.hetzner.cloud/v1`. */
  readonly endpoint: string;
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** How long one action may take before it is given up, in milliseconds; a rebuild takes a minute or two. */
  readonly longest?: number;
  /** Where HTTPS_PROXY and NO_PROXY may stand. */
  readonly environment?: NodeJS.ProcessEnv;
}

interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** Codes after which the same request may succeed; https://docs.hetzner.cloud/reference/cloud#errors */
const AGAIN = new Set([
  'locked',
  'conflict',
  'resource_locked',
  'rate_limit_exceeded',
  'timeout',
  'bad_gateway',
  'maintenance',
]);
const LONGEST = 15 * 60_000;
/** First pause between two attempts or two looks at an action, and the longest, in milliseconds. */
const PAUSE = { first: 100, longest: 3_000 };
/** Failed attempts of one request that is neither answered nor refused; what is locked is waited for as long as an action. */
const ATTEMPTS = 6;

/**
 * A client with the token of one project. Every request it makes may be repeated without harm (a rebuild with the same payload,
 * labels set to the same values, a server that is off switched off), so a lost answer is asked for again.
 */
export function hcloud(settings: ApiSettings): Api {
  const { longest = LONGEST, environment = {} } = settings;
  const asked = (method: string, path: string, body?: unknown) =>
    ask({ ...settings, longest, environment }, method, path, body);
  return {
    get: async (path) => {
      const { status, json } = await asked('GET', path);
      return status === 404 ? undefined : json;
    },
    put: async (path, body) => (await asked('PUT', path, body)).json,
    act: async (path, body) => {
      const { json } = await asked('POST', path, body ?? {});
      const action = json.action as { id?: unknown } | undefined;
      if (typeof action?.id !== 'number')
        throw new StepFailed(`the API answered ${path} without an action`, 'look at the server in the console');
      await ended(asked, action.id, path, settings.clock() + longest, settings.clock);
    },
  };
}

/** Polls one action until it has ended. */
async function ended(
  asked: (method: string, path: string) => Promise<Answer>,
  id: number,
  what: string,
  until: number,
  clock: () => number,
): Promise<void> {
  for (let pause = PAUSE.first; ; pause = Math.min(pause * 1.5, PAUSE.longest)) {
    const { json } = await asked('GET', `/actions/${id}`);
    const { status, error } = (json.action ?? {}) as { status?: string; error?: { code?: string; message?: string } };
    if (status === 'success') return;
    if (status === 'error')
      throw new StepFailed(
        `the API could not finish ${what}: ${error?.message ?? 'no reason given'} (${error?.code ?? 'no code'})`,
        'run the same command again; it goes on from where this stopped',
      );
    if (clock() > until)
      throw new StepFailed(
        `action ${id} (${what}) has not ended`,
        'look at the server in the console, then run the same command again',
      );
    await sleep(pause);
  }
}

async function ask(settings: Required<ApiSettings>, method: string, path: string, body?: unknown): Promise<Answer> {
  const until = settings.clock() + settings.longest;
  let pause = PAUSE.first;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send(settings, method, path, body);
    if (typeof answer !== 'string') {
      const { status, json } = answer;
      if (status < 300 || (status === 404 && method === 'GET')) return answer;
      const { code = '', message = '' } = (json.error ?? {}) as { code?: string; message?: string };
      const again = AGAIN.has(code) || status === 429 || status >= 500;
      if (!again) throw refused(method, path, status, code, message);
      // Another's action is waited for; a fault of the API is not asked about for ever.
      if (settings.clock() > until || (status >= 500 && attempt >= ATTEMPTS))
        throw refused(method, path, status, code, message);
    } else if (attempt >= ATTEMPTS) {
      throw new StepFailed(
        `${settings.endpoint} cannot be reached: ${answer}`,
        'look at the network, and at HTTPS_PROXY and NO_PROXY where they are set; then run the same command again',
      );
    }
    await sleep(pause);
    pause = Math.min(pause * 2, PAUSE.longest);
  }
}

function refused(method: string, path: string, status: number, code: string, message: string): StepFailed {
  const next: Readonly<Record<string, string>> = {
    unauthorized: 'set HCLOUD_TOKEN to a token of this project',
    forbidden: 'set HCLOUD_TOKEN to a token that may write',
    token_readonly: 'set HCLOUD_TOKEN to a token that may write',
    protected: 'lift the protection in the console, or leave the object alone',
  };
  return new StepFailed(
    `the API refused ${method} ${path}: ${message === '' ? `status ${status}` : `${message} (${code})`}`,
    next[code] ?? 'mend what it names and run the same command again',
  );
}

/** The answer, or why none came. */
async function send(
  { endpoint, token, environment = {} }: ApiSettings,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer | string> {
  try {
    const { status, text } = await askThrough(
      new URL(`${endpoint}${path}`),
      {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'user-agent': 'lukko',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      },
      environment,
    );
    return { status, json: jsonOf(text) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return typeof code === 'string' ? code : message;
  }
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
