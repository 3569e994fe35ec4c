import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LogServer, missingForLogs } from '../../../stacks/log-server.ts';
import { Authority } from './certificates.ts';
import { look, verdicts } from './harness.ts';

/** The canary and the question for the oldest record against the log server of the payload: VictoriaLogs behind Caddy, as it is shipped. */
const missing = missingForLogs();
const day = 86_400_000;

if (missing.length > 0) {
  test(`not run: the collector against the real log server (${missing.join('; ')})`, () => {
    process.stdout.write(`not run: the collector against the real log server (${missing.join('; ')})\n`);
    expect(missing).not.toEqual([]);
  });
} else {
  const server = new LogServer();
  const operators = new Authority();
  const operator = operators.issue('DNS:operator');
  jest.setTimeout(180_000);
  let shipping: NodeJS.Timeout | undefined;
  beforeAll(async () => {
    await server.start(operators.pem);
    let shipped = 0;
    let journals = 0;
    // The journal of the host takes what Caddy says, and is shipped; here by the same uploader, twice a second.
    shipping = setInterval(() => {
      const said = server.log.slice(shipped).split('\n').slice(0, -1);
      if (said.length === 0) return;
      shipped += said.join('\n').length + 1;
      journals += 1;
      const file = path.join(server.folder, `caddy-${journals}.journal`);
      const lines = said.map((message, index) => ({ message, unit: 'caddy.service', at: Date.now() * 1000 + index }));
      server.journal(file, lines);
      server.upload(file);
    }, 500);
  });
  afterAll(async () => {
    clearInterval(shipping);
    await server.stop();
  });

  const files = () => ({
    'ca.pem': readFileSync(server.authority, 'utf8'),
    'operator.pem': operator.certificate,
    'operator.key': operator.key,
  });
  const targets = (more: object = {}) => ({
    logs: {
      insert: server.url('/insert/audit/jsonline'),
      query: server.url('/select/audit/logsql/query'),
      authority: 'ca.pem',
      certificate: 'operator.pem',
      key: 'operator.key',
      ...more,
    },
  });

  test('a line is written and found, and a request leaves neither address, cookie nor token', async () => {
    const { observations } = await look(targets({ probe: server.url('/') }), files());
    expect(observations.map((one) => [one.outcome, one.problem, verdicts(one)])).toEqual([
      ['observed', undefined, { 'log-line-found': true, 'log-line-masked': true }],
    ]);
    expect(observations[0]?.facts.delay).toEqual(expect.any(Number));
  });

  test('each class tells of its oldest record, held against the days it is declared to keep one', async () => {
    const old = (ago: number) =>
      JSON.stringify({ _time: new Date(Date.now() - ago).toISOString(), _msg: 'old', app: 'a' });
    const json = ['-H', 'Content-Type: application/stream+json', '--data-binary', '@-'];
    expect(server.status('/insert/application/jsonline', json, `${old(20 * day)}\n${old(day)}\n`)).toBe(200);
    expect(server.status('/insert/audit/jsonline', json, `${old(300 * day)}\n`)).toBe(200);
    await server.counted('application', 2);
    await server.counted('audit', 1, '_msg:old');
    const store = (name: string, days: number) => ({
      name: `${name}-${days}`,
      query: server.url(`/select/${name}/logsql/query`),
      days,
    });
    const stores = [store('audit', 365), store('application', 30), store('application', 10)];
    const { observations } = await look(targets({ stores }), files());
    const age = /oldest record of \d{4}-\d\d-\d\d, (\d+) days old; declared (\d+)/;
    expect(
      observations
        .slice(1)
        .map((one) => [
          one.subject.name,
          one.checks.map(({ id, holds, saw }) => [id, holds, age.exec(saw)?.slice(1).join(' of ')]),
        ]),
    ).toEqual([
      ['localhost audit-365', [['records-within-retention', true, '300 of 365']]],
      ['localhost application-30', [['records-within-retention', true, '20 of 30']]],
      ['localhost application-10', [['records-within-retention', false, '20 of 10']]],
    ]);
  });

  test('without the certificate of an operator nothing is seen, and that is said', async () => {
    const { observations } = await look(
      { logs: { ...targets().logs, certificate: undefined, key: undefined } },
      files(),
    );
    expect(observations.map(({ outcome, problem }) => [outcome, problem])).toEqual([
      ['failed', 'the query answered 403'],
    ]);
  });
}
