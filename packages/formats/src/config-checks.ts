import type { z } from 'zod';
import { isInside, isPrivate, nth } from './network.ts';

type Context = z.core.$RefinementCtx;

/** The parts of a configuration that the checks between fields read. */
interface Addressed {
  readonly network: { readonly range: string; readonly subnet: string };
  readonly hosts: Readonly<Record<string, { readonly privateAddress: string } | undefined>>;
}
interface Named {
  readonly domain: string;
  readonly hosts: Readonly<Record<string, unknown>>;
  readonly access: { readonly ageRecipients: readonly string[] };
  readonly system: { readonly clocks: readonly string[] };
  readonly upstreams: readonly { readonly name: string }[];
}
interface Quorum {
  readonly threshold: number;
  readonly servers: readonly {
    readonly name: string;
    readonly location: string;
    readonly thumbprint?: string | undefined;
  }[];
}

/** A quorum that survives the loss of any one location, and of at least one server: n > t ≥ 2, at most n − t in one place. */
export function checkQuorum(keys: Quorum, context: Context): void {
  const spare = keys.servers.length - keys.threshold;
  if (spare < 1) {
    report(
      context,
      ['threshold'],
      `expected fewer than the ${keys.servers.length} servers, so that one may be lost, found ${keys.threshold}`,
      'lower it, or add a server',
    );
    return;
  }
  for (const location of new Set(keys.servers.map((server) => server.location))) {
    const there = keys.servers.filter((server) => server.location === location).length;
    if (there > spare)
      report(
        context,
        ['servers'],
        `expected at most ${spare} in one location, found ${there} in ${location}: losing it would lose the quorum`,
        'move one elsewhere',
      );
  }
  const at = (field: string) => (index: number) => ['servers', index, field];
  once(
    context,
    keys.servers.map((server) => server.name),
    at('name'),
    'rename one of the two',
  );
  // Two servers with one key are one server: whoever takes either holds two shares.
  once(
    context,
    keys.servers.map((server) => server.thumbprint),
    at('thumbprint'),
    'give each server a key of its own and write what `tang-show-keys` prints there',
  );
}

/** What Hetzner refuses in a private network: https://docs.hetzner.com/cloud/networks/faq */
export function checkNetwork(network: Addressed['network'], context: Context): void {
  for (const field of ['range', 'subnet'] as const) {
    if (!isPrivate(network[field]))
      report(
        context,
        [field],
        `expected a network inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918), found ${network[field]}`,
        'choose a private one',
      );
  }
  if (!isInside(network.subnet, network.range))
    report(
      context,
      ['subnet'],
      `expected a network inside network.range ${network.range}, found ${network.subnet}`,
      'move it inside, or widen the range',
    );
}

/** Addresses that exist, are free and are used once. */
export function checkAddresses(config: Addressed, context: Context): void {
  const { subnet, range } = config.network;
  const names = Object.keys(config.hosts);
  const at = (index: number) => ['hosts', names[index] ?? '', 'privateAddress'];
  const addresses = names.map((name) => config.hosts[name]?.privateAddress ?? '');
  const reserved = new Map([
    [nth(subnet, 0), 'the name of the network itself'],
    [nth(subnet, -1), 'its broadcast address'],
    [nth(range, 1), "Hetzner's gateway, the first address of network.range"],
  ]);
  addresses.forEach((address, index) => {
    const taken = reserved.get(address);
    if (!isInside(address, subnet))
      report(
        context,
        at(index),
        `expected an address inside network.subnet ${subnet}, found ${address}`,
        'choose one inside',
      );
    else if (taken !== undefined)
      report(context, at(index), `expected an address that is free, found ${address}, ${taken}`, 'choose another');
  });
  once(context, addresses, at, 'choose another address for one of the two');
}

/** Names that must be different to mean anything. */
export function checkNames(config: Named, context: Context): void {
  once(
    context,
    config.upstreams.map((upstream) => upstream.name),
    (index) => ['upstreams', index, 'name'],
    'remove one of the two',
  );
  const taken = new Map(Object.keys(config.hosts).map((host) => [`${host}.${config.domain}`, host]));
  config.upstreams.forEach(({ name }, index) => {
    const host = taken.get(name);
    if (host !== undefined)
      report(
        context,
        ['upstreams', index, 'name'],
        `expected a name of its own, found ${name}, the name of the host ${host}`,
        'choose another, such as issues, below the domain',
      );
  });
  // One identity named twice is one identity: losing it would lose the volumes.
  once(context, config.access.ageRecipients, (index) => ['access', 'ageRecipients', index], 'name a second identity');
  once(context, config.system.clocks, (index) => ['system', 'clocks', index], 'name another clock');
}

function once(
  context: Context,
  values: readonly (string | undefined)[],
  path: (index: number) => PropertyKey[],
  next: string,
): void {
  values.forEach((value, index) => {
    if (value !== undefined && values.indexOf(value) !== index)
      report(context, path(index), `expected each value once, found ${value} a second time`, next);
  });
}

function report(context: Context, path: PropertyKey[], message: string, next: string): void {
  context.addIssue({ code: 'custom', path, message, params: { next } });
}
