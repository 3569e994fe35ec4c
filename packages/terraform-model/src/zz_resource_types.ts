// Made by scripts/resource-types.ts from packages/provider-hcloud/schema.json: do not edit.

/** Arguments of each resource type, as they stand in JSON syntax. */
export interface ResourceArguments {
  hcloud_certificate: {
    certificate: string;
    labels?: Readonly<Record<string, string>> | Expression | null;
    name: string;
    private_key: string;
  };
  hcloud_firewall: {
    labels?: Readonly<Record<string, string>> | Expression | null;
    name: string;
    apply_to?: Repeated<{
      label_selector?: string | null;
      server?: number | Expression | null;
    }>;
    rule?: Repeated<{
      description?: string | null;
      destination_ips?: readonly (string)[] | Expression | null;
      direction: string;
      port?: string | null;
      protocol: string;
      source_ips?: readonly (string)[] | Expression | null;
    }>;
  };
  hcloud_firewall_attachment: {
    firewall_id: number | Expression;
    label_selectors?: readonly (string)[] | Expression | null;
    server_ids?: readonly (number | Expression)[] | Expression | null;
  };
  hcloud_floating_ip: {
    delete_protection?: boolean | Expression | null;
    description?: string | null;
    home_location?: string | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    name?: string | null;
    server_id?: number | Expression | null;
    type: string;
  };
  hcloud_floating_ip_assignment: {
    floating_ip_id: number | Expression;
    server_id: number | Expression;
  };
  hcloud_load_balancer: {
    delete_protection?: boolean | Expression | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    load_balancer_type: string;
    location?: string | null;
    name: string;
    network_zone?: string | null;
    algorithm?: Repeated<{
      type?: string | null;
    }>;
    target?: Repeated<{
      server_id?: number | Expression | null;
      type: string;
      use_private_ip?: boolean | Expression | null;
    }>;
  };
  hcloud_load_balancer_network: {
    enable_public_interface?: boolean | Expression | null;
    ip?: string | null;
    load_balancer_id: number | Expression;
    network_id?: number | Expression | null;
    subnet_id?: string | null;
  };
  hcloud_load_balancer_service: {
    destination_port?: number | Expression | null;
    listen_port?: number | Expression | null;
    load_balancer_id: string;
    protocol: string;
    proxyprotocol?: boolean | Expression | null;
    health_check?: Repeated<{
      interval: number | Expression;
      port: number | Expression;
      protocol: string;
      retries: number | Expression;
      timeout: number | Expression;
      http?: Repeated<{
        domain?: string | null;
        path?: string | null;
        response?: string | null;
        status_codes?: readonly (string)[] | Expression | null;
        tls?: boolean | Expression | null;
      }>;
    }>;
    http?: Repeated<{
      certificates?: readonly (number | Expression)[] | Expression | null;
      cookie_lifetime?: number | Expression | null;
      cookie_name?: string | null;
      redirect_http?: boolean | Expression | null;
      sticky_sessions?: boolean | Expression | null;
      timeout_idle?: number | Expression | null;
    }>;
  };
  hcloud_load_balancer_target: {
    ip?: string | null;
    label_selector?: string | null;
    load_balancer_id: number | Expression;
    server_id?: number | Expression | null;
    type: string;
    use_private_ip?: boolean | Expression | null;
  };
  hcloud_managed_certificate: {
    domain_names: readonly (string)[] | Expression;
    labels?: Readonly<Record<string, string>> | Expression | null;
    name: string;
  };
  hcloud_network: {
    delete_protection?: boolean | Expression | null;
    expose_routes_to_vswitch?: boolean | Expression | null;
    ip_range: string;
    labels?: Readonly<Record<string, string>> | Expression | null;
    name: string;
  };
  hcloud_network_route: {
    destination: string;
    gateway: string;
    network_id: number | Expression;
  };
  hcloud_network_subnet: {
    ip_range: string;
    network_id: number | Expression;
    network_zone: string;
    type: string;
    vswitch_id?: number | Expression | null;
  };
  hcloud_placement_group: {
    labels?: Readonly<Record<string, string>> | Expression | null;
    name: string;
    type: string;
  };
  hcloud_primary_ip: {
    assignee_id?: number | Expression | null;
    assignee_type?: string | null;
    auto_delete?: boolean | Expression | null;
    datacenter?: string | null;
    delete_protection?: boolean | Expression | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    location?: string | null;
    name: string;
    type: string;
  };
  hcloud_rdns: {
    dns_ptr: string;
    floating_ip_id?: number | Expression | null;
    ip_address: string;
    load_balancer_id?: number | Expression | null;
    primary_ip_id?: number | Expression | null;
    server_id?: number | Expression | null;
  };
  hcloud_server: {
    allow_deprecated_images?: boolean | Expression | null;
    backups?: boolean | Expression | null;
    datacenter?: string | null;
    delete_protection?: boolean | Expression | null;
    firewall_ids?: readonly (number | Expression)[] | Expression | null;
    ignore_remote_firewall_ids?: boolean | Expression | null;
    image?: string | null;
    iso?: string | null;
    keep_disk?: boolean | Expression | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    location?: string | null;
    name: string;
    placement_group_id?: number | Expression | null;
    rebuild_protection?: boolean | Expression | null;
    rescue?: string | null;
    server_type: string;
    shutdown_before_deletion?: boolean | Expression | null;
    ssh_keys?: readonly (string)[] | Expression | null;
    user_data?: string | null;
    network?: Repeated<{
      alias_ips?: readonly (string)[] | Expression | null;
      ip?: string | null;
      network_id?: number | Expression | null;
      subnet_id?: string | null;
    }>;
    public_net?: Repeated<{
      ipv4?: number | Expression | null;
      ipv4_enabled?: boolean | Expression | null;
      ipv6?: number | Expression | null;
      ipv6_enabled?: boolean | Expression | null;
    }>;
    timeouts?: {
      create?: string | null;
    };
  };
  hcloud_server_network: {
    alias_ips?: readonly (string)[] | Expression | null;
    ip?: string | null;
    network_id?: number | Expression | null;
    server_id: number | Expression;
    subnet_id?: string | null;
  };
  hcloud_snapshot: {
    description?: string | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    server_id: number | Expression;
    timeouts?: {
      create?: string | null;
    };
  };
  hcloud_ssh_key: {
    labels?: Readonly<Record<string, string>> | Expression | null;
    name: string;
    public_key: string;
  };
  hcloud_storage_box: {
    access_settings?: {
      reachable_externally?: boolean | Expression | null;
      samba_enabled?: boolean | Expression | null;
      ssh_enabled?: boolean | Expression | null;
      webdav_enabled?: boolean | Expression | null;
      zfs_enabled?: boolean | Expression | null;
    } | Expression | null;
    delete_protection?: boolean | Expression | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    location: string;
    name: string;
    password: string;
    snapshot_plan?: {
      day_of_month?: number | Expression | null;
      day_of_week?: number | Expression | null;
      hour: number | Expression;
      max_snapshots: number | Expression;
      minute: number | Expression;
    } | Expression | null;
    ssh_keys?: readonly (string)[] | Expression | null;
    storage_box_type: string;
  };
  hcloud_storage_box_snapshot: {
    description?: string | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    storage_box_id: number | Expression;
  };
  hcloud_storage_box_subaccount: {
    access_settings?: {
      reachable_externally?: boolean | Expression | null;
      readonly?: boolean | Expression | null;
      samba_enabled?: boolean | Expression | null;
      ssh_enabled?: boolean | Expression | null;
      webdav_enabled?: boolean | Expression | null;
    } | Expression | null;
    description?: string | null;
    home_directory: string;
    labels?: Readonly<Record<string, string>> | Expression | null;
    name?: string | null;
    password: string;
    storage_box_id: number | Expression;
  };
  hcloud_uploaded_certificate: {
    certificate: string;
    labels?: Readonly<Record<string, string>> | Expression | null;
    name: string;
    private_key: string;
  };
  hcloud_volume: {
    automount?: boolean | Expression | null;
    delete_protection?: boolean | Expression | null;
    format?: string | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    location?: string | null;
    name: string;
    server_id?: number | Expression | null;
    size: number | Expression;
  };
  hcloud_volume_attachment: {
    automount?: boolean | Expression | null;
    server_id: number | Expression;
    volume_id: number | Expression;
  };
  hcloud_zone: {
    delete_protection?: boolean | Expression | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    mode: string;
    name: string;
    primary_nameservers?: readonly ({
      address: string;
      port?: number | Expression | null;
      tsig_algorithm?: string | null;
      tsig_key?: string | null;
    })[] | Expression | null;
    ttl?: number | Expression | null;
  };
  hcloud_zone_record: {
    comment?: string | null;
    name: string;
    type: string;
    value: string;
    zone: string;
  };
  hcloud_zone_rrset: {
    change_protection?: boolean | Expression | null;
    labels?: Readonly<Record<string, string>> | Expression | null;
    name: string;
    records: readonly ({
      comment?: string | null;
      value: string;
    })[] | Expression | null;
    ttl?: number | Expression | null;
    type: string;
    zone: string;
  };
  terraform_data: {
    input?: unknown;
    triggers_replace?: unknown;
  };
}

export type DataSourceType =
  | 'hcloud_certificate'
  | 'hcloud_certificates'
  | 'hcloud_datacenter'
  | 'hcloud_datacenters'
  | 'hcloud_firewall'
  | 'hcloud_firewalls'
  | 'hcloud_floating_ip'
  | 'hcloud_floating_ips'
  | 'hcloud_image'
  | 'hcloud_images'
  | 'hcloud_load_balancer'
  | 'hcloud_load_balancer_type'
  | 'hcloud_load_balancer_types'
  | 'hcloud_load_balancers'
  | 'hcloud_location'
  | 'hcloud_locations'
  | 'hcloud_network'
  | 'hcloud_networks'
  | 'hcloud_placement_group'
  | 'hcloud_placement_groups'
  | 'hcloud_primary_ip'
  | 'hcloud_primary_ips'
  | 'hcloud_server'
  | 'hcloud_server_type'
  | 'hcloud_server_types'
  | 'hcloud_servers'
  | 'hcloud_ssh_key'
  | 'hcloud_ssh_keys'
  | 'hcloud_storage_box'
  | 'hcloud_storage_box_snapshot'
  | 'hcloud_storage_box_snapshots'
  | 'hcloud_storage_box_subaccount'
  | 'hcloud_storage_box_subaccounts'
  | 'hcloud_storage_box_type'
  | 'hcloud_storage_box_types'
  | 'hcloud_storage_boxes'
  | 'hcloud_volume'
  | 'hcloud_volumes'
  | 'hcloud_zone'
  | 'hcloud_zone_rrset'
  | 'hcloud_zone_rrsets'
  | 'hcloud_zones';

/** A template that holds references or calls instead of the value: `${hcloud_volume.data.id}`. */
export type Expression = `${string}\${${string}}${string}`;

/** Arguments every resource may have. */
export interface MetaArguments {
  '//'?: unknown;
  count?: number | Expression;
  for_each?: Expression | Readonly<Record<string, unknown>>;
  provider?: string;
  depends_on?: readonly string[];
  lifecycle?: {
    prevent_destroy?: boolean;
    create_before_destroy?: boolean;
    ignore_changes?: 'all' | readonly string[];
    replace_triggered_by?: readonly string[];
    precondition?: unknown;
    postcondition?: unknown;
  };
  provisioner?: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
  connection?: Readonly<Record<string, unknown>>;
  dynamic?: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
}

/** A repeated block: one object where it stands once, or a list. */
type Repeated<B> = B | readonly B[];

export type ResourceType = keyof ResourceArguments;

/** One body, or instances of the JSON syntax that stand in a list. */
type Body<A> = (A & MetaArguments) | readonly (A & MetaArguments)[];

/** Resources by type and name: a misspelt argument of a known type is a compile error; types of other providers are free. */
export type TerraformResources = { readonly [K in ResourceType]?: Readonly<Record<string, Body<ResourceArguments[K]>>> } & {
  readonly [K in string as K extends ResourceType ? never : K]?: unknown;
};

/** One document in Terraform's JSON syntax. */
export interface TerraformJson {
  readonly '//'?: unknown;
  readonly terraform?: Readonly<Record<string, unknown>>;
  readonly provider?: Readonly<Record<string, unknown>>;
  readonly resource?: TerraformResources;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly module?: Readonly<Record<string, unknown>>;
  readonly variable?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly ephemeral?: Readonly<Record<string, unknown>>;
  readonly check?: Readonly<Record<string, unknown>>;
  readonly action?: Readonly<Record<string, unknown>>;
  readonly removed?: readonly Readonly<Record<string, unknown>>[];
}

/** Attributes only the provider sets, by resource type. */
export const computedAttributes: Readonly<Record<string, readonly string[]>> = {
  hcloud_certificate: ['created', 'domain_names', 'fingerprint', 'id', 'not_valid_after', 'not_valid_before', 'type'],
  hcloud_firewall: ['id'],
  hcloud_firewall_attachment: ['id'],
  hcloud_floating_ip: ['id', 'ip_address', 'ip_network'],
  hcloud_floating_ip_assignment: ['id'],
  hcloud_load_balancer: ['id', 'ipv4', 'ipv6', 'network_id', 'network_ip'],
  hcloud_load_balancer_network: ['id'],
  hcloud_load_balancer_service: ['id'],
  hcloud_load_balancer_target: ['id'],
  hcloud_managed_certificate: ['certificate', 'created', 'fingerprint', 'id', 'not_valid_after', 'not_valid_before', 'type'],
  hcloud_network: ['id'],
  hcloud_network_route: ['id'],
  hcloud_network_subnet: ['gateway', 'id'],
  hcloud_placement_group: ['id', 'servers'],
  hcloud_primary_ip: ['id', 'ip_address', 'ip_network'],
  hcloud_rdns: ['id'],
  hcloud_server: ['backup_window', 'id', 'ipv4_address', 'ipv6_address', 'ipv6_network', 'primary_disk_size', 'status'],
  hcloud_server_network: ['id', 'mac_address'],
  hcloud_snapshot: ['id'],
  hcloud_ssh_key: ['fingerprint', 'id'],
  hcloud_storage_box: ['id', 'server', 'system', 'username'],
  hcloud_storage_box_snapshot: ['id', 'is_automatic', 'name'],
  hcloud_storage_box_subaccount: ['id', 'server', 'username'],
  hcloud_uploaded_certificate: ['created', 'domain_names', 'fingerprint', 'id', 'not_valid_after', 'not_valid_before', 'type'],
  hcloud_volume: ['id', 'linux_device'],
  hcloud_volume_attachment: ['id'],
  hcloud_zone: ['authoritative_nameservers', 'id', 'registrar'],
  hcloud_zone_record: [],
  hcloud_zone_rrset: ['id'],
  terraform_data: ['id', 'output'],
};

/** Attributes that may be written and are decided by the provider otherwise, by resource type. */
export const optionalComputed: Readonly<Record<string, readonly string[]>> = {
  hcloud_certificate: ['id'],
  hcloud_firewall: ['id', 'labels'],
  hcloud_firewall_attachment: ['id'],
  hcloud_floating_ip: ['home_location', 'id', 'name', 'server_id'],
  hcloud_floating_ip_assignment: ['id'],
  hcloud_load_balancer: ['id', 'labels', 'location', 'network_zone'],
  hcloud_load_balancer_network: ['enable_public_interface', 'ip', 'network_id'],
  hcloud_load_balancer_service: ['destination_port', 'id', 'listen_port', 'proxyprotocol'],
  hcloud_load_balancer_target: ['id', 'use_private_ip'],
  hcloud_managed_certificate: ['id'],
  hcloud_network: ['id'],
  hcloud_network_route: ['id'],
  hcloud_network_subnet: ['id'],
  hcloud_placement_group: ['id'],
  hcloud_primary_ip: ['assignee_id', 'assignee_type', 'auto_delete', 'datacenter', 'delete_protection', 'labels', 'location'],
  hcloud_rdns: [],
  hcloud_server: ['datacenter', 'firewall_ids', 'id', 'image', 'location'],
  hcloud_server_network: ['alias_ips', 'ip', 'network_id'],
  hcloud_snapshot: ['id'],
  hcloud_ssh_key: ['labels'],
  hcloud_storage_box: ['access_settings', 'delete_protection', 'labels', 'ssh_keys'],
  hcloud_storage_box_snapshot: ['description', 'labels'],
  hcloud_storage_box_subaccount: ['access_settings', 'description', 'labels', 'name'],
  hcloud_uploaded_certificate: ['id'],
  hcloud_volume: ['id', 'location', 'server_id'],
  hcloud_volume_attachment: ['automount', 'id'],
  hcloud_zone: ['delete_protection', 'labels', 'primary_nameservers', 'ttl'],
  hcloud_zone_record: ['comment'],
  hcloud_zone_rrset: ['change_protection', 'labels'],
};

/** Nested blocks, which stand in a plan as empty lists when nobody wrote them, by resource type. */
export const nestedBlocks: Readonly<Record<string, readonly string[]>> = {
  hcloud_certificate: [],
  hcloud_firewall: ['apply_to', 'rule'],
  hcloud_firewall_attachment: [],
  hcloud_floating_ip: [],
  hcloud_floating_ip_assignment: [],
  hcloud_load_balancer: ['algorithm', 'target'],
  hcloud_load_balancer_network: [],
  hcloud_load_balancer_service: ['health_check', 'http'],
  hcloud_load_balancer_target: [],
  hcloud_managed_certificate: [],
  hcloud_network: [],
  hcloud_network_route: [],
  hcloud_network_subnet: [],
  hcloud_placement_group: [],
  hcloud_primary_ip: [],
  hcloud_rdns: [],
  hcloud_server: ['network', 'public_net', 'timeouts'],
  hcloud_server_network: [],
  hcloud_snapshot: ['timeouts'],
  hcloud_ssh_key: [],
  hcloud_storage_box: [],
  hcloud_storage_box_snapshot: [],
  hcloud_storage_box_subaccount: [],
  hcloud_uploaded_certificate: [],
  hcloud_volume: [],
  hcloud_volume_attachment: [],
  hcloud_zone: [],
  hcloud_zone_record: [],
  hcloud_zone_rrset: [],
};
