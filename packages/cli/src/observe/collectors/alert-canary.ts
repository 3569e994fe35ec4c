import { randomUUID } from 'node:crypto';
import { ask } from '../http.ts';
import { type Collector, check, type Seen } from '../task.ts';

const pause = 1_000;
const patience = 120_000;

/** A synthetic alert is raised, and must be seen where alerts arrive: what was never delivered has never been tried. */
export const alertCanary: Collector = ({ targets, file }) => {
  const { alerts } = targets;
  if (alerts === undefined) return [];
  const fire = new URL(alerts.fire);
  const subject = { kind: 'alerting', id: `alerts:${fire.host}`, name: fire.hostname };
  const look = async ({ signal }: { signal: AbortSignal }): Promise<readonly Seen[]> => {
    const shared = { signal, ...(alerts.authority === undefined ? {} : { authority: file(alerts.authority) }) };
    const mark = `lukko-canary-${randomUUID()}`;
    const answer = await ask(fire, {
      ...shared,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // The form of Alertmanager's API (https://prometheus.io/docs/alerting/latest/alerts_api/), which others read as well.
      body: JSON.stringify([{ labels: { alertname: 'LukkoCanary', mark }, annotations: { summary: mark } }]),
    });
    if (answer.status < 200 || answer.status > 299) throw new Error(`raising the alert answered ${answer.status}`);
    const began = performance.now();
    let delay: number | undefined;
    while (delay === undefined && performance.now() - began < patience && !signal.aborted) {
      const { status, body } = await ask(new URL(alerts.delivered), shared);
      if (status === 200 && body.includes(mark)) delay = Math.round(performance.now() - began);
      else await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return [
      {
        subject,
        endpoint: fire.href,
        chain: answer.chain,
        ...(answer.address === undefined ? {} : { address: answer.address }),
        checks: [
          check(
            'alert-delivered',
            delay !== undefined,
            delay === undefined ? `not delivered within ${patience / 1000} s` : `delivered after ${delay} ms`,
          ),
        ],
        facts: { mark, ...(delay === undefined ? {} : { delay }) },
        answer: mark,
      },
    ];
  };
  return [{ collector: 'alert-canary', subject, endpoint: fire.href, limit: 150_000, attempts: 1, look }];
};
