import type { TerraformJson } from '@lukko/terraform-model';
import { setUp } from './host-setup.ts';

/** Loads the ruleset at this and every boot. */
export const startFilter: readonly string[] = ['systemctl', 'enable', '--now', 'nftables'];

/** A ruleset for nftables: policies of both ways, and rules of the way out. */
export function ruleset(input: 'drop' | 'accept', output: 'drop' | 'accept', ...rules: readonly string[]): string {
  return [
    'flush ruleset',
    'table inet host {',
    '  chain input {',
    `    type filter hook input priority filter; policy ${input};`,
    '    ct state established,related accept',
    '    tcp dport { 22, 443 } accept',
    '  }',
    '  chain output {',
    `    type filter hook output priority filter; policy ${output};`,
    ...rules.map((rule) => `    ${rule}`),
    '    tcp dport { 80, 443 } accept',
    '  }',
    '}',
    '',
  ].join('\n');
}

/** An example's server behind that ruleset. */
export function filtered(text: string): TerraformJson {
  return setUp({ '/etc/nftables.conf': text }, [startFilter]);
}
