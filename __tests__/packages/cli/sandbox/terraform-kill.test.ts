import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { environment, findTerraform, run } from '../../../e2e/support.ts';
import { freePort } from '../../../ports.ts';
import { directoryWith } from '../fake-ports.ts';

/*
 * The sandbox is killed in the midst of an apply of the real terraform: what terraform wrote into its state, since it was
 * acknowledged, is there afterwards. kill.test.ts does so a hundred times without terraform.
 */

/** More of them where somebody asks: LUKKO_TEST_KILLS=100. */
const KILLS = Number(process.env.LUKKO_TEST_KILLS ?? '4');
jest.setTimeout(300_000 + KILLS * 10_000);

const NAME = 'whatever terraform knows of survives kills in the midst of its apply, and a later apply finishes';
const found = findTerraform();
if ('missing' in found) console.warn(`${found.missing}; not run:\n  ${NAME}`);

const DECLARED = `
terraform {
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "1.68.0"
    }
  }
}
provider "hcloud" {
  poll_interval = "50ms"
}
resource "hcloud_server" "all" {
  count       = 12
  name        = "server-\${count.index}"
  server_type = "cx23"
  image       = "debian-13"
  location    = "hel1"
}
resource "hcloud_volume" "all" {
  count    = 12
  name     = "volume-\${count.index}"
  size     = 10
  location = "hel1"
}
resource "hcloud_volume_attachment" "all" {
  count     = 12
  volume_id = hcloud_volume.all[count.index].id
  server_id = hcloud_server.all[count.index].id
}
`;

// biome-ignore lint/suspicious/noExplicitAny: answers and states are JSON of many forms, read by tests alone
type Json = any;

interface Served {
  readonly child: ChildProcess;
  readonly environment: Record<string, string>;
}

async function serve(program: string, log: string, port: number): Promise<Served> {
  const child = spawn(process.execPath, [program, log, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const piece of child.stdout as AsyncIterable<Buffer>) {
    text += piece.toString('utf8');
    if (text.endsWith('\n')) break;
  }
  return { child, environment: JSON.parse(text) };
}

const killed = (child: ChildProcess): Promise<unknown> => {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return gone;
};

/** What terraform knows: ids by type, tainted ones too. */
function known(folder: string): Readonly<Record<string, readonly Json[]>> {
  let state: Json;
  try {
    state = JSON.parse(readFileSync(path.join(folder, 'terraform.tfstate'), 'utf8'));
  } catch {
    return {};
  }
  return Object.fromEntries(
    state.resources.map((each: Json) => [each.type, each.instances.map((instance: Json) => instance.attributes)]),
  );
}

/** What the log says was removed: a change without a record. */
function removed(log: string): ReadonlySet<string> {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const changes: Json[] = lines.flatMap((line) => JSON.parse(line).changes ?? []);
  return new Set(changes.filter(({ record }) => record === undefined).map(({ kind, id }) => `${kind} ${id}`));
}

let served: Served | undefined;
afterAll(() => {
  served?.child.kill('SIGKILL');
});

('terraform' in found ? test : () => undefined)(NAME, async () => {
  const { terraform } = found as { terraform: string };
  const folder = directoryWith({ 'main.tf': DECLARED });
  const program = path.join(folder, 'serve.js');
  buildSync({
    entryPoints: [path.join(__dirname, 'serve.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  const [log, port] = [path.join(folder, 'sandbox.log'), await freePort()];
  served = await serve(program, log, port);
  const env = environment(served.environment);
  const call = (...args: string[]) => run(terraform, [...args, '-input=false', '-no-color'], { cwd: folder, env });
  const ask = async (method: string, url: string, body?: unknown): Promise<Json> => {
    const answer = await fetch(`${env.HCLOUD_ENDPOINT}${url}`, {
      method,
      headers: { authorization: `Bearer ${env.HCLOUD_TOKEN}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, ...(text === '' ? {} : JSON.parse(text)) };
  };
  expect((await call('init')).code).toBe(0);
  let midst = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const applying = call('apply', '-auto-approve', '-parallelism=3');
    // Terraform needs a while to begin; its first answers come when the sandbox has written.
    const before = readFileSync(log).length;
    while (readFileSync(log).length === before) {
      const over = await Promise.race([applying.then(() => true), wait(20, false)]);
      if (over) break;
    }
    await wait(Math.random() * 400);
    await killed(served.child);
    served = await serve(program, log, port);
    midst += (await applying).code === 0 ? 0 : 1;
    const {
      hcloud_server: servers = [],
      hcloud_volume: volumes = [],
      hcloud_volume_attachment: attached = [],
    } = known(folder);
    const shown = {
      servers: (await ask('GET', '/servers?per_page=50')).servers,
      volumes: (await ask('GET', '/volumes?per_page=50')).volumes,
    };
    const ids = (list: readonly Json[]) => list.map(({ id }) => String(id));
    // A tainted server is deleted before it is made anew: killed then, the log says that it went, and the state not yet.
    const gone = removed(log);
    const lost = (kind: string, all: readonly Json[], there: readonly Json[]) =>
      ids(all).filter((id) => !ids(there).includes(id) && !gone.has(`${kind} ${id}`));
    expect(lost('server', servers, shown.servers)).toEqual([]);
    expect(lost('volume', volumes, shown.volumes)).toEqual([]);
    for (const { volume_id: volume, server_id: server } of attached)
      expect(shown.volumes.find(({ id }: Json) => id === volume)).toMatchObject({ server });
    // What was made and never acknowledged is somebody's to clear away, at Hetzner too.
    await wait(200);
    for (const each of shown.volumes) {
      if (each.server !== null && !attached.some(({ volume_id: id }) => id === each.id))
        await ask('POST', `/volumes/${each.id}/actions/detach`);
      await wait(30);
      if (!ids(volumes).includes(String(each.id))) await ask('DELETE', `/volumes/${each.id}`);
    }
    for (const { id } of shown.servers) if (!ids(servers).includes(String(id))) await ask('DELETE', `/servers/${id}`);
    await wait(100);
  }
  expect(midst).toBeGreaterThan(0);
  expect((await call('apply', '-auto-approve')).code).toBe(0);
  expect((await call('plan', '-detailed-exitcode')).code).toBe(0);
  await killed(served.child);
});

test('terraform was found, or what needs it is named', () => {
  expect('terraform' in found || found.missing.length > 0).toBe(true);
});
