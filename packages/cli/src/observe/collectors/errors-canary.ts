import { randomUUID } from 'node:crypto';
import { ask, json } from '../http.ts';
import { withinRetention } from '../retention.ts';
import { type Collector, check, type Seen, secretOf } from '../task.ts';

const pause = 1_000;
const patience = 45_000;
/** Addresses that exist nowhere (RFC 5737): one a proxy on the way would name, one an application states itself. */
const address = '203.0.113.77';
const stated = '198.51.100.77';

/**
 * One error goes to GlitchTip as any program of ours would send it (Sentry's envelope,
 * https://develop.sentry.dev/sdk/data-model/envelopes/), and is looked for through its API. The address it came from must not have been kept,
 * though the event asks for it (`{{auto}}`, https://develop.sentry.dev/sdk/data-model/event-payloads/user/). A second event states an address
 * itself: whether GlitchTip keeps that is said and does not fail the check, since it is the application that has to leave it out.
 */
export const errorsCanary: Collector = ({ targets, environment, now, file }) => {
  const { errors } = targets;
  if (errors === undefined) return [];
  const host = dsnHost(environment[errors.dsn]);
  const subject = { kind: 'store', id: `errors:${errors.dsn}`, name: host ?? errors.dsn };
  const endpoint = `https://${host ?? 'unknown'}`;
  const look = async ({ signal }: { signal: AbortSignal }): Promise<readonly Seen[]> => {
    const dsn = readDsn(secretOf(environment, errors.dsn));
    const shared = { signal, ...(errors.authority === undefined ? {} : { authority: file(errors.authority) }) };
    const send = async (ip: string) => {
      const id = randomUUID().replaceAll('-', '');
      const mark = `lukko canary ${id}`;
      const event = {
        event_id: id,
        timestamp: now().getTime() / 1000,
        platform: 'other',
        level: 'info',
        logger: 'lukko-canary',
        message: mark,
        user: { id: 'canary', ip_address: ip },
      };
      const lines = [{ event_id: id, sent_at: now().toISOString() }, { type: 'event' }, event];
      const answer = await ask(new URL(`/api/${dsn.project}/envelope/`, dsn.origin), {
        ...shared,
        method: 'POST',
        headers: {
          'content-type': 'application/x-sentry-envelope',
          'x-sentry-auth': `Sentry sentry_version=7, sentry_client=lukko/1, sentry_key=${dsn.key}`,
          'x-forwarded-for': address,
        },
        body: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
      });
      json(answer, 'GlitchTip');
      return { id, mark, answer };
    };
    const { id, mark, answer } = await send('{{auto}}');
    const second = await send(stated);
    const asked = errors.query === undefined || errors.token === undefined ? undefined : errors.query;
    const found = asked === undefined ? undefined : await search(asked, mark);
    const foundStated = asked === undefined || found === undefined ? undefined : await search(asked, second.mark);
    const leaks = found === undefined ? [] : kept(found.text);
    const oldest = asked === undefined || errors.days === undefined ? undefined : await oldestSeen(asked);
    return [
      {
        subject,
        endpoint: new URL('/', dsn.origin).href,
        chain: answer.chain,
        ...(answer.address === undefined ? {} : { address: answer.address }),
        checks: [
          check(
            'error-found',
            errors.query === undefined ? 'unknown' : found !== undefined,
            errors.query === undefined
              ? 'taken; no API to look for it was given'
              : found === undefined
                ? `taken, not found within ${patience / 1000} s`
                : `found after ${found.delay} ms`,
          ),
          check(
            'error-masked',
            found === undefined ? 'unknown' : leaks.length === 0,
            found === undefined
              ? 'it was not seen again'
              : leaks.length === 0
                ? `the address it came from is not kept${foundStated?.text.includes(stated) === true ? '; one that an application states itself is' : ''}`
                : `kept in clear: ${leaks.join(', ')}`,
          ),
          ...(oldest === undefined || errors.days === undefined
            ? []
            : [withinRetention(oldest.time, errors.days, now(), 'issue last seen')]),
        ],
        facts: {
          event: id,
          ...(found === undefined ? {} : { delay: found.delay }),
          ...(foundStated === undefined ? {} : { statedAddressKept: foundStated.text.includes(stated) }),
          ...(oldest?.time === undefined ? {} : { oldest: oldest.time.toISOString() }),
        },
        answer: answer.body,
      },
    ];

    /** Of the issues it keeps, the one that was longest not seen: all its events are older. */
    async function oldestSeen(query: string): Promise<{ readonly time: Date | undefined }> {
      const url = new URL(query);
      url.searchParams.set('sort', 'last_seen');
      url.searchParams.set('limit', '1');
      const headers = { authorization: `Bearer ${secretOf(environment, errors?.token ?? '')}` };
      const list = json(await ask(url, { ...shared, headers }), 'the API of GlitchTip');
      const [issue] = Array.isArray(list) ? list : [];
      const seen = Object(issue).lastSeen;
      return { time: typeof seen === 'string' ? new Date(seen) : undefined };
    }

    async function search(query: string, text: string): Promise<{ delay: number; text: string } | undefined> {
      const began = performance.now();
      const headers = { authorization: `Bearer ${secretOf(environment, errors?.token ?? '')}` };
      for (;;) {
        const url = new URL(query);
        url.searchParams.set('query', text);
        const list = json(await ask(url, { ...shared, headers }), 'the API of GlitchTip');
        const [issue] = Array.isArray(list) ? list.filter((one) => JSON.stringify(one).includes(text)) : [];
        if (issue !== undefined) {
          const latest = new URL(`/api/0/issues/${encodeURIComponent(String(Object(issue).id))}/events/latest/`, url);
          const whole = await ask(latest, { ...shared, headers });
          return { delay: Math.round(performance.now() - began), text: `${JSON.stringify(issue)}${whole.body}` };
        }
        if (performance.now() - began > patience || signal.aborted) return undefined;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  };
  return [{ collector: 'errors-canary', subject, endpoint, limit: 90_000, attempts: 1, look }];
};

/** Addresses in an event other than loopback and those of the canary's own words. */
function kept(text: string): readonly string[] {
  const found = [...text.matchAll(/"ip_address":\s*"([^"]*)"/g)].map(([, one = '']) => one);
  const own = found.filter((one) => one !== '' && one !== '{{auto}}' && !one.startsWith('127.'));
  return [...new Set([...own, ...(text.includes(address) ? [address] : [])])];
}

/** `https://<key>@<host>/<project>`: https://develop.sentry.dev/sdk/foundations/transport/authentication/ */
export function readDsn(text: string): { readonly origin: string; readonly key: string; readonly project: string } {
  try {
    const url = new URL(text);
    const project = url.pathname.split('/').at(-1) ?? '';
    if (url.username !== '' && /^\d+$/.test(project)) return { origin: url.origin, key: url.username, project };
  } catch {
    // Said below, without the text: it holds a key.
  }
  throw new Error('the DSN is not of the form https://<key>@<host>/<number>');
}

function dsnHost(text: string | undefined): string | undefined {
  try {
    return new URL(text ?? '').hostname;
  } catch {
    return undefined;
  }
}
