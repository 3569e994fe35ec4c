import type { Server } from '@cdktf/provider-hcloud/server';
import { Volume } from '@cdktf/provider-hcloud/volume';
import { VolumeAttachment } from '@cdktf/provider-hcloud/volume-attachment';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import type { LukkoStack } from './lukko-stack.ts';
import { TerraformData } from './terraform-data.ts';

export interface EncryptedVolumeConfig {
  readonly name: string;
  readonly size: number;
  readonly location: string;
  /** What kind of data lies on it, as a label: `access-logs`. */
  readonly data: string;
}

/**
 * A volume without file system: the payload of its server sets up LUKS on it, so that Hetzner never sees a plain byte. It is
 * made by location, before the server, because the payload names its id. Its removal is refused, by the API and by Terraform,
 * outside environments of class `disposable`.
 */
export class EncryptedVolume extends Construct {
  readonly volume: Volume;
  private readonly stack: LukkoStack;
  private readonly serverName: string;

  constructor(scope: LukkoStack, id: string, config: EncryptedVolumeConfig) {
    super(scope, id);
    this.stack = scope;
    this.serverName = scope.resourceName(config.name);
    this.volume = new Volume(this, 'volume', {
      name: scope.resourceName(config.name),
      size: config.size,
      location: config.location,
      automount: false,
      labels: scope.labels({ 'lukko-data': config.data }),
      // Written in both cases: what is left out the provider may leave as it is, and an environment may become disposable later.
      deleteProtection: !scope.disposable,
      ...(scope.disposable ? {} : { lifecycle: { preventDestroy: true } }),
    });
  }

  /** The device on the server: stable, unlike /dev/sdb; it is what the provider computes as `linux_device`. */
  get device(): string {
    return `/dev/disk/by-id/scsi-0HC_Volume_${this.volume.id}`;
  }

  /**
   * Attaches the volume, and puts beside the attachment what empties and powers off the server before it is detached: Terraform
   * detaches from a running server otherwise, and lines that were acknowledged are lost.
   */
  attachTo(server: Server): VolumeAttachment {
    const attachment = new VolumeAttachment(this, 'attachment', {
      serverId: Token.asNumber(server.id),
      volumeId: Token.asNumber(this.volume.id),
      automount: false,
    });
    new TerraformData(this, 'quiesce', {
      triggersReplace: server.id,
      dependsOn: [attachment],
      provisioners: [
        {
          type: 'local-exec',
          when: 'destroy',
          // By name, not id: a provisioner that runs at destruction may refer to nothing but its own resource.
          command: `lukko host quiesce --server ${this.serverName} --stack ${this.stack.name}`,
        },
      ],
    });
    return attachment;
  }
}
