import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Question {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/**
 * The proxy for a URL, as `HTTPS_PROXY` and `NO_PROXY` say it; undefined where it is asked directly. Read as Go's programs read them,
 * terraform's provider among them (https://pkg.go.dev/golang.org/x/net/http/httpproxy): names match with what is below them, this
 * machine is never asked through a proxy.
 * @throws Error when HTTPS_PROXY is no URL of a proxy
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const given = environment.HTTPS_PROXY || environment.https_proxy;
  if (url.protocol !== 'https:' || given === undefined || given === '') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)) return undefined;
  const except = (environment.NO_PROXY || environment.no_proxy || '').toLowerCase().split(',');
  if (except.some((entry) => covers(entry.trim(), host, url.port || '443'))) return undefined;
  let proxy: URL | undefined;
  try {
    proxy = new URL(given.includes('://') ? given : `http://${given}`);
  } catch {
    // Said below: what stands there may hold a password and is not printed.
  }
  if (proxy === undefined || !['http:', 'https:'].includes(proxy.protocol))
    throw new Error('HTTPS_PROXY is no URL of an HTTP proxy');
  return proxy;
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [network = '', bits] = entry.split('/');
  if (bits !== undefined)
    return isIP(network) !== 0 && isIP(host) === isIP(network) && within(network, Number(bits), host);
  const [, name = entry, only] = /^(.*?):(\d+)$/.exec(isIP(entry) === 0 ? entry : '') ?? [];
  if (only !== undefined && only !== port) return false;
  const bare = name.replace(/^\*/, '');
  return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
}

function within(network: string, bits: number, host: string): boolean {
  const kind = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  if (!Number.isInteger(bits) || bits < 0 || bits > (kind === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, kind);
  return list.check(host, kind);
}

/** One request, through the proxy of the environment where it names one. Redirects are not followed: a token is for one host alone. */
export async function askThrough(
  url: URL,
  question: Question,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly status: number; readonly text: string }> {
  const proxy = proxyFor(url, environment);
  const options: RequestOptions = { method: question.method, headers: question.headers, signal: question.signal };
  if (proxy !== undefined) {
    const tunnel = await tunnelTo(url, proxy, question.signal);
    const servername = isIP(url.hostname) === 0 ? url.hostname : '';
    // Without an agent, which would connect by itself.
    // Without one, the port of the Host header would be told as another than the scheme's.
    options.defaultPort = 443;
    options.createConnection = () => connectTls({ socket: tunnel, servername, host: url.hostname });
  }
  const response = await answered(
    (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options),
    question.body,
  );
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') };
}

function answered(request: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
}

/** A connection through the proxy (RFC 9110 section 9.3.6). @throws Error with the status of a proxy that refuses */
function tunnelTo(url: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const target = `${url.hostname}:${url.port || '443'}`;
  const { username, password } = proxy;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const request = (proxy.protocol === 'https:' ? requestHttps : requestHttp)({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` }) },
    agent: false,
    signal,
  });
  return new Promise((resolve, reject) => {
    request.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(`the proxy of HTTPS_PROXY does not answer (${error.code ?? error.message})`)),
    );
    const refused = (status: number | undefined) =>
      reject(new Error(`the proxy of HTTPS_PROXY refuses it with status ${status}`));
    request.once('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      refused(statusCode);
    });
    request.once('response', (response) => {
      response.destroy();
      refused(response.statusCode);
    });
    request.end();
  });
}
