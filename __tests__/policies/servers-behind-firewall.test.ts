import type { TerraformJson } from '@lukko/terraform-model';
import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { serversBehindFirewall } from '../../policies/servers-behind-firewall.ts';
import { firewall, hcloud, inbound, operators, server } from '../../policies/shared/examples.ts';
import { verdictOf } from './verdict-of.ts';

const statePath = (stack: string) => `../../../state/example/${stack}.tfstate`;
const inStack = (stack: string, document: TerraformJson): TerraformJson => ({
  ...document,
  terraform: { ...document.terraform, backend: { local: { path: statePath(stack) } } },
});
/** The firewall stands in a stack of its own, whose output the server's stack reads. */
const network = inStack(
  'network',
  hcloud(
    { hcloud_firewall: { host: firewall(inbound('22', operators)) } },
    { output: { firewall: { value: '${hcloud_firewall.host.id}' } } },
  ),
);
const logs = inStack(
  'logs',
  hcloud(
    {
      hcloud_server: {
        host: server({ firewall_ids: ['${data.terraform_remote_state.network.outputs.firewall}'] }),
      },
    },
    { data: { terraform_remote_state: { network: { backend: 'local', config: { path: statePath('network') } } } } },
  ),
);
const judge = (stacks: Readonly<Record<string, TerraformJson>>) =>
  verdictOf(judgeExample(serversBehindFirewall, { name: 'case', verdict: 'pass', terraform: logs, stacks }));

it('a firewall of another stack counts, where that stack is at hand', () => {
  expect(judge({ network, logs })).toBe('pass');
  expect(judge({ logs })).toBe('unknown');
});
