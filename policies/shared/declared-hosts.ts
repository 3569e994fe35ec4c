import type { HostSettings, NamedHost, ServerFacts } from '@lukko/facts';
import { type Truth, yes } from '@lukko/policy-engine';
import { asSetUp, legible, missing } from './host-setup.ts';
import { short } from './message.ts';

const LOOPBACK = /^(https?:\/\/)?(127\.\d+\.\d+\.\d+|\[?::1\]?|localhost)([:/]|$)/;

/** Whether a host's payload names, by itself, whom it asks: what it does not name, the distribution or the network decides. */
export function declared(host: ServerFacts, settings: HostSettings, named: readonly NamedHost[], kind: string): Truth {
  const outside = named.filter((one) => !LOOPBACK.test(one.host));
  if (outside.length === 0) return missing(settings, `no ${kind} is named`);
  return asSetUp(
    host,
    yes(...outside.map((one) => ({ at: `${one.at}:${one.line}`, saw: `${kind} ${short(legible(one.host), 60)}` }))),
  );
}
