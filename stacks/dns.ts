import { Rdns } from '@cdktf/provider-hcloud/rdns';
import { Zone } from '@cdktf/provider-hcloud/zone';
import { ZoneRrset } from '@cdktf/provider-hcloud/zone-rrset';
import { type App, Fn, Token } from 'cdktf';
import { caaIdentity } from './constructs/authorities.ts';
import { type HostName, hostsOf, nameOf } from './constructs/hosts.ts';
import { LukkoStack, type Settings } from './constructs/lukko-stack.ts';
import type { NetworkStack } from './network.ts';

/** The zone, the names of all hosts in both families, who may issue certificates for them, and the names of the addresses. */
export class DnsStack extends LukkoStack {
  private readonly network: NetworkStack;
  private readonly zone: Zone;

  constructor(app: App, settings: Settings, network: NetworkStack) {
    super(app, 'dns', settings);
    this.network = network;
    const { config } = this;
    this.zone = new Zone(this, 'zone', {
      name: config.domain,
      mode: 'primary',
      ttl: config.dns.ttl,
      labels: this.labels(),
      // Written in both cases: what is left out the provider leaves as it is, and an environment may become disposable later.
      deleteProtection: !this.disposable,
      ...(this.disposable ? {} : { lifecycle: { preventDestroy: true } }),
    });
    this.cameFrom(this.zone, [
      { attribute: 'name', path: 'domain' },
      { attribute: 'ttl', path: 'dns.ttl' },
    ]);
    this.authority();
    for (const host of hostsOf(config)) {
      this.names(host, host, host);
      this.reverse(host);
    }
    for (const [index, upstream] of config.upstreams.entries()) {
      const name = below(upstream.name, config.domain);
      if (name !== undefined)
        this.names(
          `upstream-${name === '@' ? 'apex' : name.replaceAll('.', '-')}`,
          name,
          'edge',
          `upstreams[${index}].name`,
        );
    }
  }

  /** RFC 8659: an authority that stands not here must refuse to issue; `;` is the wildcard nobody may issue. */
  private authority(): void {
    const { config } = this;
    const identity = caaIdentity(config.certificates.authority);
    if (identity === undefined) return;
    const records = [
      `0 issue "${identity}"`,
      '0 issuewild ";"',
      `0 iodef "mailto:${config.organisation.securityContact}"`,
    ];
    const caa = new ZoneRrset(this, 'caa', {
      zone: this.zone.name,
      name: '@',
      type: 'CAA',
      ttl: config.dns.ttl,
      records: records.map((value) => ({ value })),
      labels: this.labels(),
    });
    this.cameFrom(caa, [{ attribute: 'records', path: 'certificates.authority.directory' }]);
  }

  private names(id: string, name: string, host: HostName, path = 'domain'): void {
    for (const type of ['A', 'AAAA'] as const) {
      const value = type === 'A' ? this.read(this.network, `${host}_ipv4`) : this.ipv6(host);
      const record = new ZoneRrset(this, `${id}-${type.toLowerCase()}`, {
        zone: this.zone.name,
        name,
        type,
        ttl: this.config.dns.ttl,
        records: [{ value }],
        labels: this.labels(),
      });
      this.cameFrom(record, [{ attribute: 'name', path }]);
    }
  }

  private reverse(host: HostName): void {
    for (const [type, ipAddress] of [
      ['ipv4', this.read(this.network, `${host}_ipv4`)],
      ['ipv6', this.ipv6(host)],
    ] as const) {
      new Rdns(this, `${host}-rdns-${type}`, {
        primaryIpId: Token.asNumber(this.read(this.network, `${host}_${type}_id`)),
        ipAddress,
        dnsPtr: nameOf(this.config, host),
      });
    }
  }

  /** A primary IPv6 is a /64; the image configures the first address of it. */
  private ipv6(host: HostName): string {
    return Fn.cidrhost(this.read(this.network, `${host}_ipv6_network`), 1);
  }
}

/** A name relative to its zone, `@` for the zone itself, undefined for one that lies elsewhere. */
function below(name: string, zone: string): string | undefined {
  if (name === zone) return '@';
  return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : undefined;
}
