import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { rootCertificates } from 'node:tls';

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** PEM of a private authority instead of the public roots. */
  readonly authority?: string;
  /** Client certificate and key, in PEM. */
  readonly client?: { readonly certificate: string; readonly key: string };
  readonly agent?: Agent;
  /** Address to connect to, whatever the name resolves to. */
  readonly address?: string;
  /** Bytes after which an answer is too long. */
  readonly most?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly address: string | undefined;
  readonly chain: readonly Uint8Array[];
}

/** An agent that keeps connections, and remembers no session: each connection shows its certificates again. */
export function connections(most: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: most, maxCachedSessions: 0 });
}

/**
 * One request. The chain must lead to the public roots that came with Node or to the authority that is named: neither
 * NODE_TLS_REJECT_UNAUTHORIZED nor NODE_EXTRA_CA_CERTS changes that. Redirects are not followed.
 * @throws Error when nothing answers, the chain does not hold, or the answer is too long
 */
export function ask(url: URL, { signal, ...options }: Ask): Promise<Answer> {
  const secure = url.protocol === 'https:';
  const settings: RequestOptions & Record<string, unknown> = {
    method: options.method ?? 'GET',
    headers: { 'user-agent': 'lukko-observe', ...options.headers },
    signal,
    ...(options.address === undefined ? {} : { hostname: options.address, servername: url.hostname }),
    ...(secure
      ? {
          ca: options.authority ?? [...rootCertificates],
          rejectUnauthorized: true,
          agent: options.agent ?? new Agent({ maxCachedSessions: 0 }),
          ...(options.client === undefined ? {} : { cert: options.client.certificate, key: options.client.key }),
        }
      : {}),
  };
  if (options.address !== undefined)
    settings.headers = { host: url.host, ...(settings.headers as Record<string, string>) };
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)(url, settings, (response) => {
      const { socket } = response;
      const chain = secure ? chainOf(socket as TLSSocket) : [];
      const address = socket.remoteAddress?.replace(/^::ffff:/, '');
      read(response, options.most ?? 50_000_000).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body, address, chain }),
        reject,
      );
    });
    request.once('error', reject);
    request.end(options.body);
  });
}

async function read(response: IncomingMessage, most: number): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response) {
    length += (piece as Buffer).length;
    if (length > most) {
      response.destroy();
      throw new Error(`the answer is longer than ${most} bytes`);
    }
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Certificates as they were presented, leaf first, in DER. */
export function chainOf(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push(next.raw);
    next = next.issuerCertificate;
  }
  return chain;
}

/** @throws Error naming status and place, since the body may hold what nobody should see */
export function json(answer: Answer, what: string): unknown {
  if (answer.status < 200 || answer.status > 299) throw new Error(`${what} answered ${answer.status}`);
  try {
    return JSON.parse(answer.body);
  } catch {
    throw new Error(`${what} answered something that is not JSON`);
  }
}
