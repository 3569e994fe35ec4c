import type { Named } from '../../types.ts';

/** Who may reach a box or an account of it, and how: as the API shows it. */
export interface AccessSettings {
  readonly reachable_externally: boolean;
  readonly samba_enabled: boolean;
  readonly ssh_enabled: boolean;
  readonly webdav_enabled: boolean;
}

export interface SnapshotPlan {
  readonly max_snapshots: number;
  readonly minute: number;
  readonly hour: number;
  readonly day_of_week: number | null;
  readonly day_of_month: number | null;
}

export interface StorageBox extends Named {
  readonly type: number;
  readonly location: string;
  readonly status: 'initializing' | 'active';
  /** Null until it is there, as the server's name is. */
  readonly username: string | null;
  readonly access: AccessSettings & { readonly zfs_enabled: boolean };
  readonly plan: SnapshotPlan | null;
  readonly deleteProtected: boolean;
}

export interface StorageBoxSnapshot extends Named {
  readonly storageBox: number;
  readonly description: string;
}

export interface StorageBoxSubaccount extends Named {
  readonly storageBox: number;
  readonly username: string;
  readonly homeDirectory: string;
  readonly description: string;
  readonly access: AccessSettings & { readonly readonly: boolean };
}
