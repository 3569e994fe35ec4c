import { resourceKinds } from '@lukko/evidence';
import { InputError } from '../errors.ts';
import { type Answer, ask, connections, json } from './http.ts';

/** Entries per page: the most the API gives (https://docs.hetzner.cloud/reference/cloud#pagination). */
const perPage = 50;
const realEndpoint = 'https://api.hetzner.cloud/v1';
/** Pages after which something is wrong with what counts them. */
const mostPages = 2_000;

/** Every list of a project, and the answers they came in. */
export interface ProjectAnswers {
  readonly lists: ReadonlyMap<string, readonly unknown[]>;
  /** Kinds this endpoint does not have: nothing was looked at, which is no empty list. */
  readonly notLookedAt: readonly string[];
  readonly answers: readonly Answer[];
}

/**
 * Reads a project with GET requests only. 1,000 servers with as many volumes take 20 pages for each kind: far below the 3,600
 * requests an hour that a project may make.
 * @throws Error when a kind cannot be read
 */
export async function readProject(
  base: URL,
  project: string,
  token: string,
  signal: AbortSignal,
): Promise<ProjectAnswers> {
  const agent = connections(4);
  const headers = { authorization: `Bearer ${token}` };
  const answers: Answer[] = [];
  const get = async (url: URL): Promise<unknown> => {
    const answer = await polite(url, { signal, headers, ...(url.protocol === 'https:' ? { agent } : {}) });
    answers.push(answer);
    return answer.status === 501 ? undefined : json(answer, `${url.pathname} of project ${project}`);
  };
  try {
    const kinds = await Promise.all(
      resourceKinds.map(async ({ path }) => [path, await everyPage(base, path, get)] as const),
    );
    return {
      lists: new Map(kinds.flatMap(([path, list]) => (list === undefined ? [] : [[path, list] as const]))),
      notLookedAt: kinds.flatMap(([path, list]) => (list === undefined ? [path] : [])),
      answers,
    };
  } finally {
    agent.destroy();
  }
}

/** @throws InputError for what is no endpoint of an API */
export function endpointOf(written: string | undefined): URL {
  const text = written ?? realEndpoint;
  try {
    const url = new URL(text.endsWith('/') ? text : `${text}/`);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  } catch {
    // Said below.
  }
  throw new InputError(`HCLOUD_ENDPOINT: expected a URL such as ${realEndpoint}, found ${JSON.stringify(text)}`);
}

/** Waits as long as the API asks for when there were too many requests; its answer tells when there is room again. */
async function polite(url: URL, asked: Parameters<typeof ask>[1]): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask(url, asked);
    if (answer.status !== 429 || tries === 5) return answer;
    const reset = Number(answer.headers['ratelimit-reset']) * 1000 - Date.now();
    const wait = Number.isFinite(reset) && reset > 0 ? Math.min(reset, 60_000) : 1000 * 2 ** tries;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** All entries of one kind; undefined where this endpoint does not have it. */
async function everyPage(
  base: URL,
  path: string,
  get: (url: URL) => Promise<unknown>,
): Promise<readonly unknown[] | undefined> {
  const entries: unknown[] = [];
  for (let page: number | null = 1; page !== null && page <= mostPages; ) {
    const answer = await get(new URL(`${path}?page=${page}&per_page=${perPage}`, base));
    if (answer === undefined) return undefined;
    const document = Object(answer) as Record<string, unknown>;
    const list = document[path];
    if (!Array.isArray(list)) throw new Error(`/${path} answered without its list`);
    entries.push(...list);
    const next: unknown = Object(Object(document.meta).pagination).next_page;
    page = typeof next === 'number' && next > page ? next : null;
  }
  return entries;
}
