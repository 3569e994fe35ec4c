import type { Facts } from '@lukko/facts';
import { no, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Attr, Unknown } from '@lukko/terraform-model';
import { short } from './message.ts';

/** The two commands of Lukko's own that an apply may run; arguments follow after a space. */
const ours = /^lukko host (rebuild|quiesce)( |$)/;
/** The same where something follows that only Terraform knows: it must not become part of the verb. */
const oursAndMore = /^lukko host (rebuild|quiesce) /;
/** What a shell would not pass on as it stands: terraform hands the command to /bin/sh -c. */
const shellText = /[;|&$()<>`\n\r\\'"*?#~{}[\]!]/;
/** Attributes whose values the provider makes, and which cannot hold shell text. */
const harmless = /^(id|ip_address|ipv4_address|ipv6_address|linux_device)$/;

/** The command is ours and no shell takes it apart: the literal text, and what references may put into it. */
export function isOurs(command: Attr, facts: Facts): Truth {
  const { value, at } = command;
  if (value.state === 'known') {
    const text = String(value.value);
    return ours.test(text) && !shellText.test(text) ? yes({ at, saw: text }) : no({ at, saw: short(text, 100) });
  }
  if (value.state !== 'text') {
    return unknown({
      at,
      saw: 'a command that is not known',
      causes: value.state === 'unknown' ? value.causes : ['function'],
    });
  }
  const literals = value.parts.filter((part) => typeof part === 'string');
  const [first] = value.parts;
  const words = value.parts.map((part) => (typeof part === 'string' ? part : '…')).join('');
  if (typeof first === 'string' && !oursAndMore.test(first) && !couldBecomeOurs(first, value.parts.length))
    return no({ at, saw: short(words, 100) });
  if (literals.some((part) => shellText.test(part))) return no({ at, saw: short(words, 100) });
  const holes = value.parts.flatMap((part) => (typeof part === 'string' || determined(part, facts) ? [] : [part]));
  if (typeof first === 'string' && oursAndMore.test(first) && holes.length === 0)
    return yes({ at, saw: `${words} (…: an id or address the provider makes)` });
  const causes = [...new Set(holes.flatMap((hole) => hole.causes))].sort();
  return unknown({
    at,
    saw: `${short(words, 80)} with a part that is not known`,
    causes: causes.length > 0 ? causes : ['function'],
  });
}

/** `lukko host ${var.verb}`: what follows may still make it one of ours. */
function couldBecomeOurs(first: string, parts: number): boolean {
  return parts > 1 && ['lukko host rebuild ', 'lukko host quiesce '].some((command) => command.startsWith(first));
}

/** A hole that holds one attribute the provider makes: an id, an address. */
function determined({ traversal }: Unknown, facts: Facts): boolean {
  if (traversal === undefined || traversal.certainty !== 'certain' || traversal.target === undefined) return false;
  const type = facts.graph.byId(traversal.target)?.type ?? '';
  return (
    type.startsWith('hcloud_') && traversal.attribute.length === 1 && harmless.test(String(traversal.attribute[0]))
  );
}
