import { Server } from '@cdktf/provider-hcloud/server';
import { type ITerraformDependable, TerraformLocal, TerraformSelf, Token } from 'cdktf';
import { Construct } from 'constructs';
import type { LukkoStack } from './lukko-stack.ts';
import { TerraformData } from './terraform-data.ts';

export interface HardenedServerConfig {
  readonly name: string;
  readonly serverType: string;
  readonly image: string;
  readonly location: string;
  readonly payload: string;
  /** Ids of what the network stack made for this host. */
  readonly network: {
    readonly ipv4: string;
    readonly ipv6: string;
    readonly subnet: string;
    readonly privateAddress: string;
    readonly firewall: string;
    readonly placementGroup?: string;
    readonly sshKey: string;
  };
}

/**
 * Removes from the digest the line that `lukko volumes pin` adds after the first boot: pinning a disk must not rebuild its host.
 */
const UNPINNED = 'replace(local.host_payload, "/ *LUKKO_LUKS_UUID=[^\\n]*\\n/", "")';
/** Label values have at most 63 characters, a SHA-256 has 64. */
const DIGEST = `\${substr(sha256(${UNPINNED}), 0, 40)}`;

/**
 * A server that is rebuilt rather than replaced: it ignores changes of what would force a replacement, and the `terraform_data`
 * beside it holds the payload and runs `lukko host rebuild` when that changes. Id, addresses, network and price stay.
 */
export class HardenedServer extends Construct {
  readonly server: Server;
  private readonly stack: LukkoStack;
  private readonly payload: string;

  constructor(scope: LukkoStack, id: string, config: HardenedServerConfig) {
    super(scope, id);
    this.stack = scope;
    this.payload = config.payload;
    const { network } = config;
    // The digest is taken of a local, since a text of this length cannot stand inside an expression.
    new TerraformLocal(this, 'payload', config.payload);
    this.server = new Server(this, 'server', {
      name: scope.resourceName(config.name),
      serverType: config.serverType,
      image: config.image,
      location: config.location,
      userData: config.payload,
      sshKeys: [network.sshKey],
      firewallIds: [Token.asNumber(network.firewall)],
      // Both families by name: one left out would be made unasked, without firewall label or reverse name.
      publicNet: [
        {
          ipv4Enabled: true,
          ipv4: Token.asNumber(network.ipv4),
          ipv6Enabled: true,
          ipv6: Token.asNumber(network.ipv6),
        },
      ],
      // Without an address one is drawn; without alias_ips Terraform detaches and attaches at each apply.
      network: [{ subnetId: network.subnet, ip: network.privateAddress, aliasIps: [] }],
      ...(network.placementGroup === undefined ? {} : { placementGroupId: Token.asNumber(network.placementGroup) }),
      // Hetzner's backups copy the root disk, which is not encrypted.
      backups: false,
      shutdownBeforeDeletion: true,
      labels: scope.labels({ 'lukko-payload': DIGEST }),
      lifecycle: { ignoreChanges: ['user_data', 'image', 'ssh_keys', 'labels["lukko-payload"]'] },
    });
  }

  /** Declares what brings a changed payload onto the server, once `after` (its volume's attachment) is there. */
  rebuildAfter(after: ITerraformDependable): TerraformData {
    return new TerraformData(this, 'rebuild', {
      input: this.payload,
      triggersReplace: DIGEST,
      dependsOn: [after],
      provisioners: [
        {
          type: 'local-exec',
          command: `lukko host rebuild --server ${this.server.id} --stack ${this.stack.name}`,
          // The volume's id may stand in no state yet when this runs.
          environment: { LUKKO_PAYLOAD: TerraformSelf.getString('input') },
        },
      ],
    });
  }
}
