import { connect } from 'node:net';
import { type Collector, check } from '../task.ts';

type State = 'open' | 'closed' | 'silent';

/** Milliseconds after which a port is taken to be filtered. */
const patience = 3_000;

/**
 * What answers from where this runs, against what the declared firewall admits from there. One connection is made and closed
 * for each port; nothing is sent. A host none of whose declared ports answer may be down: then closed ports prove nothing.
 */
export const ports: Collector = ({ targets }) =>
  (targets.ports ?? []).map(({ server, address, open, closed }) => {
    const endpoint = address.includes(':') ? `tcp://[${address}]` : `tcp://${address}`;
    const subject = { kind: 'server', id: `ports:${address}`, name: server };
    const look = async ({ signal }: { signal: AbortSignal }) => {
      const state = async (port: number) => [port, await reach(address, port, signal)] as const;
      const states = await Promise.all([...new Set([...open, ...closed])].map(state));
      const is = new Map(states);
      const missing = open.filter((port) => is.get(port) !== 'open');
      const surprising = closed.filter((port) => is.get(port) === 'open');
      const alive = states.some(([, one]) => one !== 'silent');
      return [
        {
          subject,
          endpoint,
          address,
          checks: [
            check(
              'declared-ports-answer',
              open.length === 0 ? 'unknown' : missing.length === 0,
              missing.length === 0
                ? `${open.length} answer from ${targets.vantage}`
                : `no answer on ${missing.join(', ')} from ${targets.vantage}`,
            ),
            check(
              'other-ports-closed',
              surprising.length > 0 ? false : alive && closed.length > 0 ? true : 'unknown',
              surprising.length > 0
                ? `${surprising.join(', ')} answer from ${targets.vantage}`
                : alive
                  ? `none of ${closed.length} answers from ${targets.vantage}`
                  : 'nothing answers at all: the host may be down',
            ),
          ],
          facts: { vantage: targets.vantage, states: states.map(([port, one]) => `${port} ${one}`) },
          answer: JSON.stringify(states),
        },
      ];
    };
    return { collector: 'ports', subject, endpoint, limit: 60_000, attempts: 1, look };
  });

function reach(host: string, port: number, signal: AbortSignal): Promise<State> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (state: State) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', silent);
      socket.destroy();
      resolve(state);
    };
    const silent = () => end('silent');
    const timer = setTimeout(silent, patience);
    signal.addEventListener('abort', silent, { once: true });
    socket.once('connect', () => end('open'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' ? 'closed' : 'silent'));
  });
}
