import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, rootCertificates, type TLSSocket } from 'node:tls';
import { euMember } from '@lukko/evidence';
import type { ObserveTargets } from '@lukko/formats';
import { type Answer, ask, chainOf } from '../http.ts';
import { type Collector, check, type Seen } from '../task.ts';

type Target = NonNullable<ObserveTargets['tls']>[number];

/** Days a certificate must still last: half of what ACME clients leave before they renew. */
const left = 14;

/** TLS as it is negotiated by whoever connects: version, cipher, chain, name, end, HSTS, redirect, country of the issuer. */
export const tls: Collector = ({ targets, now, file }) =>
  (targets.tls ?? []).map((target) => {
    const { host, port = 443 } = target;
    const endpoint = `tls://${host}:${port}`;
    const subject = { kind: 'endpoint', id: `tls:${host}:${port}`, name: host };
    const authority = target.authority === undefined ? undefined : file(target.authority);
    const look = async ({ signal }: { signal: AbortSignal }): Promise<readonly Seen[]> => {
      const socket = await negotiate(target, { ca: authority ?? [...rootCertificates] }, signal);
      try {
        const old = await takesOld(target, signal);
        const headers = await strictHeader(target, authority, signal);
        const redirect = await redirects(target, signal);
        return [
          {
            subject,
            endpoint,
            ...seenOn(socket, target, now()),
            ...verdicts(socket, target, now(), old, headers, redirect),
          },
        ];
      } finally {
        socket.destroy();
      }
    };
    return { collector: 'tls', subject, endpoint, limit: 20_000, attempts: 2, look };
  });

/** Connects and shakes hands whatever the certificate is worth: that is what is to be seen. */
function negotiate(
  { host, port = 443, address }: Target,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address ?? host,
      port,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      ...options,
    });
    const stop = () => socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Whether TLS 1.1 or older is taken. A refusal in words of TLS is a refusal; any other silence tells nothing. */
async function takesOld(target: Target, signal: AbortSignal): Promise<{ holds: boolean | 'unknown'; saw: string }> {
  try {
    const socket = await negotiate(
      target,
      { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      signal,
    );
    const version = socket.getProtocol();
    socket.destroy();
    return { holds: false, saw: `${version} is taken` };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (/^ERR_SSL_/.test(code))
      return { holds: true, saw: `refused (${code.slice(8).toLowerCase().replaceAll('_', ' ')})` };
    if (code === 'ECONNRESET') return { holds: true, saw: 'refused by cutting the connection' };
    return { holds: 'unknown', saw: `no answer to tell from (${code || 'no code'})` };
  }
}

/** Asks as a client would that does not care about the certificate, which is judged apart. */
async function strictHeader(
  target: Target,
  authority: string | undefined,
  signal: AbortSignal,
): Promise<Answer | string> {
  const { host, port = 443, address } = target;
  try {
    return await ask(new URL(`https://${host}:${port}/`), {
      signal,
      ...(authority === undefined ? {} : { authority }),
      ...(address === undefined ? {} : { address }),
      most: 5_000_000,
    });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'no answer';
  }
}

async function redirects(
  { host, address, http = 80 }: Target,
  signal: AbortSignal,
): Promise<{ holds: boolean | 'unknown'; saw: string }> {
  try {
    const { status, headers } = await ask(new URL(`http://${host}:${http}/`), {
      signal,
      ...(address === undefined ? {} : { address }),
      most: 5_000_000,
    });
    const to = headers.location ?? '';
    const holds = [301, 302, 307, 308].includes(status) && to.startsWith('https://');
    return { holds, saw: `${status}${to === '' ? '' : ` to ${to.slice(0, 100)}`}` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Nothing that speaks plain HTTP is as good as being sent away from it.
    return code === 'ECONNREFUSED'
      ? { holds: true, saw: 'nothing listens there' }
      : { holds: 'unknown', saw: `no answer (${code ?? 'no code'})` };
  }
}

function seenOn(
  socket: TLSSocket,
  { host }: Target,
  at: Date,
): Pick<Seen, 'chain' | 'facts' | 'answer'> & { address?: string } {
  const certificate = socket.getPeerCertificate();
  const { name, standardName } = socket.getCipher() as { name: string; standardName?: string };
  const chain = chainOf(socket);
  const address = socket.remoteAddress?.replace(/^::ffff:/, '');
  return {
    ...(address === undefined ? {} : { address }),
    chain,
    answer: Buffer.concat(chain.map((der) => Buffer.from(der))),
    facts: {
      version: socket.getProtocol(),
      cipher: standardName ?? name,
      subject: host,
      issuer: String(certificate.issuer?.CN ?? certificate.issuer?.O ?? ''),
      issuerCountry: String(certificate.issuer?.C ?? ''),
      notAfter: certificate.valid_to === undefined ? '' : new Date(certificate.valid_to).toISOString(),
      daysLeft: Math.floor((Date.parse(certificate.valid_to ?? '') - at.getTime()) / 86_400_000) || 0,
      chainLength: chain.length,
    },
  };
}

function verdicts(
  socket: TLSSocket,
  target: Target,
  at: Date,
  old: { holds: boolean | 'unknown'; saw: string },
  answer: Answer | string,
  redirect: { holds: boolean | 'unknown'; saw: string },
): Pick<Seen, 'checks'> {
  const certificate = socket.getPeerCertificate();
  const version = socket.getProtocol() ?? '';
  const wanted = target.minimum ?? '1.2';
  const otherName = checkServerIdentity(target.host, certificate);
  // Expiry and name have checks of their own.
  const authorised = socket.authorized || ['ERR_TLS_CERT_ALTNAME_INVALID'].includes(String(socket.authorizationError));
  const days = (Date.parse(certificate.valid_to) - at.getTime()) / 86_400_000;
  const country = String(certificate.issuer?.C ?? '');
  const hsts = typeof answer === 'string' ? undefined : answer.headers['strict-transport-security'];
  const age = Number(/max-age=(\d+)/.exec(hsts ?? '')?.[1] ?? 0);
  return {
    checks: [
      check(
        'tls-version',
        Number(version.replace('TLSv', '')) >= Number(wanted),
        `${version || 'none'}, declared at least ${wanted}`,
      ),
      check('tls-old-refused', old.holds, old.saw),
      check(
        'tls-chain',
        authorised,
        authorised ? 'leads to a known root; whether it was revoked was not asked' : String(socket.authorizationError),
      ),
      check('tls-name', otherName === undefined, otherName === undefined ? 'is for this name' : 'is for another name'),
      check('tls-lasts', days >= left, `${Math.floor(days)} days left`),
      check(
        'hsts',
        typeof answer === 'string' ? 'unknown' : age >= 15_552_000,
        typeof answer === 'string' ? `no answer (${answer})` : (hsts ?? 'no such header'),
      ),
      check('http-redirects', redirect.holds, redirect.saw),
      check(
        'issuer-in-the-eu',
        country === '' ? 'unknown' : euMember(country),
        country === '' ? 'the issuer names no country' : country,
      ),
    ],
  };
}
