import { type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Resource } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';

/** Whether every rule of a firewall is there to be read: a block that a loop makes may make more. */
export function allRulesKnown(firewall: Resource): Truth {
  const { value, at } = firewall.attr('rule');
  if (value.state === 'unset') return yes({ at, saw: 'no rule: nothing is let in' });
  if (value.state === 'map') return yes({ at, saw: 'one rule' });
  if (value.state === 'list' && value.complete) return yes({ at, saw: `${value.items.length} rules` });
  const causes = value.state === 'unknown' ? value.causes : (['function'] as const);
  return unknown({ at, saw: value.state === 'list' ? 'rules that are not all known' : describe(value), causes });
}
