import { type Answer, type Context, ok } from '../context.ts';
import { invalidField } from '../errors.ts';

/** The series of each metric, by the names the API gives them. */
const OF_SERVER: Readonly<Record<string, readonly string[]>> = {
  cpu: ['cpu'],
  disk: ['disk.0.iops.read', 'disk.0.iops.write', 'disk.0.bandwidth.read', 'disk.0.bandwidth.write'],
  network: ['network.0.pps.in', 'network.0.pps.out', 'network.0.bandwidth.in', 'network.0.bandwidth.out'],
};
const OF_BALANCER: Readonly<Record<string, readonly string[]>> = {
  open_connections: ['open_connections'],
  connections_per_second: ['connections_per_second'],
  requests_per_second: ['requests_per_second'],
  bandwidth: ['bandwidth.in', 'bandwidth.out'],
};

/** The API chooses a step that gives no more samples than this. */
const SAMPLES = 200;
const MOST_SAMPLES = 500;

export const serverMetrics = (context: Context): Answer => metrics(context, OF_SERVER);
export const balancerMetrics = (context: Context): Answer => metrics(context, OF_BALANCER);

/** Zero throughout: nothing runs on servers of the sandbox. Several types may also stand in one text, with commas. */
function metrics({ query }: Context, names: Readonly<Record<string, readonly string[]>>): Answer {
  const [start, end] = [instantOf(query, 'start'), instantOf(query, 'end')];
  if (end <= start) throw invalidField('end', 'must be later than start');
  const step = stepOf(query.get('step'), start, end);
  const instants = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
  const series = query
    .getAll('type')
    .flatMap((text) => text.split(','))
    .flatMap((type) => {
      const found = Object.hasOwn(names, type) ? names[type] : undefined;
      if (found === undefined) throw invalidField('type', `'${type}' is no metric`);
      return found;
    });
  return ok({
    metrics: {
      start: new Date(start * 1000).toISOString(),
      end: new Date(end * 1000).toISOString(),
      step,
      time_series: Object.fromEntries(series.map((name) => [name, { values: instants.map((at) => [at, '0']) }])),
    },
  });
}

/** Whole seconds since 1970. */
function instantOf(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  const milliseconds = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text.replace(' ', '+')) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw invalidField(name, 'must be an instant of ISO 8601');
  return Math.floor(milliseconds / 1000);
}

function stepOf(text: string | null, start: number, end: number): number {
  if (text === null || text === '') return Math.max(1, Math.ceil((end - start) / SAMPLES));
  const step = Number(text);
  if (!/^\d{1,9}(\.\d+)?$/.test(text) || step < 1) throw invalidField('step', 'must be a number of seconds');
  if ((end - start) / step > MOST_SAMPLES) throw invalidField('step', `gives more than ${MOST_SAMPLES} samples`);
  return Math.floor(step);
}
