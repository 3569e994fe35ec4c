import type { Attr, Cause, Graph, Place, Provisioner, Reason, Resource, Root } from '@lukko/terraform-model';
import type { HostSettings } from './settings/types.ts';

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
  readonly ports: { readonly from: number; readonly to: number } | undefined;
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
  readonly refusals: readonly (Guard & { readonly at: string })[];
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
  readonly input?: { readonly text: string | undefined } | { readonly path: string | undefined };
  /** Commands of one pipeline have the same number; those that stand alone have none. */
  readonly pipeline?: number;
  /** Set when no program runs but a declaration amounts to it: what it does to a disk, and what keys it gives. */
  readonly declared?: { readonly action: DiskAction; readonly keys: readonly KeyOrigin[] };
}

/** What a command does to a block device, as far as its words tell. */
export type DiskAction =
  | { readonly does: 'format-luks'; readonly device: string | undefined }
  | { readonly does: 'open-luks'; readonly device: string | undefined; readonly mapper: string | undefined }
  /** Opens it so that what is written is not kept by LUKS: `--type plain`. */
  | { readonly does: 'open-other'; readonly device: string | undefined }
  | { readonly does: 'make-file-system'; readonly device: string | undefined }
  /** `device` of a bind mount is the directory it shows, of a file system without device its type. */
  | { readonly does: 'mount'; readonly device: string | undefined; readonly target: string | undefined }
  | { readonly does: 'unmount'; readonly target: string | undefined }
  | { readonly does: 'close'; readonly mapper: string | undefined }
  /** Takes the encryption away, or sets LUKS up without any. */
  | { readonly does: 'decrypt'; readonly device: string | undefined }
  /** Reads or labels it, changes key slots, or wipes it: nothing readable is stored. */
  | { readonly does: 'harmless' }
  | { readonly does: 'other' };

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
  readonly volumes: readonly { readonly host: string; readonly container: string; readonly readOnly: boolean }[];
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
  readonly upstreams: readonly { readonly text: string; readonly line: number; readonly tls: boolean }[];
  /** `tls internal`, own certificate files, or `acme`. */
  readonly tls: 'acme' | 'internal' | 'files' | 'off';
  /** Lowest TLS version the site accepts; undefined where Caddy's default (1.2) applies. */
  readonly minimumTls: string | undefined;
  /** Response headers of every answer: `header` without a matcher; names in lower case. */
  readonly headers: readonly { readonly name: string; readonly value: string; readonly line: number }[];
  /** Paths that `handle` and its like answer by themselves: `/.well-known/security.txt`. */
  readonly paths: readonly string[];
  /** Loggers that a request of this site reaches, each with what its filter does to a field: `request>remote_ip` → `ip_mask 24 48`. */
  readonly loggers: readonly { readonly line: number; readonly filters: ReadonlyMap<string, string> }[];
  /** An import in it, or beside it, that the payload does not hold: it may say anything more. */
  readonly unfollowed?: { readonly what: string; readonly line: number } | undefined;
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
  readonly parent?: { readonly entity: string; readonly country: string };
  readonly source?: string;
  readonly date?: string;
  /** The suffix or entry that matched. */
  readonly matched?: string;
}
