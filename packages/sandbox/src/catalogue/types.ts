/** Shapes as the API answers them, so that an entry is sent as it stands. */
export interface Location {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly country: string;
  readonly city: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly network_zone: string;
}

/** Decimal text: net with ten places, gross with sixteen. */
export interface Price {
  readonly net: string;
  readonly gross: string;
}

export interface LocationPrice {
  readonly location: string;
  readonly price_hourly: Price;
  readonly price_monthly: Price;
}

export interface TrafficPrice extends LocationPrice {
  /** Bytes per month that cost nothing. */
  readonly included_traffic: number;
  readonly price_per_tb_traffic: Price;
}

export interface Deprecation {
  readonly announced: string;
  readonly unavailable_after: string;
}

export type Architecture = 'x86' | 'arm';

export interface ServerTypeLocation {
  readonly id: number;
  readonly name: string;
  readonly available: boolean;
  readonly recommended: boolean;
  readonly deprecation: Deprecation | null;
}

export interface ServerType {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly cores: number;
  /** GB. */
  readonly memory: number;
  /** GB. */
  readonly disk: number;
  readonly storage_type: 'local';
  readonly cpu_type: 'shared' | 'dedicated';
  readonly architecture: Architecture;
  readonly included_traffic: 0;
  readonly prices: readonly TrafficPrice[];
  readonly locations: readonly ServerTypeLocation[];
  readonly deprecated: boolean;
  readonly deprecation: Deprecation | null;
}

export interface LoadBalancerType {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly max_connections: number;
  readonly max_services: number;
  readonly max_targets: number;
  readonly max_assigned_certificates: number;
  readonly deprecated: string | null;
  readonly deprecation: Deprecation | null;
  readonly prices: readonly TrafficPrice[];
}

export interface SystemImage {
  readonly id: number;
  readonly type: 'system' | 'app';
  readonly status: 'available';
  readonly name: string;
  readonly description: string;
  readonly image_size: null;
  /** GB; a server's disk may not be smaller. */
  readonly disk_size: number;
  readonly created: string;
  readonly created_from: null;
  readonly bound_to: null;
  readonly os_flavor: string;
  readonly os_version: string | null;
  readonly rapid_deploy: boolean;
  readonly protection: { readonly delete: false };
  readonly deprecated: string | null;
  readonly deprecation: { readonly announced: string; readonly unavailable_after: string } | null;
  readonly deleted: null;
  readonly labels: Readonly<Record<string, string>>;
  readonly architecture: Architecture;
}

export interface Iso {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly type: 'public';
  readonly architecture: Architecture | null;
  readonly deprecation: Deprecation | null;
}

export interface StorageBoxType {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly snapshot_limit: number;
  readonly automatic_snapshot_limit: number;
  readonly subaccounts_limit: number;
  /** Bytes. */
  readonly size: number;
  readonly prices: readonly (LocationPrice & { readonly setup_fee: Price })[];
  readonly deprecation: Deprecation | null;
}
