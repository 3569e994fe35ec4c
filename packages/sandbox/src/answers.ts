import { randomBytes } from 'node:crypto';
import type { Answer } from './context.ts';
import { ApiError } from './errors.ts';
import type { SandboxResponse } from './types.ts';

/** What went wrong, in the API's error form. What we did not foresee says no more than that. */
export function problem(error: unknown): Answer {
  const known =
    error instanceof ApiError ? error : new ApiError('server_error', 'the sandbox failed, this is a fault of ours');
  const { code, message, details, status } = known;
  return { status, json: { error: { code, message, details } } };
}

/** An answer as it is sent, with an id of its own as each answer of the API has. */
export function respond({ status, json }: Answer, headers: Readonly<Record<string, string>>): SandboxResponse {
  return {
    status,
    headers: {
      ...headers,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      'x-correlation-id': correlationId(),
    },
    body: json === undefined ? '' : JSON.stringify(json),
  };
}

/** An answer of the metadata service: text, or that there is none. */
export const respondText = (text: string | undefined, headers: Readonly<Record<string, string>>): SandboxResponse => ({
  status: text === undefined ? 404 : 200,
  headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' },
  body: text ?? 'not found',
});

/** Asking the system for random bytes costs more than answering: they are fetched for many ids at once. */
const ID_BYTES = 8;
let pool = Buffer.alloc(0);

function correlationId(): string {
  if (pool.length === 0) pool = randomBytes(512 * ID_BYTES);
  const id = pool.toString('hex', 0, ID_BYTES);
  pool = pool.subarray(ID_BYTES);
  return id;
}

/**
 * Hetzner answers broken JSON in two ways: networks with 400 (vitobotta/hetzner-k3s#464), servers with 422
 * (Cyclenerd/hcloud-github-runner#22); about the others nothing was found, and they follow the servers.
 * @throws ApiError json_error; a text nested deeper than V8's parser goes is none either
 */
export function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw path.startsWith('/networks')
      ? new ApiError('json_error', 'A valid JSON document is required.', null, 400)
      : new ApiError('json_error', 'syntax error', {});
  }
}
