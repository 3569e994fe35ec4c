import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { has } from '../../../boot/run.ts';
import { freePort } from '../../../ports.ts';
import { ended } from '../../../stacks/front.ts';
import { look, verdicts } from './harness.ts';

/** The alert canary against the real Alertmanager (Debian's package), which delivers to a receiver of this test. */
const program = 'prometheus-alertmanager';

if (!has(program)) {
  test(`not run: the alert canary against Alertmanager (no ${program})`, () => {
    process.stdout.write(`not run: the alert canary against Alertmanager (no ${program} on this machine)\n`);
    expect(has(program)).toBe(false);
  });
} else {
  test('an alert is raised in Alertmanager, and seen where Alertmanager delivers it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lukko-alerts-'));
    let inbox = '';
    const receiver = createServer(async (request, response) => {
      if (request.method === 'POST') for await (const piece of request) inbox += piece;
      response.end(inbox);
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const delivered = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    writeFileSync(
      `${folder}/alertmanager.yml`,
      `route: { receiver: inbox, group_wait: 1s }\nreceivers: [{ name: inbox, webhook_configs: [{ url: "${delivered}" }] }]\n`,
    );
    const port = await freePort();
    const manager = spawn(
      program,
      [
        `--config.file=${folder}/alertmanager.yml`,
        `--storage.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    try {
      const ready = () =>
        fetch(`http://127.0.0.1:${port}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      for (let tries = 0; tries < 600 && !(await ready()); tries += 1) await new Promise((go) => setTimeout(go, 100));
      const { observations } = await look({ alerts: { fire: `http://127.0.0.1:${port}/api/v2/alerts`, delivered } });
      expect(observations.map((one) => [one.problem, verdicts(one)])).toEqual([
        [undefined, { 'alert-delivered': true }],
      ]);
      expect(inbox).toContain('"alertname":"LukkoCanary"');
    } finally {
      await ended(manager);
      receiver.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 180_000);
}
