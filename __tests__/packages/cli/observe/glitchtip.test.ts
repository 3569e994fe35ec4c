import { readFileSync } from 'node:fs';
import { ErrorServer, missingForErrors } from '../../../stacks/error-server.ts';
import { look, verdicts } from './harness.ts';

/** The canary against the error server of the payload: GlitchTip behind Caddy, as it is shipped. */
const missing = missingForErrors();

if (missing.length > 0) {
  test(`not run: the collector against the real GlitchTip (${missing.join('; ')})`, () => {
    process.stdout.write(`not run: the collector against the real GlitchTip (${missing.join('; ')})\n`);
    expect(missing).not.toEqual([]);
  });
} else {
  const server = new ErrorServer();
  beforeAll(() => server.start(), 900_000);
  afterAll(() => server.stop(), 60_000);

  test('an error is reported and found, the address it came from is not kept, and nothing is older than its time', async () => {
    const { dsn, token } = server.project();
    const target = {
      dsn: 'DSN',
      query: server.front.url('/api/0/organizations/lukko/issues/'),
      token: 'TOKEN',
      days: 90,
      authority: 'ca.pem',
    };
    const ca = readFileSync(server.front.authority, 'utf8');
    const { observations } = await look({ errors: target }, { 'ca.pem': ca }, { DSN: dsn, TOKEN: token });
    expect(observations.map((one) => [one.problem, verdicts(one)])).toEqual([
      [undefined, { 'error-found': true, 'error-masked': true, 'records-within-retention': true }],
    ]);
    // GlitchTip 5.2 to 6 keeps what an application states itself; the collector says so.
    expect(observations[0]?.facts.statedAddressKept).toBe(true);
  }, 180_000);
}
