import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { payloadDigest } from '../../../../packages/cli/src/host/payload.ts';
import { StepFailed } from '../../../../packages/cli/src/host/problem.ts';
import { quiesceHost } from '../../../../packages/cli/src/host/quiesce.ts';
import { rebuildHost } from '../../../../packages/cli/src/host/rebuild.ts';
import { lockFile } from '../../../../packages/cli/src/sandbox/lock-file.ts';
import { signedReport } from './signed-report.ts';
import { type SshHost, sshd, startSshd } from './sshd.ts';
import { FIRST, makeWorld, type World } from './world.ts';

/* The API is the sandbox, the host a real sshd that answers as a host does. Without sshd what needs it is not run, and named. */

jest.setTimeout(180_000);

const CHANGED = `${FIRST}more: yes\n`;
const rendered = (template: string) => template.replace('${hcloud_volume.data_volume.id}', '4711').replace('$${', '${');
const labelOf = async ({ ask, server }: World) =>
  ((await ask('GET', `/servers/${server}`)) as unknown as { server: { labels: Record<string, string> } }).server.labels;
const actionsOf = async ({ ask, server }: World) =>
  ((await ask('GET', `/servers/${server}/actions`)) as unknown as { actions: { command: string }[] }).actions
    .map(({ command }) => command)
    .filter((command) => !['create_server', 'start_server'].includes(command));

const inWorld = async (body: (world: World) => Promise<void>, host?: SshHost): Promise<void> => {
  const world = await makeWorld(host?.reach);
  try {
    await body(world);
  } finally {
    await world.stop();
  }
};

describe('where the API is on this machine', () => {
  test('an equal payload changes nothing, and no host is spoken to', () =>
    inWorld(async (world) => {
      await rebuildHost(world.work(), world.server);
      expect(await actionsOf(world)).toEqual([]);
      expect(world.said.join('\n').replace(/[0-9a-f]{12}/g, '<digest>')).toMatchSnapshot();
      expect(world.records()).toEqual(['sandbox rebuild: serve skipped']);
    }));

  test('another payload rebuilds: the API is really called, each step over SSH is printed as skipped and recorded', () =>
    inWorld(async (world) => {
      world.declare(CHANGED);
      await rebuildHost(world.work(), world.server);
      expect(await actionsOf(world)).toEqual(['rebuild_server']);
      const labels = await labelOf(world);
      expect(labels['lukko-payload']).toBe(payloadDigest(rendered(CHANGED)));
      expect(labels['lukko-stack']).toBe('logs');
      expect(world.said.join('\n').replace(/[0-9a-f]{12}/g, '<digest>')).toMatchSnapshot();
      expect(world.records()).toEqual([
        'sandbox rebuild: report skipped',
        'sandbox rebuild: quiesce skipped',
        'sandbox rebuild: rebuild begun',
        'sandbox rebuild: rebuild done',
        'sandbox rebuild: serve skipped',
      ]);
      // Done once, it is done.
      await rebuildHost(world.work(), world.server);
      expect(await actionsOf(world)).toEqual(['rebuild_server']);
    }));

  test('what terraform hands over is taken where no state has it yet, and refused where it is another payload', () =>
    inWorld(async (world) => {
      world.declare(CHANGED);
      const state = () => undefined;
      await expect(rebuildHost(world.work({ state }), world.server)).rejects.toThrow('which is in no state');
      await expect(rebuildHost(world.work({ state, rendered: rendered(FIRST) }), world.server)).rejects.toThrow(
        'LUKKO_PAYLOAD is not the payload that cdktf.out declares',
      );
      expect(await actionsOf(world)).toEqual([]);
      await rebuildHost(world.work({ state, rendered: rendered(CHANGED) }), world.server);
      expect(await actionsOf(world)).toEqual(['rebuild_server']);
      expect((await labelOf(world))['lukko-payload']).toBe(payloadDigest(rendered(CHANGED)));
    }));

  test('quiesce powers off, again does nothing, and a server that is gone has nothing to close', () =>
    inWorld(async (world) => {
      await quiesceHost(world.work(), 'lukko-example-logs');
      await quiesceHost(world.work(), 'lukko-example-logs');
      await quiesceHost(world.work(), 'lukko-example-errors');
      await expect(quiesceHost(world.work(), 'logs')).rejects.toThrow('there is no server logs, and none of example');
      expect(await actionsOf(world)).toEqual(['stop_server']);
      expect(world.said).toMatchSnapshot();
    }));

  test('a server of another stack is refused by name', () =>
    inWorld(async (world) => {
      const other = (await world.ask('POST', '/servers', {
        name: 'somebody-else',
        server_type: 'cx23',
        image: 'debian-13',
        location: 'hel1',
        ssh_keys: ['ca'],
      })) as unknown as { server: { id: number } };
      await expect(rebuildHost(world.work(), other.server.id)).rejects.toThrow(
        `server ${other.server.id} is somebody-else, and stack logs declares lukko-example-logs to be rebuilt; name the stack it belongs to`,
      );
      await expect(rebuildHost(world.work(), 999)).rejects.toThrow('there is no server 999 in this project');
    }));

  test('one host at a time: a second waits until the first has let go', () =>
    inWorld(async (world) => {
      const release = lockFile(`${world.root}/state/example/hosts`);
      const waiting = rebuildHost(world.work(), world.server);
      while (world.said.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(world.said).toEqual([`lukko-example-logs: waits, since process ${process.pid} works on another host`]);
      release();
      await waiting;
    }));
});

const declared: string[] = [];
const withSshd = (name: string, body: (world: World, host: SshHost) => Promise<void>): void => {
  declared.push(name);
  if (sshd === undefined) return;
  test(name, async () => {
    const host = await startSshd('lukko-example-logs');
    says(host, true);
    try {
      await inWorld((world) => body(world, host), host);
    } finally {
      await host.stop();
    }
  });
};

/** What the host reports, signed by its own key or by another. */
const says = (host: SshHost, unlocked: boolean, key = 'host') =>
  writeFileSync(path.join(host.folder, 'report'), `${signedReport(path.join(host.folder, key), unlocked)}\n`);

/** Answers as a healthy host; `$command` names the file with more to do. */
const HEALTHY = `case $command in
report) cat report;;
quiesce) rm -f serves; exit 0;;
serving) test -f serves && exit 0; touch serves; echo "waits for the volume: one key server answers"; exit 1;;
esac`;

describe('where there are hosts', () => {
  withSshd(
    'report, quiesce, rebuild, wait: in this order, and the key is recorded when it serves',
    async (world, host) => {
      host.answers(HEALTHY);
      await rebuildHost(world.work(), world.server);
      expect(world.said.at(-2)).toMatch(/^trusted on first use: lukko-example-logs answers with SHA256:/);
      world.declare(CHANGED);
      await rebuildHost(world.work(), world.server);
      expect(host.asked().map((command) => command.replace('/usr/local/lib/lukko/', ''))).toEqual([
        'serving',
        'serving',
        'report',
        'report',
        'quiesce',
        'serving',
        'serving',
        'report',
      ]);
      expect(await actionsOf(world)).toEqual(['rebuild_server']);
      expect(world.records().slice(1)).toEqual([
        'real rebuild: report done',
        'real rebuild: quiesce begun',
        'real rebuild: quiesce done',
        'real rebuild: rebuild begun',
        'real rebuild: rebuild done',
        'real rebuild: serve done',
      ]);
      expect(world.said).toContain('lukko-example-logs: waits for the volume: one key server answers');
      expect(readFileSync(`${world.root}/state/example/reports/lukko-example-logs.json`, 'utf8')).toBe(
        readFileSync(path.join(host.folder, 'report'), 'utf8'),
      );
    },
  );

  withSshd('a host whose volume does not unlock is not taken down', async (world, host) => {
    says(host, false);
    host.answers(HEALTHY);
    world.declare(CHANGED);
    await expect(rebuildHost(world.work(), world.server)).rejects.toThrow(
      'lukko-example-logs is not rebuilt: its report says that the volume is locked',
    );
    expect(await actionsOf(world)).toEqual([]);
    expect(host.asked()).not.toContain('/usr/local/lib/lukko/quiesce');
  });

  withSshd('a report counts only when the key this host is known by signed it', async (world, host) => {
    says(host, true, 'operator');
    host.answers(HEALTHY);
    world.declare(CHANGED);
    await expect(rebuildHost(world.work(), world.server)).rejects.toThrow(
      /^lukko-example-logs is not rebuilt: its report is signed by SHA256:\S+, which is not the recorded host key$/,
    );
    const genuine = signedReport(path.join(host.folder, 'host'), false);
    writeFileSync(path.join(host.folder, 'report'), genuine.replace('"unlocked":false', '"unlocked":true'));
    await expect(rebuildHost(world.work(), world.server)).rejects.toThrow(
      'lukko-example-logs is not rebuilt: the signature of its report does not hold',
    );
    host.answers(`case $command in report) echo '{"volume":{"unlocked":true}}';; esac`);
    await expect(rebuildHost(world.work(), world.server)).rejects.toThrow(
      'lukko-example-logs is not rebuilt: its report carries no signature',
    );
    expect(await actionsOf(world)).toEqual([]);
    expect(host.asked()).not.toContain('/usr/local/lib/lukko/quiesce');
  });

  withSshd('a host that cannot be quiesced is left as it is, and detached from nothing', async (world, host) => {
    host.answers(`case $command in report) cat report;; quiesce) echo "unmount: busy" >&2; exit 1;; esac`);
    world.declare(CHANGED);
    await expect(rebuildHost(world.work(), world.server)).rejects.toThrow(
      new StepFailed('lukko-example-logs could not be quiesced: it says unmount: busy', '').message,
    );
    await expect(quiesceHost(world.work(), 'lukko-example-logs')).rejects.toThrow('could not be quiesced');
    expect(await actionsOf(world)).toEqual([]);
  });

  withSshd('a rebuild that failed after the volume was closed goes on from there', async (world, host) => {
    host.answers(HEALTHY);
    world.declare(CHANGED);
    const { api } = world.work();
    const failing: typeof api = {
      ...api,
      act: async () => {
        throw new StepFailed('the API could not finish the rebuild', 'run it again');
      },
    };
    await expect(rebuildHost(world.work({ api: failing }), world.server)).rejects.toThrow('could not finish');
    const before = host.asked().length;
    await rebuildHost(world.work(), world.server);
    expect(host.asked().slice(before)).not.toContain('/usr/local/lib/lukko/quiesce');
    expect(await actionsOf(world)).toEqual(['rebuild_server']);
  });

  withSshd('one that never serves is given up with what it waits for', async (world, host) => {
    host.answers('echo "waits for acme-account"; exit 1');
    await expect(rebuildHost(world.work({ longest: 100 }), world.server)).rejects.toThrow(
      'lukko-example-logs does not serve after 0 minutes: waits for acme-account',
    );
  });
});

test('what needs sshd is run, or named', () => {
  if (sshd === undefined)
    console.warn(
      `not run, since OpenSSH's server is not installed:\n${declared.map((name) => `  - ${name}`).join('\n')}`,
    );
  expect(declared).toHaveLength(6);
});
