import type { LoadBalancer } from './resources/load-balancers/types.ts';
import type { StorageBox, StorageBoxSnapshot, StorageBoxSubaccount } from './resources/storage-boxes/types.ts';

/** A request as a server read it: `path` begins with `/v1`, header names are in lower case. */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What a fault does to the answer on its way: milliseconds it is held back, or that it never arrives. */
  readonly delay?: number;
  readonly dropped?: true;
}

/** A project and the tokens that reach it. */
export interface ProjectOptions {
  readonly name: string;
  readonly token: string;
  /** A second token, which may only read. */
  readonly readOnlyToken?: string;
}

export type Labels = Readonly<Record<string, string>>;

/** What every stored object has. References to others are their ids: they are rendered when asked for. */
export interface Named {
  readonly id: number;
  readonly name: string;
  /** Milliseconds since 1970, as every instant that is stored. */
  readonly created: number;
  readonly labels: Labels;
}

export interface SshKey extends Named {
  readonly publicKey: string;
  readonly fingerprint: string;
}

export interface Subnet {
  readonly type: string;
  readonly ipRange: string;
  readonly zone: string;
  readonly vswitch?: number;
}

export interface Route {
  readonly destination: string;
  readonly gateway: string;
}

export interface Network extends Named {
  readonly ipRange: string;
  readonly subnets: readonly Subnet[];
  readonly routes: readonly Route[];
  readonly exposeRoutes: boolean;
  readonly deleteProtected: boolean;
}

/** Where a firewall was applied by hand; servers that a selector finds are worked out when asked for. */
export type FirewallTarget = { readonly server: number } | { readonly selector: string };

export interface Firewall extends Named {
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  readonly appliedTo: readonly FirewallTarget[];
}

export interface PlacementGroup extends Named {
  readonly type: string;
}

/** The PTR names by address. */
export type Pointers = Readonly<Record<string, string>>;

export interface PrimaryIp extends Named {
  readonly type: 'ipv4' | 'ipv6';
  /** An address, or for IPv6 a /64 without its length. */
  readonly ip: string;
  readonly location: string;
  readonly server: number | null;
  /** It was made with the address, and holds it as long as it is there. */
  readonly loadBalancer?: number | null;
  readonly autoDelete: boolean;
  readonly deleteProtected: boolean;
  readonly pointers: Pointers;
}

export interface FloatingIp extends Named {
  readonly type: 'ipv4' | 'ipv6';
  /** As a primary IP's. */
  readonly ip: string;
  readonly description: string | null;
  readonly location: string;
  readonly server: number | null;
  readonly deleteProtected: boolean;
  readonly pointers: Pointers;
}

export interface ActionError {
  readonly code: string;
  readonly message: string;
}

/** What a certificate says of itself; of one that is not issued yet, nothing is known. */
export interface Issued {
  /** PEM. */
  readonly certificate: string;
  readonly fingerprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface Certificate extends Named {
  readonly type: 'uploaded' | 'managed';
  readonly domainNames: readonly string[];
  readonly issued: Issued | null;
  /** Of a managed certificate; null for an uploaded one. */
  readonly issuance: 'pending' | 'completed' | 'failed' | null;
  readonly error: ActionError | null;
}

export interface Volume extends Named {
  readonly size: number;
  readonly location: string;
  readonly server: number | null;
  readonly format: string | null;
  readonly status: 'creating' | 'available';
  readonly deleteProtected: boolean;
}

export interface PrivateNet {
  readonly network: number;
  readonly ip: string;
  readonly aliasIps: readonly string[];
  readonly mac: string;
}

export type ServerStatus = 'initializing' | 'starting' | 'running' | 'stopping' | 'off' | 'deleting' | 'rebuilding';

export interface Server extends Named {
  readonly status: ServerStatus;
  readonly serverType: number;
  readonly image: number | null;
  readonly location: string;
  readonly placementGroup: number | null;
  readonly privateNet: readonly PrivateNet[];
  readonly iso: number | null;
  readonly rescue: boolean;
  readonly backupWindow: string | null;
  readonly deleteProtected: boolean;
  readonly rebuildProtected: boolean;
  readonly diskSize: number;
  /** As it was given: the metadata service shows it to the host. */
  readonly userData: string;
  /** It was made with SSH keys; one that was not gets a password when it is rebuilt. */
  readonly keyed?: boolean;
}

/** A snapshot or backup; images of the system come from the catalogue. */
export interface Image extends Omit<Named, 'name'> {
  readonly name: null;
  readonly description: string;
  readonly type: 'snapshot' | 'backup';
  readonly status: 'creating' | 'available';
  readonly architecture: string;
  readonly osFlavor: string;
  readonly osVersion: string | null;
  readonly diskSize: number;
  readonly from: { readonly id: number; readonly name: string };
  readonly boundTo: number | null;
  readonly deleteProtected: boolean;
}

export interface Zone extends Named {
  readonly mode: 'primary' | 'secondary';
  readonly ttl: number;
  readonly deleteProtected: boolean;
  readonly primaryNameservers: readonly Readonly<Record<string, unknown>>[];
}

export interface DnsRecord {
  readonly value: string;
  readonly comment?: string;
}

export interface RecordSet extends Named {
  readonly zone: number;
  readonly type: string;
  readonly ttl: number | null;
  readonly records: readonly DnsRecord[];
  readonly changeProtected: boolean;
}

export interface ResourceRef {
  readonly id: number;
  readonly type: string;
}

/** What an action does to stored objects when it ends: as data, since it must survive a restart. */
export type Effect =
  | { readonly kind: Kind; readonly id: number; readonly set: Readonly<Record<string, unknown>> }
  /** A server leaves a network: what else became of its networks meanwhile stays. */
  | { readonly kind: 'server'; readonly id: number; readonly leave: number }
  | { readonly kind: Kind; readonly id: number; readonly remove: true };

export interface ActionRecord {
  readonly id: number;
  readonly command: string;
  readonly starts: number;
  readonly ends: number;
  readonly status: 'running' | 'success' | 'error';
  readonly resources: readonly ResourceRef[];
  readonly effects: readonly Effect[];
  readonly error: { readonly code: string; readonly message: string } | null;
  /** How a fault lets it end. */
  readonly fails?: { readonly code: string; readonly message: string };
}

/** Every table of a project. */
export interface Tables {
  ssh_key: SshKey;
  network: Network;
  firewall: Firewall;
  placement_group: PlacementGroup;
  primary_ip: PrimaryIp;
  floating_ip: FloatingIp;
  certificate: Certificate;
  load_balancer: LoadBalancer;
  storage_box: StorageBox;
  storage_box_snapshot: StorageBoxSnapshot;
  storage_box_subaccount: StorageBoxSubaccount;
  volume: Volume;
  server: Server;
  image: Image;
  zone: Zone;
  rrset: RecordSet;
  action: ActionRecord;
}

export type Kind = keyof Tables;

/** JSON of an answer. */
export type Json = Readonly<Record<string, unknown>>;
