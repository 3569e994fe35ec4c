import { Firewall } from '@cdktf/provider-hcloud/firewall';
import { PlacementGroup } from '@cdktf/provider-hcloud/placement-group';
import { PrimaryIp } from '@cdktf/provider-hcloud/primary-ip';
import { Server } from '@cdktf/provider-hcloud/server';
import { SshKey } from '@cdktf/provider-hcloud/ssh-key';
import { type App, Token } from 'cdktf';
import { furtherPorts } from './constructs/egress-ports.ts';
import { inboundFrom, outboundTo, WORLD } from './constructs/firewall-rules.ts';
import { tangPayload } from './constructs/host-payload.ts';
import { hostsOf } from './constructs/hosts.ts';
import { LukkoStack, type Settings } from './constructs/lukko-stack.ts';
import type { NetworkStack } from './network.ts';

/**
 * The key servers: Tang and nothing else, one per location, in a project of their own. They hold no data, and losing as many as
 * the threshold leaves over loses nothing; losing more locks every volume. So nothing here is ever changed in passing: unlike
 * hosts they do not ignore a changed payload, which would replace them, which `prevent_destroy` refuses. `lukko keys replace` lifts
 * it for one of them.
 */
export class KeysStack extends LukkoStack {
  constructor(app: App, settings: Settings, network: NetworkStack) {
    super(app, 'keys', settings);
    const { config } = this;
    const key = new SshKey(this, 'user-ca', {
      name: this.resourceName('keys-user-ca'),
      publicKey: config.access.sshUserCa,
      labels: this.project(),
    });
    this.cameFrom(key, [{ attribute: 'public_key', path: 'access.sshUserCa' }]);
    const firewall = new Firewall(this, 'firewall', {
      name: this.resourceName('keys'),
      rule: [
        inboundFrom(config.access.operatorNetworks, '22', 'SSH for operators'),
        inboundFrom(
          hostsOf(this.config).map((host) => `${this.read(network, `${host}_ipv4`)}/32`),
          '7500',
          'Tang for our hosts, address by address',
        ),
        outboundTo(WORLD, 'tcp', '80', 'Packages'),
        outboundTo(WORLD, 'tcp', '443', 'Packages'),
        outboundTo(WORLD, 'udp', '123', 'Clocks'),
        outboundTo(config.system.resolvers, 'udp', '53', 'Resolvers'),
        outboundTo(config.system.resolvers, 'tcp', '53', 'Resolvers'),
        ...furtherPorts(config, 'keys').map(({ port, why }) => outboundTo(WORLD, 'tcp', port, why)),
      ],
      labels: this.project(),
    });
    this.cameFrom(firewall, [
      { attribute: 'rule[0].source_ips', path: 'access.operatorNetworks' },
      { attribute: 'rule[5].destination_ips', path: 'system.resolvers' },
      { attribute: 'rule[6].destination_ips', path: 'system.resolvers' },
    ]);
    const group = this.spread();
    for (const index of config.keys.servers.keys()) this.keyServer(index, firewall, key, group);
  }

  /** Where two key servers share a location, one machine that fails must not take both. */
  private spread(): PlacementGroup | undefined {
    const { servers } = this.config.keys;
    if (new Set(servers.map(({ location }) => location)).size === servers.length) return undefined;
    return new PlacementGroup(this, 'spread', {
      name: this.resourceName('keys-spread'),
      type: 'spread',
      labels: this.project(),
    });
  }

  private keyServer(index: number, firewall: Firewall, key: SshKey, group: PlacementGroup | undefined): void {
    const { config } = this;
    const entry = config.keys.servers[index];
    if (entry === undefined) return;
    const { name, location, serverType } = entry;
    const path = `keys.servers[${index}]`;
    const addresses = (['ipv4', 'ipv6'] as const).map((type) => {
      const ip = new PrimaryIp(this, `${name}-${type}`, {
        name: this.resourceName(`${name}-${type}`),
        type,
        location,
        autoDelete: false,
        labels: this.project(),
        ...this.kept(),
      });
      this.cameFrom(ip, [{ attribute: 'location', path: `${path}.location` }]);
      return ip;
    });
    const [ipv4, ipv6] = addresses;
    if (ipv4 === undefined || ipv6 === undefined) return;
    const payload = tangPayload(this.config, name);
    const server = new Server(this, name, {
      name: this.resourceName(name),
      serverType,
      image: config.system.image,
      location,
      userData: payload.text,
      sshKeys: [key.id],
      firewallIds: [Token.asNumber(firewall.id)],
      ...(group === undefined ? {} : { placementGroupId: Token.asNumber(group.id) }),
      publicNet: [
        { ipv4Enabled: true, ipv4: Token.asNumber(ipv4.id), ipv6Enabled: true, ipv6: Token.asNumber(ipv6.id) },
      ],
      backups: false,
      labels: this.project(),
      ...this.keptServer(name),
    });
    this.cameFrom(server, [
      { attribute: 'location', path: `${path}.location` },
      { attribute: 'server_type', path: `${path}.serverType` },
      { attribute: 'image', path: 'system.image' },
      ...payload.origins.map((origin) => ({ attribute: 'user_data', ...origin })),
    ]);
    this.publish(`${name}_ipv4`, ipv4.ipAddress);
  }

  private project(): Record<string, string> {
    return this.labels({ 'lukko-project': 'keys' });
  }

  /** Of the servers one alone may be replaced, and only when that was said: the others keep their protection. */
  private keptServer(name: string): { lifecycle?: { preventDestroy: true } } {
    return this.settings.replacing === name ? {} : this.kept();
  }

  private kept(): { lifecycle?: { preventDestroy: true } } {
    return this.disposable ? {} : { lifecycle: { preventDestroy: true } };
  }
}
