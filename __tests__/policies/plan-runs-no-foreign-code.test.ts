import type { Report } from '@lukko/formats';
import type { TerraformJson } from '@lukko/terraform-model';
import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { planRunsNoForeignCode } from '../../policies/plan-runs-no-foreign-code.ts';
import { hcloud, server } from '../../policies/shared/examples.ts';
import { verdictOf } from './verdict-of.ts';

function judge(provisioner: Readonly<Record<string, unknown>>, extra: TerraformJson = {}): Report {
  const resource = {
    hcloud_server: { host: server() },
    terraform_data: {
      run: { triggers_replace: '${hcloud_server.host.id}', provisioner: [{ 'local-exec': provisioner }] },
    },
  };
  return judgeExample(planRunsNoForeignCode, { name: 'case', verdict: 'pass', terraform: hcloud(resource, extra) });
}

describe('what local-exec may run', () => {
  it.each([
    'lukko host rebuild',
    'lukko host quiesce',
    'lukko host rebuild --stack logs',
    'lukko host rebuild --stack logs --server ${hcloud_server.host.id} --address ${hcloud_server.host.ipv4_address}',
  ])('%s passes', (command) => {
    expect(verdictOf(judge({ command }))).toBe('pass');
  });

  it.each([
    '',
    ' lukko host rebuild',
    'lukko',
    'lukko host',
    'lukko host rebuildx',
    'lukko host retire --stack logs',
    'lukko  host rebuild',
    'LUKKO host rebuild',
    './lukko host rebuild',
    'npx lukko host rebuild',
    'sudo lukko host rebuild',
    'PATH=. lukko host rebuild',
    'lukko host rebuild; true',
    'lukko host rebuild & true',
    'lukko host rebuild && true',
    'lukko host rebuild || true',
    'lukko host rebuild | sh',
    'lukko host rebuild > /etc/passwd',
    'lukko host rebuild < token',
    'lukko host rebuild $$(id)',
    'lukko host rebuild $$HOME',
    'lukko host rebuild `id`',
    'lukko host rebuild (id)',
    'lukko host rebuild\nid',
    'lukko host rebuild\rid',
    'lukko host rebuild "a',
    "lukko host rebuild 'a",
    'lukko host rebuild \\',
    'lukko host rebuild --server ${hcloud_server.host.id}; id',
    'sh ${hcloud_server.host.id}',
  ])('%j fails', (command) => {
    expect(verdictOf(judge({ command }))).toBe('fail');
  });

  it.each([
    ['a variable as command', '${var.text}'],
    ['a variable as verb', 'lukko host ${var.text}'],
    ['a variable as argument', 'lukko host rebuild ${var.text}'],
    ['an id that becomes part of the verb', 'lukko host rebuild${hcloud_server.host.id}'],
    ['a variable before it', '${var.text}lukko host rebuild'],
    ['an attribute people choose', 'lukko host rebuild ${hcloud_server.other.name}'],
    [
      'a reference that is only possible',
      'lukko host rebuild ${var.text == "" ? hcloud_server.host.id : hcloud_server.other.id}',
    ],
  ])('%s never passes', (_, command) => {
    expect(verdictOf(judge({ command }, { variable: { text: {} } }))).toBe('unknown');
  });

  it.each([
    ['interpreter', ['/bin/bash', '-c']],
    ['environment', { PATH: '/srv' }],
    ['working_dir', '/srv'],
  ])('%s fails', (name, value) => {
    const report = judge({ command: 'lukko host rebuild', [name]: value });
    const [finding] = report.findings.filter(({ verdict }) => verdict === 'fail');
    expect(finding?.message).toBe(`local-exec runs a command with its own ${name}`);
  });
});

it('a module that was not given is unknown, since it may run anything', () => {
  const terraform = hcloud(
    { hcloud_server: { host: server() } },
    { module: { more: { source: 'somebody/more/hcloud', version: '1.0.0' } } },
  );
  expect(verdictOf(judgeExample(planRunsNoForeignCode, { name: 'module', verdict: 'unknown', terraform }))).toBe(
    'unknown',
  );
});
