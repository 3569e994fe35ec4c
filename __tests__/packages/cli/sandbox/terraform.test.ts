import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunningSandbox, startSandbox } from '../../../../packages/cli/src/sandbox/start.ts';
import { copyRepository, environment, findTerraform, repository, run } from '../../../e2e/support.ts';

/*
 * The real terraform and the real provider against the sandbox. Where they cannot be found these tests are not run, and say so
 * by name.
 */

jest.setTimeout(180_000);

const found = findTerraform();
const declared: string[] = [];
const withTerraform = (name: string, body: (terraform: string) => Promise<void>): void => {
  declared.push(name);
  if ('terraform' in found) test(name, () => body(found.terraform));
};

const SMALL = `
terraform {
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "1.68.0"
    }
  }
}

variable "type" {
  default = "cx23"
}

resource "hcloud_network" "private" {
  name     = "private"
  ip_range = "10.0.0.0/16"
}

resource "hcloud_network_subnet" "hosts" {
  for_each     = toset(["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"])
  network_id   = hcloud_network.private.id
  type         = "cloud"
  network_zone = "eu-central"
  ip_range     = each.key
}

resource "hcloud_firewall" "web" {
  name = "web"
  rule {
    direction  = "in"
    protocol   = "tcp"
    port       = "443"
    source_ips = ["0.0.0.0/0", "::/0"]
  }
}

resource "hcloud_server" "web" {
  name         = "web"
  server_type  = var.type
  image        = "debian-13"
  location     = "hel1"
  firewall_ids = [hcloud_firewall.web.id]
  network {
    subnet_id = hcloud_network_subnet.hosts["10.0.1.0/24"].id
    ip        = "10.0.1.10"
    alias_ips = []
  }
}

resource "hcloud_volume" "data" {
  name     = "data"
  size     = 10
  location = "hel1"
}

resource "hcloud_volume_attachment" "data" {
  volume_id = hcloud_volume.data.id
  server_id = hcloud_server.web.id
}
`;

/** Exit codes of plan: 0 nothing to change, 1 an error, 2 changes. */
const STEPS = `
set -e
"$T" init -input=false
"$T" apply -auto-approve -input=false -no-color
"$T" plan -detailed-exitcode -input=false -no-color
"$T" apply -auto-approve -input=false -no-color -var type=cx33
"$T" plan -detailed-exitcode -input=false -no-color -var type=cx33
"$T" destroy -auto-approve -input=false -no-color
`;

describe('lukko sandbox run -- terraform', () => {
  withTerraform('applies, finds nothing more to do, changes in place and destroys', async (terraform) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lukko-sandbox-'));
    writeFileSync(path.join(folder, 'main.tf'), SMALL);
    writeFileSync(path.join(folder, 'steps.sh'), STEPS);
    const log = path.join(folder, 'sandbox.log');
    const program = [
      path.join(repository, 'node_modules/tsx/dist/cli.mjs'),
      path.join(repository, 'packages/cli/src/main.ts'),
    ];
    const { code, text } = await run(
      process.execPath,
      [...program, 'sandbox', 'run', '--log', log, '--speed', '50', '--', 'sh', 'steps.sh'],
      { cwd: folder, env: environment({ T: terraform }) },
    );
    expect(text).toContain('Apply complete! Resources: 8 added, 0 changed, 0 destroyed.');
    expect(text).toContain('Apply complete! Resources: 0 added, 1 changed, 0 destroyed.');
    expect(text).toContain('Destroy complete! Resources: 8 destroyed.');
    expect(code).toBe(0);
    // All of it stands in the log, and nothing is left.
    expect(readFileSync(log, 'utf8')).toContain('"rebuildProtected":false');
    const after = await startSandbox({ projects: ['main'], port: 0, speed: 1, rateLimit: 1000, log }, Date.now);
    expect(after.objects()).toEqual({ main: 0 });
    await after.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('the stacks of this repository', () => {
  let copy: ReturnType<typeof copyRepository>;
  let sandbox: RunningSandbox;

  beforeEach(async () => {
    copy = copyRepository();
    const settings = { projects: ['main', 'keys'], port: 0, speed: 50, rateLimit: 1_000_000 };
    sandbox = await startSandbox(settings, Date.now);
  });
  afterEach(async () => {
    await sandbox.stop();
    copy.remove();
  });

  withTerraform(
    'network and keys are applied, nothing more is to do, and without protection they are destroyed',
    async (terraform) => {
      const env = environment(sandbox.environment);
      const synth = await run(process.execPath, ['--import', 'tsx', 'main.ts'], { cwd: copy.root, env });
      expect(synth.text).toContain('pass eu-sovereign');
      mkdirSync(path.join(copy.root, 'state/example'), { recursive: true });
      const stack = (name: string) => path.join(copy.root, 'cdktf.out/stacks', name);
      const inStack = (name: string, ...args: string[]) =>
        run(terraform, [...args, '-input=false', '-no-color'], {
          cwd: stack(name),
          env: { ...env, HCLOUD_TOKEN: env[name === 'keys' ? 'HCLOUD_TOKEN_KEYS' : 'HCLOUD_TOKEN_MAIN'] ?? '' },
        });
      for (const name of ['network', 'keys']) {
        await inStack(name, 'init');
        const applied = await inStack(name, 'apply', '-auto-approve');
        expect(applied.text).toMatch(/Apply complete! Resources: \d+ added, 0 changed, 0 destroyed\./);
        const again = await inStack(name, 'plan', '-detailed-exitcode');
        expect(again.text).toContain('No changes.');
        expect(again.code).toBe(0);
      }
      expect(Math.min(...Object.values(sandbox.objects()))).toBeGreaterThan(5);
      for (const name of ['keys', 'network']) {
        if (name === 'keys')
          expect((await inStack(name, 'destroy', '-auto-approve')).text).toContain('prevent_destroy');
        unguard(path.join(stack(name), 'cdk.tf.json'));
        await liftProtection(sandbox, name === 'keys' ? 'keys' : 'main');
        const gone = await inStack(name, 'destroy', '-auto-approve');
        expect(gone.text).toMatch(/Destroy complete! Resources: \d+ destroyed\./);
      }
      expect(sandbox.objects()).toEqual({ main: 0, keys: 0 });
    },
  );
});

/** Takes out what keeps a stack from being destroyed by hand: the verdict's precondition and prevent_destroy. */
function unguard(file: string): void {
  const text = readFileSync(file, 'utf8').replace(/"prevent_destroy": true/g, '"prevent_destroy": false');
  const document = JSON.parse(text) as { output: Record<string, unknown> };
  delete document.output.lukko_verdict;
  writeFileSync(file, JSON.stringify(document));
}

/** As somebody would do it in the console. */
async function liftProtection({ environment: env }: RunningSandbox, project: string): Promise<void> {
  const headers = {
    authorization: `Bearer ${env[`HCLOUD_TOKEN_${project.toUpperCase()}`]}`,
    'content-type': 'application/json',
  };
  for (const kind of ['networks', 'primary_ips']) {
    const answer = await fetch(`${env.HCLOUD_ENDPOINT}/${kind}?per_page=50`, { headers });
    const listed = ((await answer.json()) as Record<string, { id: number }[]>)[kind] ?? [];
    for (const { id } of listed) {
      const url = `${env.HCLOUD_ENDPOINT}/${kind}/${id}/actions/change_protection`;
      await fetch(url, { method: 'POST', headers, body: '{"delete":false}' });
    }
  }
}

test('what needs terraform was run, or is named here as left out', () => {
  expect(declared).toHaveLength(2);
  if ('missing' in found) console.warn(`${found.missing}; not run:\n${declared.map((name) => `  ${name}`).join('\n')}`);
});
