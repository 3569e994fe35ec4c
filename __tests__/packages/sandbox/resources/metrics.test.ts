import { Client, fault } from '../client.ts';

const DAY = 'start=2026-06-01T00:00:00Z&end=2026-06-02T00:00:00Z';

test('series are named as at Hetzner, of no more than 200 steps, and zero: nothing runs', () => {
  const client = new Client();
  const id = client.server('a');
  const { metrics } = client.get(`/servers/${id}/metrics?type=cpu&type=network&${DAY}`).json;
  expect(Object.keys(metrics.time_series)).toEqual([
    'cpu',
    'network.0.pps.in',
    'network.0.pps.out',
    'network.0.bandwidth.in',
    'network.0.bandwidth.out',
  ]);
  expect(metrics).toMatchObject({ step: 432, start: '2026-06-01T00:00:00.000Z', end: '2026-06-02T00:00:00.000Z' });
  const { values } = metrics.time_series.cpu;
  expect(values).toHaveLength(201);
  expect(values[1]).toEqual([Date.parse('2026-06-01T00:07:12Z') / 1000, '0']);
  expect(client.strange).toEqual([]);
});

test('types with commas between them, as the Python client sends them', () => {
  const client = new Client();
  const id = client.post('/load_balancers', { name: 'l', load_balancer_type: 'lb11', location: 'hel1' }).json
    .load_balancer.id;
  const { metrics } = client.get(`/load_balancers/${id}/metrics?type=open_connections,bandwidth&step=3600&${DAY}`).json;
  expect(Object.keys(metrics.time_series)).toEqual(['open_connections', 'bandwidth.in', 'bandwidth.out']);
  expect(metrics.time_series['bandwidth.in'].values).toHaveLength(25);
  expect(client.strange).toEqual([]);
});

test.each([
  ['an end before its start', 'type=cpu&start=2026-06-02T00:00:00Z&end=2026-06-01T00:00:00Z'],
  ['no instant', 'type=cpu&start=now&end=2026-06-01T00:00:00Z'],
  ['an unknown type', `type=memory&${DAY}`],
  ['an unknown type among others', `type=cpu,memory&${DAY}`],
  ['a step of nothing', `type=cpu&step=0&${DAY}`],
  ['too many samples', `type=cpu&step=60&${DAY}`],
])('%s is refused', (_, query) => {
  const client = new Client();
  const id = client.server('a');
  expect(fault(client.get(`/servers/${id}/metrics?${query}`))).toBe('422 invalid_input');
});

test('of a server that is none there is nothing', () => {
  expect(fault(new Client().get(`/servers/1/metrics?type=cpu&${DAY}`))).toBe('404 not_found');
});
