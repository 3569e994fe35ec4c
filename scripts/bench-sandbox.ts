import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment, findTerraform, repository } from '../__tests__/e2e/support.ts';
import { bundle, type Measured, start } from './sandbox-bench/process.ts';
import { type Client, clientOf, times } from './sandbox-bench/requests.ts';

/**
 * `npm run bench:sandbox`: how many requests a second one core answers with 10,000 resources held, in how much memory, and how
 * much longer an apply of 200 servers with volumes takes than against a canned responder whose actions take as long.
 * `-- --requests` and `-- --apply` measure one of the two.
 */
const RESOURCES = 10_000;
const REQUESTS = 20_000;
const SERVERS = 200;
/** Actions of both run so many times faster than at Hetzner; terraform asks for them every half second all the same. */
const SPEED = '20';
const ROUNDS = 2;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Sandbox extends Measured {
  readonly endpoint: string;
  readonly token: string;
}

async function sandbox(program: string, speed: string, log: string): Promise<Sandbox> {
  const args = ['sandbox', '--speed', speed, '--rate-limit', '1000000000', '--log', log];
  const measured = await start(program, args, /CONTROL_TOKEN=\S+\n/);
  const value = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(measured.printed)?.[1] ?? '';
  return { ...measured, endpoint: value('HCLOUD_ENDPOINT'), token: value('HCLOUD_TOKEN') };
}

interface Ids {
  readonly servers: number[];
  readonly volumes: number[];
  readonly actions: number[];
}

/** Servers with two addresses and two volumes each, behind five firewalls with label selectors. */
async function fill(client: Client): Promise<Ids> {
  const ids: Ids = { servers: [], volumes: [], actions: [] };
  for (let role = 0; role < 5; role += 1)
    await client.ask('POST', '/firewalls', {
      name: `role-${role}`,
      apply_to: [{ type: 'label_selector', label_selector: { selector: `role=r${role}` } }],
    });
  await times(RESOURCES / 5, async (index) => {
    const labels = { role: `r${index % 5}` };
    const body = { name: `s${index}`, server_type: 'cx23', image: 'debian-13', location: 'hel1', labels };
    const made = JSON.parse(await client.ask('POST', '/servers', body));
    ids.servers.push(made.server.id);
    ids.actions.push(made.action.id);
    for (const letter of ['a', 'b']) {
      const wanted = { name: `${letter}${index}`, size: 10, server: made.server.id };
      const { volume, action } = JSON.parse(await client.ask('POST', '/volumes', wanted));
      ids.volumes.push(volume.id);
      ids.actions.push(action.id);
    }
  });
  return ids;
}

async function requests(program: string, folder: string): Promise<void> {
  const served = await sandbox(program, 'instant', path.join(folder, 'requests.log'));
  const client = clientOf(served.endpoint, served.token);
  const ids = await fill(client);
  const any = (list: readonly number[]): number => list[Math.floor(Math.random() * list.length)] ?? 0;
  const many = (count: number): string => Array.from({ length: count }, () => `id=${any(ids.actions)}`).join('&');
  const kinds: Readonly<Record<string, () => string>> = {
    'GET /servers/{id}': () => `/servers/${any(ids.servers)}`,
    'GET /volumes/{id}': () => `/volumes/${any(ids.volumes)}`,
    'GET /actions, 1 id': () => `/actions?${many(1)}&sort=status&sort=id`,
    'GET /actions, 25 ids': () => `/actions?${many(25)}&sort=status&sort=id`,
  };
  // What is compiled at the first requests is not what is measured.
  for (const url of Object.values(kinds)) await times(2000, () => client.ask('GET', url()));
  say(`${RESOURCES} resources held, ${(ids.actions.length * 5) / 3} actions`);
  for (const [name, url] of Object.entries(kinds)) {
    const before = served.cpu();
    const seconds = await times(REQUESTS, () => client.ask('GET', url()));
    const cpu = served.cpu() - before;
    say(`${name.padEnd(22)} ${perSecond(seconds)} a second, ${perSecond(cpu)} a second of one core`);
  }
  const { now, most } = served.memory();
  say(`memory ${now.toFixed(0)} MB, at most ${most.toFixed(0)} MB (limit 200)`);
  client.close();
  await served.stop();
}

const perSecond = (seconds: number): string => String(Math.round(REQUESTS / seconds)).padStart(6);

const DECLARED = `
terraform {
  required_providers {
    hcloud = { source = "hetznercloud/hcloud", version = "1.68.0" }
  }
}
resource "hcloud_server" "all" {
  count       = ${SERVERS}
  name        = "server-\${count.index}"
  server_type = "cx23"
  image       = "debian-13"
  location    = "hel1"
}
resource "hcloud_volume" "all" {
  count    = ${SERVERS}
  name     = "volume-\${count.index}"
  size     = 10
  location = "hel1"
}
resource "hcloud_volume_attachment" "all" {
  count     = ${SERVERS}
  volume_id = hcloud_volume.all[count.index].id
  server_id = hcloud_server.all[count.index].id
}
`;

/** Seconds an apply takes. */
function apply(terraform: string, folder: string, endpoint: string, token: string): number {
  rmSync(path.join(folder, 'terraform.tfstate'), { force: true });
  const began = performance.now();
  execFileSync(terraform, ['apply', '-auto-approve', '-input=false', '-no-color'], {
    cwd: folder,
    env: environment({ HCLOUD_ENDPOINT: endpoint, HCLOUD_TOKEN: token }),
    stdio: ['ignore', 'ignore', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  return (performance.now() - began) / 1000;
}

async function applies(program: string, folder: string): Promise<void> {
  const found = findTerraform();
  if ('missing' in found) return say(`apply not measured: ${found.missing}`);
  writeFileSync(path.join(folder, 'main.tf'), DECLARED);
  execFileSync(found.terraform, ['init', '-input=false'], { cwd: folder, env: environment(), stdio: 'ignore' });
  const responder = bundle(path.join(repository, 'scripts/sandbox-bench/canned-responder.ts'), folder);
  const took = { sandbox: [] as number[], canned: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const served = await sandbox(program, SPEED, path.join(folder, `apply-${round}.log`));
    took.sandbox.push(apply(found.terraform, folder, served.endpoint, served.token));
    await served.stop();
    const model = await sandbox(program, 'instant', path.join(folder, `model-${round}.log`));
    const client = clientOf(model.endpoint, model.token);
    const base = { name: 'template', location: 'hel1' };
    await client.ask('POST', '/servers', { ...base, server_type: 'cx23', image: 'debian-13' });
    await client.ask('POST', '/volumes', { ...base, size: 10 });
    const canned = await start(responder, [model.endpoint, model.token, SPEED], /^\d+\n/);
    took.canned.push(apply(found.terraform, folder, `http://127.0.0.1:${canned.printed.trim()}/v1`, 'x'.repeat(64)));
    await canned.stop();
    client.close();
    await model.stop();
    say(`apply ${round + 1}: sandbox ${took.sandbox[round]?.toFixed(1)} s, canned ${took.canned[round]?.toFixed(1)} s`);
  }
  const ratio = Math.min(...took.sandbox) / Math.min(...took.canned);
  say(`apply of ${SERVERS} servers with volumes: ${ratio.toFixed(2)} × the canned responder's (limit 1.3)`);
}

async function main(asked: readonly string[]): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-bench-'));
  const program = bundle(path.join(repository, 'packages/cli/src/main.ts'), folder);
  try {
    if (!asked.includes('--apply')) await requests(program, folder);
    if (!asked.includes('--requests')) await applies(program, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
