import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Report } from '@lukko/formats';
import { resolvedBackend } from '../../../../packages/cli/src/gate/backend.ts';
import { refuseOffLoopback } from '../../../../packages/cli/src/gate/fixtures.ts';
import { addedHashes, readLock } from '../../../../packages/cli/src/gate/lock-file.ts';
import { refuseOverrides } from '../../../../packages/cli/src/gate/overrides.ts';
import { realTerraform } from '../../../../packages/cli/src/gate/real-terraform.ts';
import { Refusal, refusalText } from '../../../../packages/cli/src/gate/refusal.ts';
import { refuseOtherEnvironment } from '../../../../packages/cli/src/gate/state-environment.ts';
import { readStackFolder } from '../../../../packages/cli/src/gate/synth-verdict.ts';
import { refuseUnnamedWaivers } from '../../../../packages/cli/src/gate/waivers.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'lukko-gate-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function refused(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return refusalText(error).replaceAll(root, '<root>');
    throw error;
  }
  throw new Error('it was let through');
}

function write(file: string, text: string): string {
  const full = path.join(root, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

describe('the synth verdict', () => {
  const text = '{"terraform":{}}';
  const sha256 = createHash('sha256').update(text).digest('hex');
  const verdict = (stacks: Record<string, string>, gate = 'synth') =>
    JSON.stringify({
      schemaVersion: 1,
      gate,
      environment: 'example',
      class: 'production',
      posture: 'eu-sovereign',
      policy: '0'.repeat(64),
      stacks,
      obligations: [],
    });
  const folder = () => path.join(root, 'cdktf.out/stacks/network');
  const stacks = (verdictText: string | undefined) => {
    write('cdktf.out/stacks/network/cdk.tf.json', text);
    write('cdktf.out/stacks/dns/cdk.tf.json', text);
    if (verdictText !== undefined) write('cdktf.out/lukko-verdict.json', verdictText);
  };

  test('lets the judged bytes pass', () => {
    stacks(verdict({ network: sha256, dns: sha256 }));
    expect(readStackFolder(folder())).toMatchObject({ stack: 'network', verdict: { environment: 'example' } });
  });

  test('none, unreadable, of another gate, of another stack', () => {
    expect(refused(() => readStackFolder(root))).toMatchSnapshot('no configuration');
    stacks(undefined);
    expect(refused(() => readStackFolder(folder()))).toMatchSnapshot('no verdict');
    stacks('{');
    expect(refused(() => readStackFolder(folder()))).toMatchSnapshot('no JSON');
    stacks('{"schemaVersion":2}');
    expect(refused(() => readStackFolder(folder()))).toMatchSnapshot('newer');
    stacks(verdict({ network: sha256 }, 'plan'));
    expect(refused(() => readStackFolder(folder()))).toMatchSnapshot('another gate');
    stacks(verdict({ dns: sha256 }));
    expect(refused(() => readStackFolder(folder()))).toMatchSnapshot('another stack');
  });

  test('one changed byte, in this stack or a sibling', () => {
    stacks(verdict({ network: sha256, dns: sha256 }));
    write('cdktf.out/stacks/dns/cdk.tf.json', `${text} `);
    expect(refused(() => readStackFolder(folder()))).toMatchSnapshot();
  });

  test.each(['override.tf', 'more.tf.json', 'x.auto.tfvars', 'terraform.tfvars.json', 'x.tofu'])(
    '%s beside it would be read unjudged',
    (name) => {
      stacks(verdict({ network: sha256, dns: sha256 }));
      write(`cdktf.out/stacks/network/${name}`, '');
      expect(refused(() => readStackFolder(folder()))).toContain(`${name} lies beside cdk.tf.json`);
    },
  );

  test('a selected workspace', () => {
    stacks(verdict({ network: sha256, dns: sha256 }));
    write('cdktf.out/stacks/network/.terraform/environment', 'other');
    expect(refused(() => readStackFolder(folder()))).toContain('the workspace other is selected');
  });
});

describe('the resolved backend', () => {
  const configuration = JSON.stringify({
    terraform: { backend: { local: { path: '../../../state/example/network.tfstate' } } },
  });
  const initialised = (config: object, type = 'local') =>
    write('.terraform/terraform.tfstate', JSON.stringify({ version: 3, backend: { type, config, hash: 1 } }));

  test('is named when it is the judged one', () => {
    initialised({ path: '../../../state/example/network.tfstate', workspace_dir: null });
    expect(resolvedBackend(root, configuration)).toBe('local ../../../state/example/network.tfstate');
    initialised(
      {
        bucket: 'state',
        key: 'example/network',
        endpoints: [{ s3: 'https://fsn1.your-objectstorage.com' }],
        region: 'fsn1',
        encrypt: null,
      },
      's3',
    );
    const s3 = JSON.stringify({
      terraform: {
        backend: {
          s3: {
            bucket: 'state',
            key: 'example/network',
            endpoints: { s3: 'https://fsn1.your-objectstorage.com' },
            region: 'fsn1',
          },
        },
      },
    });
    expect(
      resolvedBackend(root, s3.replace('{"s3":"https', '[{"s3":"https').replace('com"},"region', 'com"}],"region')),
    ).toBe('s3 state example/network https://fsn1.your-objectstorage.com');
  });

  test('is refused when init was given another place', () => {
    expect(refused(() => resolvedBackend(root, configuration))).toMatchSnapshot('not initialised');
    initialised({ path: '/elsewhere/network.tfstate', workspace_dir: null });
    expect(refused(() => resolvedBackend(root, configuration))).toMatchSnapshot('another path');
    initialised({ path: '../../../state/example/network.tfstate', workspace_dir: '/elsewhere' });
    expect(refused(() => resolvedBackend(root, configuration))).toMatchSnapshot('added');
    initialised({ address: 'https://elsewhere.example' }, 'http');
    expect(refused(() => resolvedBackend(root, configuration))).toContain('another backend');
  });
});

describe('the environment of a state', () => {
  test('no state yet, the same', () => {
    refuseOtherEnvironment('{}', 'network', 'example');
    refuseOtherEnvironment('{"lukko_environment":{"value":"example"},"x":{"value":1}}', 'network', 'example');
  });

  test('another, none, unreadable', () => {
    expect(
      refused(() => refuseOtherEnvironment('{"lukko_environment":{"value":"dr"}}', 'network', 'example')),
    ).toMatchSnapshot('another');
    expect(refused(() => refuseOtherEnvironment('{"x":{"value":1}}', 'network', 'example'))).toMatchSnapshot('none');
    expect(refused(() => refuseOtherEnvironment('no json', 'network', 'example'))).toMatchSnapshot('unreadable');
  });
});

describe('off loopback', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 lukko example SSH user CA';
  const fixtures = JSON.stringify({
    schemaVersion: 1,
    fixtures: [{ kind: 'ssh-user-ca', value: key, usedFor: 'access.sshUserCa', command: 'x', made: '2026-11-21' }],
  });
  const real = { url: 'https://api.hetzner.cloud/v1', loopback: false };
  const sandbox = { url: 'http://127.0.0.1:1/v1', loopback: true };
  const found = {
    fixtures,
    texts: new Map([['keys', 'ca: ssh-ed25519\\n AAAAC3NzaC1lZDI1NTE5']]),
    environment: 'example',
    disposable: false,
  };

  test('a fixture is refused in any stack, however its text is folded', () => {
    expect(refused(() => refuseOffLoopback([sandbox, real], found))).toMatchSnapshot();
    refuseOffLoopback([sandbox], found);
    refuseOffLoopback([real], { ...found, texts: new Map([['keys', 'ssh-ed25519 BBBB']]) });
  });

  test('a disposable environment is refused', () => {
    expect(
      refused(() => refuseOffLoopback([real], { ...found, fixtures: undefined, disposable: true })),
    ).toMatchSnapshot();
    refuseOffLoopback([sandbox], { ...found, disposable: true });
  });

  test('fixtures that cannot be read are not taken for none', () => {
    expect(refused(() => refuseOffLoopback([real], { ...found, fixtures: '{}' }))).toContain(
      'cannot be told what is a fixture',
    );
  });
});

describe('waivers at the plan gate', () => {
  const report = (severity: string, waived = true) =>
    ({
      findings: [
        {
          rule: 'volumes-delete-protected',
          address: 'logs/hcloud_volume.data',
          severity,
          verdict: 'fail',
          fix: 'protect it',
          ...(waived ? { waiver: { id: 'w-1' } } : {}),
        },
      ],
    }) as unknown as Report;

  test('a waived failure passes only when its waiver is named', () => {
    expect(refuseUnnamedWaivers(report('medium', false), {})).toEqual([]);
    expect(refused(() => refuseUnnamedWaivers(report('medium'), {}))).toMatchSnapshot();
    expect(refused(() => refuseUnnamedWaivers(report('medium'), { LUKKO_WAIVER: 'yes' }))).toContain(
      'LUKKO_WAIVER=w-1',
    );
    expect(refuseUnnamedWaivers(report('medium'), { LUKKO_WAIVER: 'w-1, other-stack' })).toEqual(['w-1']);
  });

  test('critical is never overridden', () => {
    expect(refused(() => refuseUnnamedWaivers(report('critical'), { LUKKO_WAIVER: 'w-1' }))).toMatchSnapshot();
  });
});

describe('the lock file', () => {
  const block = (hashes: string) =>
    `# made by hand\nprovider "registry.terraform.io/hetznercloud/hcloud" {\n  version     = "1.68.0"\n  constraints = "1.68.0"\n${hashes}}\n`;
  const hashes = '  hashes = [\n    "h1:abc=",\n    "zh:00",\n  ]\n';

  test('is read in its own narrow form', () => {
    expect(readLock(block(hashes))).toEqual([
      { source: 'registry.terraform.io/hetznercloud/hcloud', version: '1.68.0', hashes: ['h1:abc=', 'zh:00'] },
    ]);
    expect(readLock('')).toEqual([]);
  });

  test('what init added is found, what stood there is not', () => {
    expect(addedHashes(block(''), block(hashes))).toMatchObject([{ hashes: ['h1:abc=', 'zh:00'] }]);
    expect(addedHashes(block('  hashes = [\n    "zh:00",\n  ]\n'), block(hashes))).toMatchObject([
      { hashes: ['h1:abc='] },
    ]);
    expect(addedHashes(block(hashes), block(hashes))).toEqual([]);
  });
});

describe('the real terraform', () => {
  const program = (file: string, head: string) => chmodSync(write(file, head), 0o755);

  test('is the first on PATH that is not a script for node; tofu stands in', () => {
    program('bin/terraform', '#!/usr/bin/env node\n');
    symlinkSync(path.join(root, 'bin'), path.join(root, 'other'));
    program('usr/tofu', '#!/bin/sh\n');
    const PATH = ['bin', 'other', 'missing', 'usr'].map((folder) => path.join(root, folder)).join(':');
    expect(realTerraform({ PATH })).toBe(path.join(root, 'usr/tofu'));
    program('usr/terraform', '\u007fELF');
    expect(realTerraform({ PATH })).toBe(path.join(root, 'usr/terraform'));
    expect(realTerraform({ PATH, LUKKO_TERRAFORM: 'tofu' })).toBe(path.join(root, 'usr/tofu'));
  });

  test('none, or one that is the gate', () => {
    expect(refused(() => realTerraform({ PATH: root }))).toMatchSnapshot('none');
    program('bin/terraform', '#!/usr/bin/env node\n');
    expect(
      refused(() => realTerraform({ PATH: root, LUKKO_TERRAFORM: path.join(root, 'bin/terraform') })),
    ).toMatchSnapshot('the gate itself');
    write('usr/terraform', 'not executable');
    expect(refused(() => realTerraform({ PATH: path.join(root, 'usr') }))).toContain('neither terraform nor tofu');
  });
});

describe('development overrides of the CLI configuration', () => {
  const remote = [{ url: 'https://api.hetzner.cloud/v1', loopback: false }];
  const OVERRIDES = 'provider_installation {\n  dev_overrides { "hetznercloud/hcloud" = "/x" }\n  direct {}\n}\n';

  test('are refused at an endpoint that is not on this machine, wherever the configuration lies', () => {
    const named = { TF_CLI_CONFIG_FILE: write('cli.tfrc', OVERRIDES) };
    expect(refused(() => refuseOverrides(remote, named))).toMatchSnapshot();
    write('.terraformrc', OVERRIDES);
    expect(refused(() => refuseOverrides(remote, { HOME: root }))).toContain('.terraformrc holds dev_overrides');
    rmSync(path.join(root, '.terraformrc'));
    write('.tofurc', OVERRIDES);
    expect(refused(() => refuseOverrides(remote, { HOME: root }))).toContain('.tofurc holds dev_overrides');
  });

  test('are nobody else’s business, and a comment is none', () => {
    const named = { TF_CLI_CONFIG_FILE: write('cli.tfrc', OVERRIDES) };
    refuseOverrides([{ url: 'http://127.0.0.1:8080/v1', loopback: true }], named);
    refuseOverrides(remote, {
      TF_CLI_CONFIG_FILE: write('mirror.tfrc', 'provider_installation {\n  # dev_overrides {}\n  direct {}\n}\n'),
    });
    refuseOverrides(remote, { TF_CLI_CONFIG_FILE: path.join(root, 'none') });
    refuseOverrides(remote, { HOME: root });
  });
});
