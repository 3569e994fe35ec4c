import type { ResourceArguments, TerraformJson } from '@lukko/terraform-model';

/*
 * Pieces of Terraform JSON that rules' examples are made of, so that a pass and a fail differ in the few attributes that decide.
 * Every example is read by the real readers as a whole cdktf.out with one stack, or with the stacks it names.
 */

type Resources = NonNullable<TerraformJson['resource']>;
type One<B> = B extends readonly unknown[] ? never : B;
/** The body of one resource as Terraform JSON has it, lifecycle and other meta-arguments with it. */
export type Body<K extends keyof ResourceArguments> = One<NonNullable<Resources[K]>[string]>;
/** What an example writes otherwise than the piece it starts from; `undefined` leaves an attribute out. */
type Changes<A> = { readonly [K in keyof A]?: A[K] | undefined };

const requiredProviders = { hcloud: { source: 'hetznercloud/hcloud', version: '1.68.0' } };

/** A root module on the hcloud provider with local state; `extra` adds or replaces top-level blocks. */
export function hcloud(resource: Resources, extra: TerraformJson = {}): TerraformJson {
  return {
    terraform: {
      required_providers: requiredProviders,
      backend: { local: { path: '../../../state/example.tfstate' } },
    },
    provider: { hcloud: [{}] },
    resource,
    ...extra,
  };
}

/** A server in Helsinki whose address no rule minds. */
export function server(changes: Changes<Body<'hcloud_server'>> = {}): Body<'hcloud_server'> {
  const base: Body<'hcloud_server'> = {
    name: 'host',
    server_type: 'cx23',
    image: 'debian-13',
    location: 'hel1',
    public_net: [{ ipv4_enabled: true, ipv6_enabled: true }],
  };
  return changed(base, changes);
}

/** A volume in Helsinki, made for LUKS: no `format`, since the host formats it. */
export function volume(changes: Changes<Body<'hcloud_volume'>> = {}): Body<'hcloud_volume'> {
  const base: Body<'hcloud_volume'> = { name: 'data', size: 10, location: 'hel1', delete_protection: true };
  return changed(base, changes);
}

function changed<A extends object>(base: A, changes: Changes<A>): A {
  const entries = Object.entries({ ...base, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as A;
}

type Id = Body<'hcloud_volume_attachment'>['server_id'];

export function attachment(
  volumeId: Id = '${hcloud_volume.data.id}',
  serverId: Id = '${hcloud_server.host.id}',
): Body<'hcloud_volume_attachment'> {
  return { volume_id: volumeId, server_id: serverId, automount: false };
}

export type FirewallRule = Extract<Body<'hcloud_firewall'>['rule'], readonly unknown[]>[number];

/** A firewall with these rules. */
export function firewall(...rules: readonly FirewallRule[]): Body<'hcloud_firewall'> {
  return { name: 'host', rule: rules };
}

export function inbound(port: string, sources: readonly string[], protocol = 'tcp'): FirewallRule {
  return { direction: 'in', protocol, port, source_ips: sources };
}

export const operators = ['198.51.100.16/28'];
export const everybody = ['0.0.0.0/0', '::/0'];
