import { freePort } from '../../../ports.ts';
import { look, verdicts } from './harness.ts';
import { access, host, now, report, sshdRuns, stopHosts, stored } from './sshd-host.ts';

afterAll(stopHosts);

if (!sshdRuns) {
  process.stdout.write('not run, since no sshd can be started here: host reports over a real sshd\n');
  test('without sshd there is nothing to test here', () => expect(sshdRuns).toBe(false));
} else {
  test('a real sshd with a forced command: in order, out of order, signed by another, another host key', async () => {
    const good = await host(report());
    const bad = await host(
      report({
        swap: ['/swapfile'],
        failedUnits: ['caddy.service'],
        images: ['caddy registry.lukko.example/caddy:latest'],
        sshd: { passwords: true, keyboardInteractive: false, rootLogin: 'yes', ...access },
        updates: { pending: ['openssl'], lastRun: null, rebootRequired: true },
        backup: { ...stored, at: now(), snapshot: 'aa', bytes: 1, seconds: 1, passwordFetched: null },
        drill: null,
        firewall: { policies: { input: 'accept' }, rulesSha256: 'c'.repeat(64) },
        volume: { ...report().volume, unlocked: false, cipher: null, threshold: 0, keyServers: [], usedPercent: null },
        dataPaths: [{ path: '/srv/lukko/caddy', source: '/dev/sda1', layers: ['part sda1', 'disk sda'] }],
      }),
    );
    const forged = await host(report(), good.hostKey);
    const old = await host(report({ madeAt: '2026-01-01T00:00:00Z' }));
    const ahead = await host(report({ madeAt: '2099-01-01T00:00:00Z' }));
    const odd = await host(report({ swap: 'none' }));
    const hosts = [
      { name: 'good', identity: 'good.key', ...good.target },
      { name: 'bad', identity: 'bad.key', ...bad.target },
      { name: 'forged', identity: 'forged.key', ...forged.target },
      { name: 'stranger', identity: 'good.key', ...good.target, hostKey: bad.target.hostKey },
      { name: 'gone', ...good.target, port: await freePort() },
      { name: 'old', identity: 'old.key', ...old.target },
      { name: 'ahead', identity: 'ahead.key', ...ahead.target },
      { name: 'odd', identity: 'odd.key', ...odd.target },
    ];
    const keys = {
      'good.key': good.client,
      'bad.key': bad.client,
      'forged.key': forged.client,
      'old.key': old.client,
      'ahead.key': ahead.client,
      'odd.key': odd.client,
    };
    const { code, observations } = await look({ hosts }, keys);
    expect(code).toBe(1);
    const [fine, broken, wrong, stranger, gone, replayed, early, other] = observations;
    expect(Object.values(fine === undefined ? {} : verdicts(fine))).not.toContain(false);
    expect(
      fine?.checks.map(({ id, holds, saw }) => [id, holds, saw.replace(/\d+ s from/, 'n s from')]),
    ).toMatchSnapshot();
    expect(fine?.facts).toMatchObject({ payload: 'a'.repeat(64), cipher: 'aes-xts-plain64', threshold: 2 });
    expect(broken === undefined ? {} : verdicts(broken)).toMatchSnapshot();
    expect([wrong?.outcome, wrong?.problem]).toEqual([
      'failed',
      expect.stringMatching(/^its report is signed by SHA256:.* which is not the recorded host key$/),
    ]);
    expect([stranger?.outcome, stranger?.problem]).toEqual([
      'failed',
      expect.stringMatching(/^its host key is not the recorded one: found SHA256:/),
    ]);
    // Signed by the right key, and handed out again: what it says is not of now.
    expect([replayed?.outcome, replayed?.problem, replayed?.checks]).toEqual([
      'failed',
      expect.stringMatching(
        /^its report is dated 2026-01-01T00:00:00Z, \d+ minutes before it was asked for: it is an old one, or its clock is wrong$/,
      ),
      [],
    ]);
    expect([early?.outcome, early?.problem]).toEqual([
      'failed',
      expect.stringContaining('minutes after it was asked for'),
    ]);
    expect([other?.outcome, other?.problem]).toEqual([
      'failed',
      expect.stringMatching(/^its report is of another form: swap: /),
    ]);
    expect([gone?.outcome, gone?.problem]).toEqual(['failed', 'no SSH server answers there']);
  }, 60_000);
}
