import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { noWorldOpenAdminPorts } from '../../policies/no-world-open-admin-ports.ts';
import { type FirewallRule, firewall, hcloud, inbound } from '../../policies/shared/examples.ts';
import { verdictOf } from './verdict-of.ts';

const walls = (...rules: FirewallRule[]) => hcloud({ hcloud_firewall: { host: firewall(...rules) } });

it.each([
  ['half of it', walls(inbound('22', ['0.0.0.0/1'])), 'fail'],
  ['a quarter of it', walls(inbound('22', ['64.0.0.0/2'])), 'fail'],
  ['two eighths in two rules', walls(inbound('22', ['0.0.0.0/3']), inbound('22', ['128.0.0.0/3'])), 'fail'],
  ['two eighths that meet in a range', walls(inbound('20-30', ['0.0.0.0/3']), inbound('22', ['128.0.0.0/3'])), 'fail'],
  ['two eighths of two ports', walls(inbound('22', ['0.0.0.0/3']), inbound('443', ['128.0.0.0/3'])), 'pass'],
  ['all of IPv6 that is routed', walls(inbound('22', ['2000::/3'])), 'fail'],
  ['a network of IPv6', walls(inbound('22', ['2001:db8::/32'])), 'pass'],
] as const)('%s', (_, terraform, verdict) => {
  expect(verdictOf(judgeExample(noWorldOpenAdminPorts, { name: '', verdict, terraform }))).toBe(verdict);
});
