import { type Facts, type InboundRule, opensTogether } from '@lukko/facts';
import { type Judgement, no, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Resource } from '@lukko/terraform-model';
import { describe } from '@lukko/terraform-model';
import { fit } from './message.ts';
import { addressOf } from './words.ts';

/** Whether every rule of a firewall is there to be read: a block that a loop makes may make more. */
export function allRulesKnown(firewall: Resource): Truth {
  const { value, at } = firewall.attr('rule');
  if (value.state === 'unset') return yes({ at, saw: 'no rule: nothing is let in' });
  if (value.state === 'map') return yes({ at, saw: 'one rule' });
  if (value.state === 'list' && value.complete) return yes({ at, saw: `${value.items.length} rules` });
  const causes = value.state === 'unknown' ? value.causes : (['function'] as const);
  return unknown({ at, saw: value.state === 'list' ? 'rules that are not all known' : describe(value), causes });
}

/**
 * What rules of a firewall open only together, with each other or with another firewall of the same server: a judgement for each rule, by the
 * first port it is about. `ports` gives the ports of a range that count, `named` how a port is called.
 */
export function openedTogether(
  wall: Resource,
  facts: Facts,
  ports: (range: NonNullable<InboundRule['ports']>) => readonly number[],
  named: (port: number) => string,
): ReadonlyMap<string, Judgement> {
  const found = new Map<string, Judgement>();
  for (const { port, rules, server, certain } of opensTogether(wall, facts, ports)) {
    const others = server === undefined ? 'other rules' : `other firewalls of ${addressOf(server)}`;
    const message = certain
      ? `${addressOf(wall)} opens port ${named(port)} to the whole internet, together with ${others}`
      : `${addressOf(wall)} perhaps opens port ${named(port)} to the whole internet, together with ${others}`;
    for (const { attr } of rules) {
      const reason = { at: attr.at, saw: `port ${named(port)}, together with ${others} from everywhere` };
      const truth = certain ? no(reason) : unknown({ ...reason, causes: ['possible'] });
      const known = found.get(attr.at);
      if (known === undefined || (known.truth.is !== false && certain))
        found.set(attr.at, { truth, message: fit(message), at: attr.at });
    }
  }
  return found;
}
