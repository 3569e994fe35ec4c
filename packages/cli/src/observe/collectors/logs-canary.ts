import { randomUUID } from 'node:crypto';
import { ask } from '../http.ts';
import { withinRetention } from '../retention.ts';
import { type Collector, check, type Seen, type Surroundings, type Task } from '../task.ts';

/** Milliseconds between two looks, and altogether. VictoriaLogs shows a line about a second after it took it. */
const pause = 500;
const patience = 30_000;
/** Addresses and names that exist nowhere: RFC 5737, RFC 2606. */
const address = '203.0.113.77';

type Logs = NonNullable<Surroundings['targets']['logs']>;

/** What every request to the log server carries. */
function credentials(logs: Logs, file: Surroundings['file']) {
  return {
    ...(logs.authority === undefined ? {} : { authority: file(logs.authority) }),
    ...(logs.certificate === undefined || logs.key === undefined
      ? {}
      : { client: { certificate: file(logs.certificate), key: file(logs.key) } }),
  };
}

/**
 * A line that nobody else writes goes into VictoriaLogs and is looked for until it is found: the whole way works, and how long it
 * takes. Where a public name is given, a request with a synthetic address, cookie and token goes there as well: none of them may
 * be found afterwards, while the request itself must be.
 */
export const logsCanary: Collector = ({ targets, now, file }) => {
  const { logs } = targets;
  if (logs === undefined) return [];
  const insert = new URL(logs.insert);
  const query = new URL(logs.query);
  const subject = { kind: 'store', id: `logs:${query.host}`, name: query.hostname };
  const look = async ({ signal }: { signal: AbortSignal }): Promise<readonly Seen[]> => {
    const shared = { signal, ...credentials(logs, file) };
    const mark = `lukko-canary-${randomUUID()}`;
    const find = async (text: string): Promise<readonly string[]> => {
      const url = new URL(query);
      url.searchParams.set('query', JSON.stringify(text));
      url.searchParams.set('limit', '10');
      const { status, body } = await ask(url, shared);
      if (status !== 200) throw new Error(`the query answered ${status}`);
      return body.split('\n').filter((line) => line.trim() !== '');
    };
    const until = async (text: string): Promise<number | undefined> => {
      const began = performance.now();
      for (;;) {
        if ((await find(text)).length > 0) return Math.round(performance.now() - began);
        if (performance.now() - began > patience || signal.aborted) return undefined;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    };
    const line = JSON.stringify({ _time: now().toISOString(), _msg: mark, source: 'lukko-canary' });
    const answer = await ask(insert, {
      ...shared,
      method: 'POST',
      headers: { 'content-type': 'application/stream+json' },
      body: `${line}\n`,
    });
    if (answer.status < 200 || answer.status > 299) throw new Error(`the insertion answered ${answer.status}`);
    const delay = await until(mark);
    const masked = logs.probe === undefined ? undefined : await probe(new URL(logs.probe), shared, until, find);
    return [
      {
        subject,
        endpoint: query.href,
        chain: answer.chain,
        ...(answer.address === undefined ? {} : { address: answer.address }),
        checks: [
          check(
            'log-line-found',
            delay !== undefined,
            delay === undefined ? `not found within ${patience / 1000} s` : `found after ${delay} ms`,
          ),
          check('log-line-masked', masked?.holds ?? 'unknown', masked?.saw ?? 'no public name to ask was given'),
        ],
        facts: { mark, ...(delay === undefined ? {} : { delay }) },
        answer: mark,
      },
    ];
  };
  const canary: Task = { collector: 'logs-canary', subject, endpoint: query.href, limit: 90_000, attempts: 1, look };
  return [canary, ...(logs.stores ?? []).map((store) => oldest(store, logs, { now, file }))];
};

/** Asks one store for its oldest record: `min(_time)` of https://docs.victoriametrics.com/victorialogs/logsql/#min-stats. */
function oldest(
  { name, query, days }: NonNullable<Logs['stores']>[number],
  logs: Logs,
  { now, file }: Pick<Surroundings, 'now' | 'file'>,
): Task {
  const url = new URL(query);
  const subject = { kind: 'store', id: `logs:${url.host}:${name}`, name: `${url.hostname} ${name}` };
  const look = async ({ signal }: { signal: AbortSignal }): Promise<readonly Seen[]> => {
    url.searchParams.set('query', '* | stats min(_time) oldest');
    const { status, body, chain, address } = await ask(url, { signal, ...credentials(logs, file) });
    if (status !== 200) throw new Error(`the query answered ${status}`);
    const { oldest: time } = JSON.parse(body.trim() || '{}') as { oldest?: string };
    const found = time === undefined || time === '' ? undefined : new Date(time);
    return [
      {
        subject,
        endpoint: query,
        chain,
        ...(address === undefined ? {} : { address }),
        checks: [withinRetention(found, days, now())],
        facts: { days, ...(found === undefined ? {} : { oldest: found.toISOString() }) },
        answer: body,
      },
    ];
  };
  return { collector: 'logs-canary', subject, endpoint: query, limit: 60_000, attempts: 2, look };
}

async function probe(
  url: URL,
  shared: { readonly signal: AbortSignal; readonly authority?: string },
  until: (text: string) => Promise<number | undefined>,
  find: (text: string) => Promise<readonly string[]>,
): Promise<{ readonly holds: boolean | 'unknown'; readonly saw: string }> {
  const path = `lukko-canary-${randomUUID()}`;
  const secret = randomUUID();
  await ask(new URL(`/${path}`, url), {
    signal: shared.signal,
    ...(shared.authority === undefined ? {} : { authority: shared.authority }),
    headers: { 'x-forwarded-for': address, cookie: `canary=${secret}`, authorization: `Bearer ${secret}` },
  });
  if ((await until(path)) === undefined)
    return { holds: 'unknown', saw: 'the request itself was not found in the store' };
  const leaks = [
    ...((await find(secret)).length > 0 ? ['cookie or token'] : []),
    ...((await find(address)).length > 0 ? ['address'] : []),
    ...((await find(path)).some(namesClient) ? ['the address it came from'] : []),
  ];
  return {
    holds: leaks.length === 0,
    saw:
      leaks.length === 0
        ? 'the request is there, its address, cookie and token are not'
        : `found in clear: ${leaks.join(', ')}`,
  };
}

/** Whether an access log's line, escaped or not, names an address that was not cut to its network: /24, and /48 of IPv6. */
export function namesClient(line: string): boolean {
  return [...line.matchAll(/(?:remote|client)_ip\\*":\s*\\*"([0-9a-fA-F.:]+)/g)].some(
    ([, found = '']) => !/\.0$|::$/.test(found),
  );
}
