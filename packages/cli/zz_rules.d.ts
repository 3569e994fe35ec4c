// Made by `npx tsx scripts/rules-types.ts` from the types of lukko's own rules and the provider's schema: do not edit.
// In a rule of your own: /** @type {import('@lukko/cli').OwnRuleModule} */ export default (kit) => kit.rule({ … });

/**
 * What is known of one attribute. Everything the readers find (cdk.tf.json, HCL, plan, state, API) becomes one of these,
 * so that a rule never meets a bare value and cannot forget that a value may be missing.
 */
export type Scalar = string | number | boolean | null;
/**
 * Why a value is not known.
 * `computed`      the provider decides it at apply: the only cause a gate may turn into an obligation
 * `variable`      an input variable without value
 * `data`          a data source that is read at plan or apply
 * `function`      an expression this engine does not evaluate
 * `possible`      several values are possible (a conditional, an index that is not known)
 * `outside`       what it points at is not part of the input (another state, a module that was not given)
 * `source`        a plan shows only a hash or the bare references, and the configuration is not at hand
 * `sensitive`     the input marks it sensitive: it is never shown, stored or judged
 */
export type Cause = 'computed' | 'variable' | 'data' | 'function' | 'possible' | 'outside' | 'source' | 'sensitive';
/** One traversal found in an expression, resolved through locals, module inputs and sibling outputs. */
export interface Reference {
    /** The `Resource.id` it ends at; undefined when the target is not part of the input. */
    readonly target: string | undefined;
    /** Attribute path at the target: `['id']`, `['public_net', 0, 'ipv4']`. */
    readonly attribute: Path;
    /** As written, without `${}`: `hcloud_volume.data.id`. */
    readonly text: string;
    /** `certain`: a plain traversal to one determined instance. `possible`: one of several, or behind a function. */
    readonly certainty: 'certain' | 'possible';
}
export type Path = readonly (string | number)[];
export interface Unknown {
    readonly state: 'unknown';
    /** At least one, sorted, without duplicates. */
    readonly causes: readonly Cause[];
    /** The expression as written; empty when the input shows none (a plan without its configuration). */
    readonly expression: string;
    readonly references: readonly Reference[];
    /** Set when the whole value is exactly one attribute of one resource instance: `${hcloud_volume.data.id}`. */
    readonly traversal?: Reference;
    /** The text this is an encoding of (base64, gzip), when that is not wholly known. */
    readonly encodes?: Value;
    /** Every value it can take, where they can be listed (both arms of a conditional). */
    readonly candidates?: readonly Value[];
}
export type Value = {
    readonly state: 'known';
    readonly value: Scalar;
}
/** Not written in the configuration: the provider's default applies (see defaults.ts). */
 | {
    readonly state: 'unset';
}
/** Literal parts and holes, as user_data has them at synth. At least one hole. */
 | {
    readonly state: 'text';
    readonly parts: readonly (string | Unknown)[];
}
/** A list, set or repeated block; `complete` is false when more items may exist (dynamic, count). */
 | {
    readonly state: 'list';
    readonly items: readonly Value[];
    readonly complete: boolean;
    /** Terraform's set: sorted, without indexes; in a loop the key is the item. */
    readonly set?: true;
} | {
    readonly state: 'map';
    readonly entries: ReadonlyMap<string, Value>;
    readonly complete: boolean;
} | Unknown;

/** One thing that was seen, and decided: what makes a verdict evidence. Absences are seen too. */
export interface Reason {
    /** Qualified attribute (`logs/hcloud_volume.data.location`), element id, or a place inside a payload (`logs/hcloud_server.host.user_data:/etc/fstab`). */
    readonly at: string;
    /** What stood there, in a few words; never a secret. */
    readonly saw: string;
    /** Why it could not be known; absent when it was. */
    readonly causes?: readonly Cause[];
}

/** A value together with where it stands: what rules and facts read. */
export interface Attr {
    /** Qualified: `logs/hcloud_server.host.public_net[0].ipv4_enabled`. */
    readonly at: string;
    /** Id of the element that owns it, and the path below it. */
    readonly owner: string;
    readonly path: Path;
    readonly value: Value;
    readonly references: readonly Reference[];
    /** One step or more further down; absent entries of a complete map or list are `unset`, of an unknown one unknown. */
    attr(...path: Path): Attr;
    /** Items of a list or repeated block (a single map counts as one item); empty unless `value` is a list or map. */
    items(): readonly Attr[];
    /** The known string, number or boolean, else undefined. Rules use `holds`; this is for messages. */
    readonly text: string | undefined;
}

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
export type DataSourceType = 'hcloud_certificate' | 'hcloud_certificates' | 'hcloud_datacenter' | 'hcloud_datacenters' | 'hcloud_firewall' | 'hcloud_firewalls' | 'hcloud_floating_ip' | 'hcloud_floating_ips' | 'hcloud_image' | 'hcloud_images' | 'hcloud_load_balancer' | 'hcloud_load_balancer_type' | 'hcloud_load_balancer_types' | 'hcloud_load_balancers' | 'hcloud_location' | 'hcloud_locations' | 'hcloud_network' | 'hcloud_networks' | 'hcloud_placement_group' | 'hcloud_placement_groups' | 'hcloud_primary_ip' | 'hcloud_primary_ips' | 'hcloud_server' | 'hcloud_server_type' | 'hcloud_server_types' | 'hcloud_servers' | 'hcloud_ssh_key' | 'hcloud_ssh_keys' | 'hcloud_storage_box' | 'hcloud_storage_box_snapshot' | 'hcloud_storage_box_snapshots' | 'hcloud_storage_box_subaccount' | 'hcloud_storage_box_subaccounts' | 'hcloud_storage_box_type' | 'hcloud_storage_box_types' | 'hcloud_storage_boxes' | 'hcloud_volume' | 'hcloud_volumes' | 'hcloud_zone' | 'hcloud_zone_rrset' | 'hcloud_zone_rrsets' | 'hcloud_zones';
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
export type TerraformResources = {
    readonly [K in ResourceType]?: Readonly<Record<string, Body<ResourceArguments[K]>>>;
} & {
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
/** Attributes that may be written and are decided by the provider otherwise, by resource type. */
/** Nested blocks, which stand in a plan as empty lists when nobody wrote them, by resource type. */
export {};

/** A place in a file of the user's repository; `file` is relative, with forward slashes; `line` counts from 1. */
export interface Place {
    readonly file: string;
    readonly line?: number;
}
export type InputKind = 'synth' | 'configuration' | 'plan' | 'state' | 'live';
export type Mode = 'managed' | 'data' | 'ephemeral';
export type Change = 'declared' | 'create' | 'update' | 'replace' | 'delete' | 'no-op' | 'read';
/**
 * One root module: a stack of cdktf.out, a directory, a plan. Resources of called modules belong to the root that calls them.
 */
export interface Root {
    /** The stack's name where the input tells it (cdktf metadata), else undefined. */
    readonly stack: string | undefined;
    readonly kind: InputKind;
    readonly place: Place;
    /** Terraform or OpenTofu version the input records, if any. */
    readonly terraformVersion?: string;
    /** The environment this root was made for, where our stacks wrote it into the document's metadata. */
    readonly environment?: {
        readonly name: string;
        readonly class: string;
    } | undefined;
    readonly backend: Backend;
    /** OpenTofu's `encryption` block; undefined when the input shows none. */
    readonly encryption?: StateEncryption | undefined;
    readonly requiredProviders: readonly RequiredProvider[];
    readonly providers: readonly ProviderConfig[];
    readonly modules: readonly ModuleCall[];
    readonly outputs: readonly Output[];
    readonly variables: readonly Variable[];
    /** Ids of this root's resources. */
    readonly resources: readonly string[];
    /** `action` blocks of this root and of the modules it calls. */
    readonly actions: readonly Action[];
    /** `removed` blocks; empty for a plan without its configuration, which does not record them. */
    readonly removed: readonly Removed[];
    /** `moved` and `import` blocks, in the same way. */
    readonly moved: readonly Moved[];
    readonly imports: readonly Import[];
    /** What `.terraform.lock.hcl` pins; undefined when the input has no such file. */
    readonly lock: readonly LockedProvider[] | undefined;
}
/** A `moved` block: the resource keeps its object under another address. */
export interface Moved {
    readonly from: string;
    readonly to: string;
    readonly place: Place;
}
/** An `import` block: what exists already becomes part of the state. */
export interface Import extends Element {
    readonly kind: 'import';
    readonly to: string;
}
export interface LockedProvider {
    /** Three parts, as in `RequiredProvider`. */
    readonly source: string;
    readonly version: string;
    readonly constraints: string | undefined;
    readonly hashes: readonly string[];
    readonly place: Place;
}
interface Element {
    /** Unique in the graph: `<stack>/<address>` where the stack is known, else `<address>`. This is what findings, waivers and obligations name. */
    readonly id: string;
    readonly root: Root;
    readonly place: Place;
    attr(...path: Path): Attr;
}
/** A backend or `cloud` block. No block at all is `type: 'local'` with `written: false`. */
export interface Backend extends Element {
    readonly kind: 'backend';
    readonly type: string;
    readonly written: boolean;
    /** Where the values came from, as for a resource. */
    readonly origins: readonly Origin[];
}
/** How OpenTofu writes the state of a root, and who keeps the key. */
export interface StateEncryption {
    readonly place: Place;
    readonly keyProviders: readonly KeyProvider[];
    readonly methods: readonly EncryptionMethod[];
    /** Address of the method that writes the state, such as `method.aes_gcm.main`; undefined when none is named. */
    readonly state: string | undefined;
}
/** A `key_provider` block: `pbkdf2`, `aws_kms`, `openbao` … */
export interface KeyProvider extends Element {
    readonly kind: 'key-provider';
    readonly type: string;
    readonly name: string;
}
/** A `method` block: `aes_gcm`, `external`, `unencrypted`. */
export interface EncryptionMethod extends Element {
    readonly kind: 'encryption-method';
    readonly type: string;
    readonly name: string;
    /** Address of the key provider it takes its key from. */
    readonly keys: string | undefined;
}
export interface RequiredProvider {
    readonly name: string;
    /** `registry.terraform.io/hetznercloud/hcloud`: always three parts. */
    readonly source: string;
    readonly version: string | undefined;
    readonly place: Place;
}
/** A provider configuration; one without a block but used by a resource has `written: false`. */
export interface ProviderConfig extends Element {
    readonly kind: 'provider';
    readonly name: string;
    readonly alias: string | undefined;
    readonly source: string;
    readonly version: string | undefined;
    readonly written: boolean;
}
export interface ModuleCall extends Element {
    readonly kind: 'module';
    readonly name: string;
    readonly source: string;
    readonly version: string | undefined;
    /** Whether its resources are part of the graph. */
    readonly loaded: boolean;
}
export interface Output extends Element {
    readonly kind: 'output';
    readonly name: string;
    readonly value: Attr;
    readonly sensitive: boolean;
}
export interface Variable {
    readonly name: string;
    readonly hasValue: boolean;
    readonly sensitive: boolean;
    readonly place: Place;
}
export interface Lifecycle {
    readonly preventDestroy: boolean;
    /** Attribute paths as written, or `all`. */
    readonly ignoreChanges: readonly string[] | 'all';
    readonly createBeforeDestroy: boolean;
}
export interface Provisioner extends Element {
    readonly kind: 'provisioner';
    /** `local-exec`, `remote-exec`, `file`. */
    readonly type: string;
    readonly when: 'create' | 'destroy';
    /** What a failure of it means for the apply; undefined where the input does not say (a plan without its configuration). */
    readonly onFailure: 'fail' | 'continue' | undefined;
    /** Whether a `connection` block stands in it or in its resource; undefined where the input does not say. */
    readonly connected: boolean | undefined;
}
/** An `action` block (Terraform 1.14): something a provider does besides keeping resources, when a resource changes or on request. */
export interface Action extends Element {
    readonly kind: 'action';
    readonly type: string;
    readonly name: string;
    readonly address: string;
    readonly provider: string;
}
/** A `removed` block: what leaves the state, and the provisioners that run when it is destroyed. */
export interface Removed extends Element {
    readonly kind: 'removed';
    /** Address as written, without `${}`. */
    readonly from: string;
    readonly provisioners: readonly Provisioner[];
}
/** A managed resource, data source (one inside a `check` block too) or ephemeral resource: one instance where `count` and `for_each` could be expanded. */
export interface Resource<K extends string = string> extends Element {
    readonly kind: 'resource';
    readonly mode: Mode;
    readonly type: K;
    readonly name: string;
    /** Terraform's address within its root: `module.db.hcloud_server.host[0]`. */
    readonly address: string;
    readonly index: string | number | undefined;
    /** False when `count` or `for_each` is not known: this one stands for any number of instances, none included. */
    readonly expanded: boolean;
    /** Provider source address, three parts. */
    readonly provider: string;
    readonly change: Change;
    /** The instance as it is before the change (plan, state); undefined in a configuration. */
    readonly before: ((...path: Path) => Attr) | undefined;
    /** undefined when the configuration is not at hand (plan JSON without `--source`). */
    readonly lifecycle: Lifecycle | undefined;
    readonly provisioners: readonly Provisioner[] | undefined;
    /** Addresses written in `depends_on`, resolved to ids where possible. */
    readonly dependsOn: readonly string[];
    /** Every reference of this resource, with the attribute path it stands at. */
    readonly references: readonly {
        readonly at: Path;
        readonly reference: Reference;
    }[];
    /** CDKTF construct path, where the input tells it. */
    readonly constructPath: string | undefined;
    /** Where the values came from: configuration file and line per attribute path (or per text within it). */
    readonly origins: readonly Origin[];
}
export interface Origin {
    readonly attribute: string;
    /** Set when only this text inside the attribute came from there. */
    readonly value?: string;
    readonly place: Place;
}
export interface Edge<R> {
    readonly resource: R;
    readonly certainty: 'certain' | 'possible';
    /** The attribute the edge was read from, for the reasons of a verdict. */
    readonly via: Attr;
}
/** What points out of a resource along one attribute, and whether that is all. */
export interface Edges<R> {
    readonly edges: readonly Edge<R>[];
    /** False when more may exist that this input does not show. `why` names the causes. */
    readonly complete: boolean;
    readonly why: readonly Cause[];
}
/**
 * Instances of one module call that a plan shows alike: the same resources with the same values, but for what tells the instances apart.
 * Of many a few are read, and the first of them stands for those that are not. docs/decisions/0024-copies-of-a-module.md
 */
export interface Copies {
    /** Ids of the module instances in the graph, in the order of their text: `module.copy["0"]`. */
    readonly kept: readonly string[];
    /** How many there are in the plan. */
    readonly count: number;
}
export interface Graph {
    readonly roots: readonly Root[];
    readonly resources: readonly Resource[];
    /**
     * True when "nobody points here" can be believed: all stacks of a cdktf.out, or one root with its state or plan and no
     * remote state that reads it. `closedBecause` says in one sentence what was seen.
     */
    readonly closed: boolean;
    readonly closedBecause: string;
    /** Whose resources stand for those of others like them; empty unless that was asked for (`PlanInput.copies`). */
    readonly copies?: readonly Copies[];
    all<K extends ResourceType>(type: K): readonly Resource<K>[];
    ofType(type: string): readonly Resource[];
    byId(id: string): Resource | undefined;
    /** Out along the references at an attribute path. Literal ids are matched against known ids of the target type. */
    to(from: Resource, path: Path, type: string): Edges<Resource>;
    /** Who points at this resource with that attribute. Not complete in an open world. */
    from(type: string, path: Path, to: Resource): Edges<Resource>;
}
export {};

/** A statement about the graph: shown, shown to be false, or not shown. Facts state; the engine's Truth judges. */
export interface Statement {
    readonly claim: string;
    readonly is: boolean | 'unknown';
    readonly because: readonly Reason[];
}
/** A chain of statements that must all hold, in the order in which they build on each other. */
export interface Proof {
    readonly is: boolean | 'unknown';
    readonly steps: readonly Statement[];
}
/** Everything rules and evidence ask of a graph. Derived once, lazily, the same for every input kind. */
export interface Facts {
    readonly graph: Graph;
    readonly placements: readonly Placement[];
    readonly servers: readonly ServerFacts[];
    readonly volumes: readonly VolumeFacts[];
    readonly hosts: readonly HostUse[];
    readonly images: readonly ImageUse[];
    readonly secrets: readonly SecretUse[];
    readonly codeRuns: readonly CodeRun[];
    server(resource: Resource): ServerFacts;
    volume(resource: Resource): VolumeFacts;
    /** How a host is set up: packet filter, sshd, clocks, resolvers, mail, packages, updates, journal, swap. */
    hostSettings(server: Resource): HostSettings;
    /** Who operates a host: own zone or address, operators data by longest suffix, register, or nobody known. */
    resolve(host: string): Resolution;
}
/** Hetzner's locations: https://docs.hetzner.com/cloud/general/locations */
export interface Location {
    readonly name: string;
    readonly city: string;
    /** ISO 3166-1 alpha-2. */
    readonly country: string;
    readonly networkZone: string;
    readonly eu: boolean;
}
/** A resource that stands somewhere, with the attribute that says where. */
export interface Placement {
    readonly resource: Resource;
    readonly attr: Attr;
    /** `disk`: keeps data (volume, server, storage box, snapshot). `address`, `traffic`: carries none at rest. */
    readonly holds: 'disk' | 'address' | 'traffic';
    /** By location, or only by network zone (a load balancer without location). */
    readonly by: 'location' | 'network-zone';
    /** What the name stands for; undefined when it is unknown or not one of Hetzner's. */
    readonly location: Location | undefined;
}
export interface ServerFacts {
    readonly resource: Resource;
    readonly payload: Payload;
    readonly exposure: Exposure;
    /** Volumes that are, or may be, attached. */
    readonly attached: readonly {
        readonly volume: Resource;
        readonly certainty: 'certain' | 'possible';
        readonly via: Attr;
    }[];
    /** Files and directories that hold data by what the payload runs, each with the path below which it must lie. */
    readonly dataPaths: readonly DataPath[];
}
export interface Exposure {
    /** Public IPv4 or IPv6: `true` also when `public_net` is left out (the provider's default). */
    readonly public: Statement;
    /** Some firewall certainly applies (firewall_ids, hcloud_firewall_attachment, apply_to, label selector). */
    readonly guarded: Statement;
    readonly firewalls: readonly {
        readonly firewall: Resource;
        readonly certainty: 'certain' | 'possible';
        readonly via: Attr;
    }[];
    readonly inbound: readonly InboundRule[];
}
export interface InboundRule {
    readonly firewall: Resource;
    readonly attr: Attr;
    readonly protocol: string | undefined;
    /** Inclusive; undefined when it is not known; 1–65535 for `any`. */
    readonly ports: {
        readonly from: number;
        readonly to: number;
    } | undefined;
    /** Whether it admits the whole internet, in one block or in several that cover it; IPv4 or IPv6. */
    readonly worldOpen: Statement;
}
/** What a server runs at boot, parsed: cloud-config, scripts, units, quadlets, Caddyfile. */
export interface Payload {
    readonly server: Resource;
    /** The attribute judged: user_data, or the `input` of the terraform_data that rebuilds the server. */
    readonly attr: Attr;
    /** `read`: parsed. `none`: certainly no user_data. `unknown`: not visible; `causes` says why. */
    readonly state: 'read' | 'none' | 'unknown';
    readonly causes: readonly Cause[];
    /** What the marks in its texts stand for. */
    readonly holes: readonly Hole[];
    readonly files: readonly PayloadFile[];
    /** Commands that run, in order, reachable from runcmd, bootcmd or a started unit. */
    readonly commands: readonly Command[];
    /** Conditions that end a script as failed: what follows them runs only where they hold. */
    readonly refusals: readonly (Guard & {
        readonly at: string;
    })[];
    readonly units: readonly Unit[];
    readonly containers: readonly Container[];
    readonly sites: readonly CaddySite[];
    readonly packages: readonly string[];
    /** Texts of cloud-config modules that are neither files nor commands, by path: `ntp.servers[0]`, `package_upgrade`. */
    readonly settings: readonly PayloadSetting[];
    /** Hosts the payload names where a host is expected, before anybody asks who operates them. */
    readonly hosts: readonly PayloadHost[];
    /** What could not be parsed: each is unknown to every rule that looks there. `disks`: what it does to disks was read all the same. */
    readonly unread: readonly Unread[];
    /** A provisioner that may set the server up in another way than all this says. */
    readonly provisioned?: Reason;
}
export interface Unread {
    readonly at: string;
    readonly why: string;
    readonly disks?: true;
}
export interface PayloadSetting {
    readonly path: string;
    readonly text: string;
    readonly line: number;
}
/** A host (or URL, or address) named inside a payload, as marked text. */
export interface PayloadHost {
    readonly text: string;
    readonly position: string;
    readonly class: PathClass;
    readonly at: string;
    readonly line: number;
    /** True when the program's default is meant. */
    readonly implicit: boolean;
}
/** Text in which holes stand as marks; `hole(mark)` gives back what stands there. See payload/marked.ts. */
export interface PayloadFile {
    readonly path: string;
    readonly text: MarkedText;
    readonly permissions: string | undefined;
    readonly owner: string | undefined;
    /** `logs/hcloud_server.host.user_data:/etc/lukko/host.env` */
    readonly at: string;
}
/** A string in which every hole is a run of private-use characters, and the table of what they stand for. */
export interface MarkedText {
    readonly marked: string;
    readonly holes: readonly Hole[];
}
/** One `${…}` inside a text. */
export interface Hole {
    /** The run of private-use characters that stands for it. */
    readonly mark: string;
    /** As written, without `${}`. */
    readonly expression: string;
    /** Id of the resource whose attribute it is, if the whole hole is certainly one; undefined when it is not determined. */
    readonly target: string | undefined;
    /** Attribute at the target: `id`, `public_net[0].ipv4`. */
    readonly attribute: string;
    readonly causes: readonly Cause[];
}
export interface Command {
    /** Program without its directory: `cryptsetup`. */
    readonly program: string;
    /** Arguments after expansion of variables whose value is known; holes stay as marks; `undefined` where not determined. */
    readonly args: readonly (string | undefined)[];
    readonly at: string;
    readonly line: number;
    /** False when it runs only if a condition holds that this engine does not evaluate. */
    readonly always: boolean;
    /** The conditions it runs under, outermost first; empty when `always`. */
    readonly guards: readonly Guard[];
    /** Program as written, when it was given as a path. */
    readonly programPath: string | undefined;
    /** Every text its words show, also inside a substitution whose result is not determined. */
    readonly mentions: readonly string[];
    /** Files it writes by redirection; `undefined` where the path is not determined. */
    readonly writes: readonly (string | undefined)[];
    /** The engine cannot see what it does: a program the payload does not contain, a shell fed by a pipe, a word that is not determined as program. */
    readonly opaque: boolean;
    /** Set when the program is a file of the payload: what it runs stands in commands of its own. */
    readonly followed?: boolean;
    /** What it is reached from (runcmd, a unit); commands of one entry run in the order in which they stand. */
    readonly entry?: string;
    /** What it is given on standard input by a redirection: a text of the script, or a file; undefined where that is not determined. */
    readonly input?: {
        readonly text: string | undefined;
    } | {
        readonly path: string | undefined;
    };
    /** Commands of one pipeline have the same number; those that stand alone have none. */
    readonly pipeline?: number;
    /** Set when no program runs but a declaration amounts to it: what it does to a disk, and what keys it gives. */
    readonly declared?: {
        readonly action: DiskAction;
        readonly keys: readonly KeyOrigin[];
    };
}
/** What a command does to a block device, as far as its words tell. */
export type DiskAction = {
    readonly does: 'format-luks';
    readonly device: string | undefined;
} | {
    readonly does: 'open-luks';
    readonly device: string | undefined;
    readonly mapper: string | undefined;
}
/** Opens it so that what is written is not kept by LUKS: `--type plain`. */
 | {
    readonly does: 'open-other';
    readonly device: string | undefined;
} | {
    readonly does: 'make-file-system';
    readonly device: string | undefined;
}
/** `device` of a bind mount is the directory it shows, of a file system without device its type. */
 | {
    readonly does: 'mount';
    readonly device: string | undefined;
    readonly target: string | undefined;
} | {
    readonly does: 'unmount';
    readonly target: string | undefined;
} | {
    readonly does: 'close';
    readonly mapper: string | undefined;
}
/** Takes the encryption away, or sets LUKS up without any. */
 | {
    readonly does: 'decrypt';
    readonly device: string | undefined;
}
/** Reads or labels it, changes key slots, or wipes it: nothing readable is stored. */
 | {
    readonly does: 'harmless';
} | {
    readonly does: 'other';
};
/** Whether a key is random and stays with the host (true), is known to others (false), or is not shown to be either. */
export interface KeyOrigin {
    readonly is: boolean | 'unknown';
    readonly saw: string;
}
/** A condition this engine does not evaluate, and what its words show: what the condition is about. */
export interface Guard {
    readonly line: number;
    readonly mentions: readonly string[];
    /** Set when it stands for several conditions, which need not all be about the same thing. */
    readonly several?: boolean;
}
export interface Unit {
    readonly name: string;
    readonly file: PayloadFile;
    readonly entries: readonly {
        readonly section: string;
        readonly key: string;
        readonly value: string;
        readonly line: number;
    }[];
    /** Enabled, started, or wanted by something that is. */
    readonly started: boolean;
    /** The conditions under which it is started. */
    readonly guards: readonly Guard[];
}
export interface Container {
    readonly unit: Unit;
    readonly image: string;
    readonly line: number;
    /** A volume by name has the host path `volume:<name>`: it lies in podman's own storage. */
    readonly volumes: readonly {
        readonly host: string;
        readonly container: string;
        readonly readOnly: boolean;
    }[];
    readonly networkHost: boolean;
    readonly publishes: readonly string[];
    /** Set when a command starts it, not a unit or a compose file: the engine by whose command. */
    readonly run?: 'podman' | 'docker';
}
export interface CaddySite {
    readonly addresses: readonly string[];
    readonly at: string;
    readonly line: number;
    /** Certificate authority directories that may be asked; empty means Caddy's defaults. */
    readonly authorities: readonly string[];
    readonly upstreams: readonly {
        readonly text: string;
        readonly line: number;
        readonly tls: boolean;
    }[];
    /** `tls internal`, own certificate files, or `acme`. */
    readonly tls: 'acme' | 'internal' | 'files' | 'off';
    /** Lowest TLS version the site accepts; undefined where Caddy's default (1.2) applies. */
    readonly minimumTls: string | undefined;
    /** Response headers of every answer: `header` without a matcher; names in lower case. */
    readonly headers: readonly {
        readonly name: string;
        readonly value: string;
        readonly line: number;
    }[];
    /** Paths that `handle` and its like answer by themselves: `/.well-known/security.txt`. */
    readonly paths: readonly string[];
    /** Loggers that a request of this site reaches, each with what its filter does to a field: `request>remote_ip` → `ip_mask 24 48`. */
    readonly loggers: readonly {
        readonly line: number;
        readonly filters: ReadonlyMap<string, string>;
    }[];
    /** An import in it, or beside it, that the payload does not hold: it may say anything more. */
    readonly unfollowed?: {
        readonly what: string;
        readonly line: number;
    } | undefined;
}
export interface DataPath {
    readonly path: string;
    /** What keeps data there: `victoria-logs.container`. */
    readonly service: string;
    readonly at: string;
    /** Whether it lies on the mounted, encrypted volume and the service waits for that mount. */
    readonly encrypted: Proof;
}
export interface VolumeFacts {
    readonly resource: Resource;
    /** Whether it is attached to one server: false only where the world is closed and no attachment may be meant for it. */
    readonly attachment: Statement;
    /** Attached → payload names it → LUKS is set up on it → opened → mounted, and nothing writes to it in plain. */
    readonly encryption: Proof;
    /** Mount point of the encrypted file system, when shown. */
    readonly mount: string | undefined;
}
/** Where a host stands decides what it is for. Design, Jurisdiction. */
export type PathClass = 'data' | 'pull' | 'build';
export interface HostUse {
    /**
     * Lower case, without port; for a reference to an address of the graph that attribute (`network/hcloud_primary_ip.logs.ip_address`);
     * undefined when the position holds a host that is not known.
     */
    readonly host: string | undefined;
    readonly class: PathClass;
    /** In the field's words: `state backend`, `provider`, `container image`, `upstream`, `certificate authority`, `package source`, `clock`, `resolver`, `URL`. */
    readonly position: string;
    readonly at: string;
    readonly causes: readonly Cause[];
    readonly place: Place;
    /** Qualified id of the element that names it. */
    readonly owner: string;
    /** True when nothing was written and the default is meant: Docker Hub for an image without registry, AWS for `s3` without endpoint. */
    readonly implicit: boolean;
}
export interface ImageUse {
    /** As written. */
    readonly text: string;
    readonly registry: string;
    readonly repository: string;
    readonly tag: string | undefined;
    readonly digest: string | undefined;
    readonly at: string;
    readonly place: Place;
    readonly owner: string;
    readonly causes: readonly Cause[];
}
/** A value that looks like a secret, standing where anybody can read it. The text itself is never kept. */
export interface SecretUse {
    readonly kind: string;
    readonly at: string;
    readonly place: Place;
    readonly owner: string;
}
/** Code that terraform itself runs at plan or apply. */
export interface CodeRun {
    readonly owner: string;
    readonly root: Root;
    readonly at: string;
    readonly place: Place;
    /** `local-exec`, `remote-exec`, `file`, `external`, `http`; `action`, `exec` (a provider that starts a program for its credentials), `state key` (OpenTofu starts one). */
    readonly kind: string;
    /** Set for provisioners. */
    readonly provisioner?: Provisioner;
    readonly command: Attr | undefined;
}
export interface Resolution {
    readonly by: 'own' | 'operators' | 'register' | 'nobody';
    readonly entity?: string;
    readonly country?: string;
    readonly parent?: {
        readonly entity: string;
        readonly country: string;
    };
    readonly source?: string;
    readonly date?: string;
    /** The suffix or entry that matched. */
    readonly matched?: string;
}

/** A ruleset as nft(8) loads it from a file, as far as its text tells. */
export interface NftRuleset {
    readonly chains: readonly NftChain[];
    readonly unread: readonly {
        readonly line: number;
        readonly why: string;
    }[];
}
export interface NftChain {
    /** `inet`, `ip`, `ip6`, `arp`, `bridge`, `netdev`. */
    readonly family: string;
    readonly table: string;
    readonly name: string;
    /** Base chains only: `filter`, `nat`, `route`; and `input`, `forward`, `output`, `prerouting`, … */
    readonly type: string | undefined;
    readonly hook: string | undefined;
    /** nft(8): `accept` when nothing is written. */
    readonly policy: string;
    readonly rules: readonly NftRule[];
    readonly line: number;
}
export interface NftRule {
    /** Words, operators and anonymous sets (`{ 80, 443 }`, as one word); variables of the file are replaced. */
    readonly words: readonly string[];
    readonly line: number;
}
/**
 * Reads an nftables file (nft(8), *Input file format*): tables with their chains, `add rule` lines, `define` variables. What it includes, or does
 * in another way, is unread; nothing is thrown.
 */
declare function parseNftables(text: string): NftRuleset;

/** One value of a configuration file, where it stands. */
export interface HostSetting {
    readonly value: string;
    readonly at: string;
    readonly line: number;
}
/** A host (or URL, or address) that a setting names; holes as `${…}`. */
export interface NamedHost {
    readonly host: string;
    readonly at: string;
    readonly line: number;
}
/** The packet filter of a host, as its payload sets it up. */
export interface HostFirewall {
    /** The ruleset that is loaded at boot; undefined where the payload brings none that is read. */
    readonly file: PayloadFile | undefined;
    readonly ruleset: NftRuleset | undefined;
    /** `nothing comes in but what is named`: for IPv4 and IPv6. */
    readonly dropsInbound: Statement;
    /** `nothing leaves but what is named`: for IPv4 and IPv6. */
    readonly dropsOutbound: Statement;
    /** `only root reaches the metadata service`, which hands out user_data to whoever asks (169.254.169.254). */
    readonly guardsMetadata: Statement;
}
/** How a host is set up, as far as its payload says; derived once per server. */
export interface HostSettings {
    readonly server: Resource;
    readonly payload: Payload;
    /** Everything the payload does could be read: only then is what is not found not there. */
    readonly whole: boolean;
    readonly firewall: HostFirewall;
    /** sshd_config(5): keyword in lower case → its first value, drop-ins first as Debian includes them. `Match` blocks are left out. */
    readonly sshd: ReadonlyMap<string, HostSetting>;
    /** Clocks that are asked: chrony, systemd-timesyncd, cloud-init's `ntp`. Empty: what the distribution brings. */
    readonly clocks: readonly NamedHost[];
    /** Resolvers that are asked: resolved, resolv.conf, networkd, cloud-init. Empty: what DHCP gives (Hetzner's own). */
    readonly resolvers: readonly NamedHost[];
    /** Where mail is handed over: postfix, msmtp, ssmtp, exim, nullmailer, dma. */
    readonly mailRelays: readonly NamedHost[];
    /** Package archives: sources.list, deb822 sources, cloud-init's `apt`, proxies. Empty: the image's own. */
    readonly packageSources: readonly NamedHost[];
    /** Where logs are sent: rsyslog, syslog-ng, journal-upload. */
    readonly logTargets: readonly NamedHost[];
    /** journald.conf(5), section Journal, drop-ins last: key → value. */
    readonly journal: ReadonlyMap<string, HostSetting>;
    /** sysctl.d(5): name with dots → value. */
    readonly kernel: ReadonlyMap<string, HostSetting>;
    /** `memory is not swapped to a disk`: zram is in memory. */
    readonly noSwap: Statement;
    /** `security updates are installed by themselves`: unattended-upgrades with both periodic steps. */
    readonly automaticUpdates: Statement;
}

/** Kleene truth plus what decided it: the reasons are what makes a pass evidence. */
export interface Truth {
    readonly is: boolean | 'unknown';
    readonly because: readonly Reason[];
}
declare const yes: (...because: readonly Reason[]) => Truth;
declare const no: (...because: readonly Reason[]) => Truth;
declare const unknown: (...because: readonly Reason[]) => Truth;
/** Conjunction: false when one part is false (its reasons), unknown when one is unknown, else true with every reason. */
declare function all(parts: readonly Truth[]): Truth;
/** Disjunction: true when one part is true (its reasons), unknown when one is unknown, else false with every reason. */
declare function any(parts: readonly Truth[]): Truth;
declare function not(truth: Truth): Truth;
/**
 * Whether a known value passes a test. `unset` is judged as `whenUnset` says (default: the test fails, since the provider's
 * default is not what was asked for); of an unknown with candidates every candidate must agree, else it is unknown.
 */
declare function holds(attr: Attr, test: (value: NonNullable<Scalar>) => boolean, whenUnset?: boolean): Truth;
/** A fact's statement or proof as truth. Of a failed proof only the steps that failed are reasons. */
declare function shown(fact: Statement | Proof): Truth;

export type Severity = 'low' | 'medium' | 'high' | 'critical';
export type Verdict = 'pass' | 'fail' | 'unknown' | 'not-applicable';
/** `ISO27001:2022/A.8.24`, `GDPR/32(1)(a)`, `NIS2/21(2)(h)`. */
export type ControlRef = `ISO27001:2022/A.${number}.${number}` | `GDPR/${string}` | `NIS2/${string}`;
/** What a rule may look at beside resources, each with what its `check` is given. */
export interface SubjectKinds {
    backend: Backend;
    provider: ProviderConfig;
    module: ModuleCall;
    root: Root;
    placement: Placement;
    server: ServerFacts;
    volume: VolumeFacts;
    'data-path': {
        readonly server: ServerFacts;
        readonly path: DataPath;
    };
    payload: Payload;
    host: HostUse;
    image: ImageUse;
    secret: SecretUse;
    'code-run': CodeRun;
}
export type SubjectKind = ResourceType | keyof SubjectKinds;
export type Subject<K extends SubjectKind> = K extends keyof SubjectKinds ? SubjectKinds[K] : K extends ResourceType ? Resource<K> : never;
/** What the organisation decided, read from lukko.yaml and all it names. */
export interface PolicyContext {
    /** Countries whose operators may be reached (`EU`, `EEA`: their members); every other is refused. */
    readonly allowedJurisdictions: readonly string[];
    /** Class of the environment judged, where the input tells it: `disposable` lifts the two removal rules. */
    readonly environmentClass: 'production' | 'staging' | 'disposable' | undefined;
    /** Container images whose licence the register names. */
    readonly images?: readonly RegisteredImage[];
}
/** A container image with its licence, as the organisation registered it. */
export interface RegisteredImage {
    /** Registry and repository, without tag or digest. */
    readonly image: string;
    /** An SPDX expression. */
    readonly licence: string;
    readonly source: string;
    readonly date: string;
}
/** One verdict about one subject, before postures and waivers. */
export interface Judgement {
    readonly truth: Truth;
    /** States the fact for a fail or unknown: ≤ 120 characters, no final full stop. A function is asked only where the message is shown. */
    readonly message: string | (() => string);
    /** The element or attribute it is about, when narrower than the subject. */
    readonly at?: string;
    readonly place?: Place;
    /** Set when this judgement weighs less than the rule as a whole (a pull path in `recommended`). */
    readonly severity?: Severity;
    /** Why something that breaks the rule's plain wording passes all the same; every report lists it. */
    readonly exception?: string;
}
/**
 * One file under policies/: its name is the rule's id, its page, its test. Rules are pure: no I/O, clock or randomness.
 */
export interface Rule<K extends SubjectKind = SubjectKind> {
    readonly id: string;
    /** States the fact that holds when it passes: "Data volumes are encrypted at rest". */
    readonly title: string;
    readonly severity: Severity;
    /** Whether waivers.yaml may excuse it. */
    readonly waivable: boolean;
    readonly controls: readonly [ControlRef, ...ControlRef[]];
    readonly rationale: string;
    readonly remediation: string;
    /** Where the facts behind it can be read: provider page, RFC. */
    readonly sources: readonly string[];
    readonly appliesTo: readonly [K, ...K[]];
    /** `removal`: also judges what a plan deletes. Every other rule sees only what will exist. */
    readonly judges?: 'removal';
    /** False: not applicable; its reasons say why. */
    appliesWhen?(subject: Subject<K>, facts: Facts, context: PolicyContext): Truth;
    /** One truth, or one judgement per element found. An empty list says there was nothing to judge: not applicable, never a pass. */
    check(subject: Subject<K>, facts: Facts, context: PolicyContext): Truth | readonly Judgement[];
    message(subject: Subject<K>, truth: Truth): string;
    readonly examples: readonly [Example, Example, ...Example[]];
    /** The file of an organisation's own rule, for messages; the loader sets it. */
    readonly file?: string;
}
/** Terraform JSON that the real readers read: test, documentation and scenario at once. */
export interface Example {
    readonly name: string;
    readonly verdict: Exclude<Verdict, 'not-applicable'> | 'not-applicable';
    /** One root module, or several stacks by name. */
    readonly terraform: TerraformJson;
    readonly stacks?: Readonly<Record<string, TerraformJson>>;
    readonly environmentClass?: PolicyContext['environmentClass'];
    /** `.terraform.lock.hcl` beside each of its root modules. */
    readonly lockFile?: string;
    readonly images?: PolicyContext['images'];
}

/** Attributes only the provider sets; written out in the shipped declarations, from the provider's schema. */
export interface ComputedAttributes {
    hcloud_certificate: 'created' | 'domain_names' | 'fingerprint' | 'id' | 'not_valid_after' | 'not_valid_before' | 'type';
    hcloud_firewall: 'id';
    hcloud_firewall_attachment: 'id';
    hcloud_floating_ip: 'id' | 'ip_address' | 'ip_network';
    hcloud_floating_ip_assignment: 'id';
    hcloud_load_balancer: 'id' | 'ipv4' | 'ipv6' | 'network_id' | 'network_ip';
    hcloud_load_balancer_network: 'id';
    hcloud_load_balancer_service: 'id';
    hcloud_load_balancer_target: 'id';
    hcloud_managed_certificate: 'certificate' | 'created' | 'fingerprint' | 'id' | 'not_valid_after' | 'not_valid_before' | 'type';
    hcloud_network: 'id';
    hcloud_network_route: 'id';
    hcloud_network_subnet: 'gateway' | 'id';
    hcloud_placement_group: 'id' | 'servers';
    hcloud_primary_ip: 'id' | 'ip_address' | 'ip_network';
    hcloud_rdns: 'id';
    hcloud_server: 'backup_window' | 'id' | 'ipv4_address' | 'ipv6_address' | 'ipv6_network' | 'primary_disk_size' | 'status';
    hcloud_server_network: 'id' | 'mac_address';
    hcloud_snapshot: 'id';
    hcloud_ssh_key: 'fingerprint' | 'id';
    hcloud_storage_box: 'id' | 'server' | 'system' | 'username';
    hcloud_storage_box_snapshot: 'id' | 'is_automatic' | 'name';
    hcloud_storage_box_subaccount: 'id' | 'server' | 'username';
    hcloud_uploaded_certificate: 'created' | 'domain_names' | 'fingerprint' | 'id' | 'not_valid_after' | 'not_valid_before' | 'type';
    hcloud_volume: 'id' | 'linux_device';
    hcloud_volume_attachment: 'id';
    hcloud_zone: 'authoritative_nameservers' | 'id' | 'registrar';
    hcloud_zone_rrset: 'id';
    terraform_data: 'id' | 'output';
}
/** What may be asked of a resource of that type: a misspelt name is an error of the compiler. */
export type AttributeName<K extends ResourceType> = (keyof ResourceArguments[K] & string) | (K extends keyof ComputedAttributes ? ComputedAttributes[K] & string : never) | 'id';
/** A resource whose attributes are those of the provider's schema. */
export interface TypedResource<K extends ResourceType> extends Omit<Resource<K>, 'attr'> {
    attr(name: AttributeName<K>, ...path: Path): Attr;
}
/** Of other providers every type may be named; its attributes are then not checked. */
export type OwnSubjectKind = keyof SubjectKinds | ResourceType | (string & {});
export type OwnSubject<K extends OwnSubjectKind> = K extends keyof SubjectKinds ? SubjectKinds[K] : K extends ResourceType ? TypedResource<K> : Resource;
/** An organisation's own rule: as lukko's, its subjects typed by the provider's schema. */
export interface OwnRule<K extends OwnSubjectKind = OwnSubjectKind> extends Pick<Rule, 'id' | 'title' | 'severity' | 'waivable' | 'controls' | 'rationale' | 'remediation' | 'judges'> {
    /** Pages where the facts behind it can be read; may be left out. */
    readonly sources?: readonly string[];
    readonly appliesTo: readonly [K, ...K[]];
    appliesWhen?(subject: OwnSubject<K>, facts: Facts, context: PolicyContext): Truth;
    check(subject: OwnSubject<K>, facts: Facts, context: PolicyContext): Truth | readonly Judgement[];
    message(subject: OwnSubject<K>, truth: Truth): string;
    /** At least one that passes and one that fails: `lukko rules --test` judges them. */
    readonly examples?: readonly Example[];
}
/** What a module is given: the functions rules are made with. */
export interface RuleKit {
    /** Keeps the subject type of a rule while it is written as a plain object. */
    rule<const K extends OwnSubjectKind>(definition: OwnRule<K>): OwnRule<K>;
    readonly yes: typeof yes;
    readonly no: typeof no;
    readonly unknown: typeof unknown;
    readonly all: typeof all;
    readonly any: typeof any;
    readonly not: typeof not;
    readonly holds: typeof holds;
    readonly shown: typeof shown;
}
type AnyRule = OwnRule<any>;
/** The default export of a module in the folder of own rules. */
export type OwnRuleModule = (kit: RuleKit) => AnyRule | readonly AnyRule[];
export {};

export {};
