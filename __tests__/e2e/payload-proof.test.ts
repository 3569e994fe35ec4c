import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { evidenceExport } from '@lukko/formats';
import { type RunningSandbox, startSandbox } from '../../packages/cli/src/sandbox/start.ts';
import { host, report, sshdRuns, stopHosts } from '../packages/cli/observe/sshd-host.ts';
import { build, environment, findTerraform, run } from './support.ts';

/*
 * The proof of what a host booted with, across a rebuild: the real terraform and provider in the sandbox, whose metadata service
 * hands out what the server was created or rebuilt with, and a report of its digest over a real sshd. What cannot be run here is
 * said by name.
 */

jest.setTimeout(600_000);

const found = findTerraform();
const missing = [...('missing' in found ? [found.missing] : []), ...(sshdRuns ? [] : ['no sshd can be started here'])];
const name = 'lukko-example-logs';
let root = '';
let sandbox: RunningSandbox;
let env: Record<string, string>;
const at = (file: string) => path.join(root, file);

beforeAll(async () => {
  if (missing.length > 0) return;
  build();
  root = mkdtempSync(path.join(tmpdir(), 'lukko-payload-'));
  sandbox = await startSandbox(
    { projects: ['main'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 },
    Date.now,
  );
  env = environment(sandbox.environment);
});
afterAll(async () => {
  stopHosts();
  if (missing.length > 0) return;
  await sandbox.stop();
  rmSync(root, { recursive: true, force: true });
});

/** A payload as ours are: constants escaped for Terraform, and one reference, which only the state can fill in. */
const payload = (words: string) =>
  `#cloud-config\nwrite_files:\n  - path: /etc/lukko/host.env\n    content: |\n      LUKKO_VOLUME_ID=\${hcloud_volume.data.id}\n  - path: /etc/motd\n    content: "${words} $\${kept}"\n`;

/** The part of a host stack that has to do with its payload (stacks/constructs/hardened-server.ts). */
function declare(words: string): void {
  const input = payload(words);
  const ignored = ['user_data', 'image', 'ssh_keys', 'labels["lukko-payload"]'];
  const document = {
    terraform: {
      backend: { local: { path: '../../../state/example/logs.tfstate' } },
      required_providers: { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } },
    },
    provider: { hcloud: [{}] },
    locals: { payload: input },
    resource: {
      hcloud_volume: { data: { name, size: 10, location: 'hel1' } },
      hcloud_server: {
        host: {
          name,
          server_type: 'cx23',
          image: 'debian-13',
          location: 'hel1',
          user_data: input,
          labels: { 'lukko-payload': '${substr(sha256(local.payload), 0, 40)}' },
          lifecycle: { ignore_changes: ignored },
        },
      },
      terraform_data: {
        rebuild: {
          input,
          triggers_replace: '${sha256(local.payload)}',
          provisioner: [
            { 'local-exec': { command: 'lukko host rebuild --server ${hcloud_server.host.id} --stack logs' } },
          ],
        },
      },
    },
    output: { lukko_environment: { value: 'example' } },
    '//': {
      metadata: { stackName: 'logs', version: '0.21.0', environment: { name: 'example', class: 'production' } },
    },
  };
  mkdirSync(at('cdktf.out/stacks/logs'), { recursive: true });
  const stacks = { logs: { name: 'logs', synthesizedStackPath: 'stacks/logs/cdk.tf.json' } };
  writeFileSync(at('cdktf.out/manifest.json'), JSON.stringify({ version: '0.21.0', stacks }));
  writeFileSync(at('cdktf.out/stacks/logs/cdk.tf.json'), JSON.stringify(document));
}

async function done(program: string, args: readonly string[], cwd = root): Promise<void> {
  const { code, text } = await run(program, args, { cwd, env });
  expect({ code, end: code === 0 ? '' : text.slice(-3_000) }).toEqual({ code: 0, end: '' });
}
const terraform = (...args: readonly string[]) =>
  done('terraform' in found ? found.terraform : '', args, at('cdktf.out/stacks/logs'));

/** What the metadata service hands the host now. */
async function userData(): Promise<string> {
  const { port, token } = sandbox.control;
  const answer = await fetch(`http://127.0.0.1:${port}/metadata/${name}/hetzner/v1/userdata`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  return answer.text();
}

/** Observes API and host, exports, and gives what is said of the payload: by the report, by the state, and in all. */
async function said(booted: string): Promise<readonly unknown[]> {
  const reporting = await host(report({ payloadSha256: createHash('sha256').update(booted).digest('hex') }));
  writeFileSync(at('logs.key'), reporting.client, { mode: 0o600 });
  writeFileSync(
    at('observe.yaml'),
    JSON.stringify({
      schemaVersion: 1,
      environment: { name: 'example', class: 'production' },
      vantage: 'test',
      hetzner: [{ project: 'main', token: 'HCLOUD_TOKEN' }],
      hosts: [{ name, identity: 'logs.key', ...reporting.target }],
    }),
  );
  rmSync(at('observations.jsonl'), { force: true });
  await run('lukko', ['observe'], { cwd: root, env });
  await done('lukko', ['evidence', 'export', 'cdktf.out']);
  const { observed, observations } = evidenceExport.parse(
    JSON.parse(readFileSync(at('evidence-out/evidence.json'), 'utf8')),
  );
  // It is a sandbox: all of this is shown, and none of it counts.
  expect([observations.kind, observations.real]).toEqual(['sandbox', 0]);
  const check = observed
    .find(({ collector }) => collector === 'host-report')
    ?.checks.find(({ id }) => id === 'payload-as-declared');
  const { rows } = JSON.parse(readFileSync(at('evidence-out/tables/payloads.json'), 'utf8')) as {
    rows: Record<string, string>[];
  };
  const row = rows.find(({ server }) => server === name);
  return [check?.holds, row?.['at creation'], row?.verdict];
}

if (missing.length > 0) {
  process.stdout.write(`not run, since ${missing.join(' and ')}: the payload across a rebuild in the sandbox\n`);
  test('without them there is nothing to test here', () => expect(missing).not.toEqual([]));
} else {
  test('created, declared anew, rebuilt: the state proves the first text, the report the second', async () => {
    declare('first');
    await terraform('init', '-input=false', '-no-color');
    await terraform('apply', '-auto-approve', '-input=false', '-no-color');
    const first = await userData();
    expect(first).toContain('first ${kept}');
    // The state keeps a hash of what the server was created with, and the text rendered with its ids is that text.
    expect(await said(first)).toEqual([true, 'as declared', 'proven']);
    expect(await said(`${first} `)).toEqual([false, 'as declared', 'proven']);

    declare('second');
    expect(await said(first)).toEqual([false, 'another text', 'not proven']);

    await terraform('apply', '-auto-approve', '-input=false', '-no-color');
    const second = await userData();
    expect(second).toContain('second ${kept}');
    // The provider's state does not learn of a rebuild; only the host tells.
    expect(await said(second)).toEqual([true, 'another text', 'not proven']);
    expect(await said(first)).toEqual([false, 'another text', 'not proven']);
  });
}
