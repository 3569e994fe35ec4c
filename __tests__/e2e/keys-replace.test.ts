import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type RunningSandbox, startSandbox } from '../../packages/cli/src/sandbox/start.ts';
import { build, copyRepository, environment, filesBelow, findTerraform, repository, run } from './support.ts';

/*
 * A key server is replaced with the real terraform and provider, through both gates, in the sandbox: one that stands, and one that is gone.
 * What is said over SSH is skipped here and tested with the real Tang (__tests__/packages/cli/host/replace.test.ts).
 */

jest.setTimeout(900_000);

const found = findTerraform();
const declared: string[] = [];
const withTerraform = (name: string, body: () => Promise<void>): void => {
  declared.push(name);
  if ('terraform' in found) test(name, body);
};

let copy: ReturnType<typeof copyRepository>;
let sandbox: RunningSandbox;
let env: Record<string, string>;
const at = (file: string, root = copy.root) => path.join(root, file);

beforeAll(async () => {
  if ('missing' in found) return;
  build();
  copy = copyRepository();
  copyFileSync(at('config/example.yaml', repository), at('config/life.yaml'));
  sandbox = await startSandbox(
    { projects: ['main', 'keys'], port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 },
    Date.now,
  );
  env = environment({ ...sandbox.environment, LUKKO_CONFIG: 'config/life.yaml', HCLOUD_TOKEN: '' });
  expect((await synth()).code).toBe(0);
  for (const stack of ['network', 'keys'])
    for (const args of [
      ['init', '-input=false'],
      ['apply', '-auto-approve', '-no-color'],
    ]) {
      const { code, text } = await run('terraform', args, { cwd: at(`cdktf.out/stacks/${stack}`), env });
      expect([code, code === 0 ? '' : text.slice(-3_000)]).toEqual([0, '']);
    }
});
afterAll(async () => {
  if ('missing' in found) return;
  await sandbox.stop();
  copy.remove();
});

/** What `npx cdktf synth` runs, without loading cdktf's command. */
const synth = (extra: Record<string, string> = {}) =>
  run(process.execPath, ['--import', 'tsx', 'main.ts'], { cwd: copy.root, env: { ...env, ...extra } });
const lukko = (...args: string[]) => run('lukko', args, { cwd: copy.root, env });
const terraform = (...args: string[]) => run('terraform', args, { cwd: at('cdktf.out/stacks/keys'), env });
const replace = () =>
  lukko(
    ...['keys', 'replace', '--server', 'tang-nbg1', '--reason', 'its disk is gone', '--confirm', 'example/tang-nbg1'],
  );
const ask = async (method: string, url: string): Promise<Record<string, never>> => {
  const headers = { authorization: `Bearer ${sandbox.environment.HCLOUD_TOKEN_KEYS}` };
  const answer = await fetch(`${sandbox.environment.HCLOUD_ENDPOINT}${url}`, { method, headers });
  return (await answer.json()) as never;
};
/** Ids and addresses of the key servers, by name. */
const servers = async () => {
  const { servers: all } = (await ask('GET', '/servers')) as unknown as {
    servers: { id: number; name: string; public_net: { ipv4: { ip: string } } }[];
  };
  return Object.fromEntries(all.map(({ id, name, public_net: { ipv4 } }) => [name, { id, ip: ipv4.ip }]));
};
const NAME = 'lukko-example-tang-nbg1';

withTerraform('terraform alone replaces no key server, and an intent of another verb lets nobody do it', async () => {
  const { code, text } = await terraform('apply', '-auto-approve', '-no-color', '-replace=hcloud_server.tang-nbg1');
  expect(text).toContain(
    'lukko: refused: terraform apply with -replace: a replacement of hcloud_server.tang-nbg1 that nobody declared takes a server or a volume with it',
  );
  expect(code).toBe(1);
  // Lifting the protection without an intent stops at the synth gate.
  const lifted = await synth({ LUKKO_REPLACE: 'tang-nbg1' });
  expect(lifted.text).toContain('data-removal-guarded');
  expect(lifted.code).not.toBe(0);
  expect((await synth()).code).toBe(0);
});

withTerraform(
  'keys replace replaces exactly one server, which keeps its address, and leaves the protection in place',
  async () => {
    const before = await servers();
    const { code, text } = await replace();
    expect([code, code === 0 ? '' : text.slice(-3_000)]).toEqual([0, '']);
    expect(text).toContain(`${NAME} is replaced, and keeps its address`);
    expect(text).toContain('skipped over SSH: binding the volumes to the other key servers');
    const after = await servers();
    expect(after[NAME]?.ip).toBe(before[NAME]?.ip);
    expect(after[NAME]?.id).not.toBe(before[NAME]?.id);
    expect({ ...after, [NAME]: 0 }).toEqual({ ...before, [NAME]: 0 });
    expect(filesBelow(at('state/example/intents')).every((file) => file.startsWith('used/'))).toBe(true);
    const records = readFileSync(at('state/example/hosts.jsonl'), 'utf8').trim().split('\n');
    expect(records.map((line) => JSON.parse(line) as Record<string, unknown>)).toMatchObject([
      { verb: 'keys-replace', step: 'replace', outcome: 'done', provenance: 'sandbox', server: { name: NAME } },
      { verb: 'keys-replace', step: 'rebind', outcome: 'skipped', provenance: 'sandbox' },
    ]);
    const { text: planned } = await terraform('plan', '-input=false', '-no-color');
    // The verdict of the synth is an output, and the one under the intent was another.
    expect(planned).toContain('without changing any real infrastructure');
    expect(
      readFileSync(at('cdktf.out/stacks/keys/cdk.tf.json'), 'utf8').match(/"prevent_destroy": true/g),
    ).toHaveLength(9);
  },
);

withTerraform('a server that is gone at Hetzner is made again at its address', async () => {
  const before = await servers();
  await ask('DELETE', `/servers/${before[NAME]?.id}`);
  const { code, text } = await replace();
  expect([code, code === 0 ? '' : text.slice(-3_000)]).toEqual([0, '']);
  const after = await servers();
  expect(after[NAME]?.ip).toBe(before[NAME]?.ip);
  expect(Object.keys(after)).toEqual(expect.arrayContaining(Object.keys(before)));
});

withTerraform('deploy status says what stands and what waits, from the states and the API', async () => {
  const { code, text } = await lukko('deploy', 'status', '--config', 'config/life.yaml');
  expect(text).toMatchInlineSnapshot(`
      "network: deployed
      dns: not deployed; npx cdktf deploy dns
      keys: deployed
      edge: not deployed; npx cdktf deploy edge
      logs: not deployed; npx cdktf deploy logs
      errors: not deployed; npx cdktf deploy errors
      backups: not deployed; npx cdktf deploy backups
      lukko-example-tang-fsn1: running; skipped: asking it over SSH (the API is on this machine, there is no host)
      lukko-example-tang-nbg1: running; skipped: asking it over SSH (the API is on this machine, there is no host)
      lukko-example-tang-hel1: running; skipped: asking it over SSH (the API is on this machine, there is no host)
      "
    `);
  expect(code).toBe(1);
});

test('what needs terraform and the provider is run, or named', () => {
  if ('missing' in found)
    console.warn(`not run, since ${found.missing}:\n${declared.map((name) => `  - ${name}`).join('\n')}`);
  expect(declared).toHaveLength(4);
});
