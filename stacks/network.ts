import { Firewall, type FirewallRule } from '@cdktf/provider-hcloud/firewall';
import { Network } from '@cdktf/provider-hcloud/network';
import { NetworkSubnet } from '@cdktf/provider-hcloud/network-subnet';
import { PlacementGroup } from '@cdktf/provider-hcloud/placement-group';
import { PrimaryIp } from '@cdktf/provider-hcloud/primary-ip';
import { SshKey } from '@cdktf/provider-hcloud/ssh-key';
import { type App, Token } from 'cdktf';
import { furtherPorts } from './constructs/egress-ports.ts';
import { inboundFrom, outboundTo, WORLD } from './constructs/firewall-rules.ts';
import { type HostName, hostsOf, locationOf } from './constructs/hosts.ts';
import { LukkoStack, type Settings } from './constructs/lukko-stack.ts';

/** The private network, and for each host what must outlive it: its two addresses and its firewall. */
export class NetworkStack extends LukkoStack {
  constructor(app: App, settings: Settings) {
    super(app, 'network', settings);
    this.privateNetwork();
    this.hostKey();
    const group = new PlacementGroup(this, 'spread', {
      name: this.resourceName('spread'),
      type: 'spread',
      labels: this.labels(),
    });
    this.publish('placement_group_id', group.id);
    for (const host of hostsOf(this.config)) {
      this.firewall(host);
      this.addresses(host);
    }
  }

  private privateNetwork(): void {
    const { config } = this;
    const network = new Network(this, 'private', {
      name: this.resourceName('private'),
      ipRange: config.network.range,
      labels: this.labels(),
    });
    const subnet = new NetworkSubnet(this, 'hosts', {
      networkId: Token.asNumber(network.id),
      type: 'cloud',
      networkZone: config.locations.networkZone,
      ipRange: config.network.subnet,
    });
    this.cameFrom(network, [{ attribute: 'ip_range', path: 'network.range' }]);
    this.cameFrom(subnet, [
      { attribute: 'network_zone', path: 'locations.networkZone' },
      { attribute: 'ip_range', path: 'network.subnet' },
    ]);
    this.publish('subnet_id', subnet.id);
  }

  /**
   * Hosts take certificates of the user CA and no plain key (payload/ssh), so this key opens none of them. It is registered all
   * the same: a server made without a key gets a root password, sent by mail and returned by the API.
   */
  private hostKey(): void {
    const key = new SshKey(this, 'user-ca', {
      name: this.resourceName('user-ca'),
      publicKey: this.config.access.sshUserCa,
      labels: this.labels(),
    });
    this.cameFrom(key, [{ attribute: 'public_key', path: 'access.sshUserCa' }]);
    this.publish('ssh_key_id', key.id);
  }

  private firewall(host: HostName): void {
    const { config } = this;
    const rule: FirewallRule[] = [
      inboundFrom(config.access.operatorNetworks, '22', 'SSH for operators'),
      inboundFrom(WORLD, '80', 'ACME validates from anywhere (RFC 8555 section 8.3); Caddy redirects the rest'),
      inboundFrom(WORLD, '443', 'HTTPS, terminated by Caddy on this host'),
      outboundTo(WORLD, 'tcp', '80', 'Packages'),
      outboundTo(WORLD, 'tcp', '443', 'Packages, images, certificates, other hosts'),
      // The key servers' addresses are made after these firewalls; the host's own nftables names them.
      outboundTo(WORLD, 'tcp', '7500', 'Tang'),
      outboundTo(WORLD, 'udp', '123', 'Clocks'),
      outboundTo(config.system.resolvers, 'udp', '53', 'Resolvers'),
      outboundTo(config.system.resolvers, 'tcp', '53', 'Resolvers'),
      ...furtherPorts(config, host).map(({ port, why }) => outboundTo(WORLD, 'tcp', port, why)),
    ];
    const firewall = new Firewall(this, `${host}-firewall`, {
      name: this.resourceName(host),
      rule,
      labels: this.labels(),
    });
    this.cameFrom(firewall, [
      { attribute: 'rule[0].source_ips', path: 'access.operatorNetworks' },
      { attribute: 'rule[7].destination_ips', path: 'system.resolvers' },
      { attribute: 'rule[8].destination_ips', path: 'system.resolvers' },
    ]);
    this.publish(`${host}_firewall_id`, firewall.id);
  }

  private addresses(host: HostName): void {
    const { location, path } = locationOf(this.config, host);
    for (const type of ['ipv4', 'ipv6'] as const) {
      const ip = new PrimaryIp(this, `${host}-${type}`, {
        name: this.resourceName(`${host}-${type}`),
        type,
        location,
        // An address that goes with its server takes DNS, rDNS and every firewall that names it along.
        autoDelete: false,
        labels: this.labels(),
      });
      this.cameFrom(ip, [{ attribute: 'location', path }]);
      this.publish(`${host}_${type}_id`, ip.id);
      this.publish(`${host}_${type}`, ip.ipAddress);
      if (type === 'ipv6') this.publish(`${host}_ipv6_network`, ip.ipNetwork);
    }
  }
}
