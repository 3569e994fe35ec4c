import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hcloud } from '../../../../packages/cli/src/host/api.ts';
import { contactOver } from '../../../../packages/cli/src/host/contact.ts';
import { payloadDigest, renderPayload } from '../../../../packages/cli/src/host/payload.ts';
import type { HostWork } from '../../../../packages/cli/src/host/rebuild.ts';
import type { Reach } from '../../../../packages/cli/src/host/ssh.ts';
import { readHostStack } from '../../../../packages/cli/src/host/stack.ts';
import { readState } from '../../../../packages/cli/src/host/state.ts';
import { type RunningSandbox, startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';

/** A stack with one host, as cdktf and terraform leave it on disk, and the same host in the sandbox. */
export interface World {
  readonly root: string;
  readonly folder: string;
  readonly sandbox: RunningSandbox;
  readonly server: number;
  readonly said: string[];
  /** Declares another payload. */
  declare(template: string): void;
  work(changes?: Partial<HostWork>): HostWork;
  ask(method: string, path: string, body?: unknown): Promise<Record<string, never>>;
  records(): readonly string[];
  stop(): Promise<void>;
}

export const FIRST = '#cloud-config\ndevice: ${hcloud_volume.data_volume.id}\nhome: $${HOME}\n';

export async function makeWorld(reach?: Reach): Promise<World> {
  const root = mkdtempSync(path.join(tmpdir(), 'lukko-host-'));
  const folder = path.join(root, 'cdktf.out', 'stacks', 'logs');
  mkdirSync(folder, { recursive: true });
  mkdirSync(path.join(root, 'state', 'example'), { recursive: true });
  const sandbox = await startSandbox(
    { projects: ['main'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 },
    Date.now,
  );
  const { HCLOUD_ENDPOINT: endpoint = '', HCLOUD_TOKEN: token = '' } = sandbox.environment;
  const ask = async (method: string, url: string, body?: unknown) => {
    const answer = await fetch(`${endpoint}${url}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Record<string, never>;
  };
  const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFwOQbTDUqBBrSaLKAn4FLy0D2cEtNCJMJj0SbRPTxXA a';
  await ask('POST', '/ssh_keys', { name: 'ca', public_key: publicKey });
  const payload = renderPayload(FIRST, () => '4711', 'logs');
  const made = (await ask('POST', '/servers', {
    name: 'lukko-example-logs',
    server_type: 'cx23',
    image: 'debian-13',
    location: 'hel1',
    ssh_keys: ['ca'],
    user_data: payload,
    labels: { 'lukko-stack': 'logs', 'lukko-payload': payloadDigest(payload) },
  })) as unknown as { server: { id: number } };
  writeFileSync(
    path.join(root, 'state', 'example', 'logs.tfstate'),
    JSON.stringify({
      version: 4,
      resources: [
        { mode: 'managed', type: 'hcloud_volume', name: 'data_volume', instances: [{ attributes: { id: '4711' } }] },
      ],
    }),
  );
  const declare = (template: string) =>
    writeFileSync(
      path.join(folder, 'cdk.tf.json'),
      JSON.stringify({
        output: { lukko_environment: { value: 'example' } },
        terraform: { backend: { local: { path: '../../../state/example/logs.tfstate' } } },
        resource: {
          hcloud_server: { host_server: { name: 'lukko-example-logs', image: 'debian-13' } },
          terraform_data: {
            host_rebuild: {
              input: template,
              provisioner: [
                {
                  'local-exec': {
                    command: 'lukko host rebuild --server ${hcloud_server.host_server.id} --stack logs',
                  },
                },
              ],
            },
          },
        },
      }),
    );
  declare(FIRST);
  const said: string[] = [];
  return {
    root,
    folder,
    sandbox,
    server: made.server.id,
    said,
    declare,
    ask,
    work: (changes = {}) => {
      const stack = readHostStack('logs', folder);
      return {
        stack,
        api: hcloud({ endpoint, token, clock: Date.now }),
        reach: reach === undefined ? undefined : () => contactOver(reach, process.env),
        state: () => readState(stack, {}),
        now: () => new Date(),
        say: (line) => said.push(line),
        longest: 10_000,
        pause: 10,
        ...changes,
      };
    },
    records: () =>
      readFileSync(path.join(root, 'state/example/hosts.jsonl'), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, string>)
        .map(({ provenance, verb, step, outcome }) => `${provenance} ${verb}: ${step} ${outcome}`),
    stop: async () => {
      await sandbox.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
