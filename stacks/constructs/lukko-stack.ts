import { HcloudProvider } from '@cdktf/provider-hcloud/provider';
import type { Config } from '@lukko/formats';
import {
  type App,
  TerraformBackend,
  type TerraformElement,
  TerraformOutput,
  TerraformProvider,
  TerraformRemoteState,
  TerraformStack,
} from 'cdktf';
import type { IConstruct } from 'constructs';
import { recordStackTraces, repositoryFrames } from './stack-trace.ts';
import { declareBackend, type RemoteState, readState } from './state.ts';
import { declareVerdict } from './verdict.ts';

/** A place in the configuration file, repository-relative. */
export interface Place {
  readonly file: string;
  readonly line?: number;
}

/** What every stack is built from. */
export interface Settings {
  readonly config: Config;
  /** Where a value of the configuration stands: `hosts.logs.volume.size`, `keys.servers[0].location`. */
  readonly at: (path: string) => Place;
  /** The stack whose protection is lifted, so that it can be removed: `lukko retire` says so, and nothing else. */
  readonly retiring?: string | undefined;
  /** The key server whose protection is lifted, so that it can be replaced: `lukko keys replace` says so, and nothing else. */
  readonly replacing?: string | undefined;
}

/** A configuration value behind an attribute, or behind one text inside it. */
export interface OriginPath {
  readonly attribute: string;
  readonly path: string;
  readonly value?: string;
}

type Block = { '//'?: { metadata?: Record<string, unknown> } };

/**
 * What all stacks share: the provider (its token only from the environment), the state of this environment, the name of the
 * environment as an output, the output that compares this stack with the gate's verdict, and metadata that leads from a
 * resource to its TypeScript line and to its line in the configuration.
 */
export class LukkoStack extends TerraformStack {
  readonly settings: Settings;
  readonly config: Config;
  readonly name: string;
  private readonly origins = new Map<string, OriginPath[]>();
  private readonly states = new Map<string, RemoteState>();

  constructor(app: App, name: string, settings: Settings) {
    recordStackTraces();
    super(app, name);
    this.settings = settings;
    this.config = settings.config;
    this.name = name;
    new HcloudProvider(this, 'hcloud');
    const backend = declareBackend(this, settings.config, name);
    if (settings.config.state.backend === 's3') {
      this.cameFrom(backend, [
        { attribute: 'endpoints', path: 'state.endpoint' },
        { attribute: 'bucket', path: 'state.bucket' },
      ]);
    }
    // terraform_data came with 1.4; https://developer.hashicorp.com/terraform/language/resources/terraform-data
    this.addOverride('terraform.required_version', '>= 1.4.0');
    new TerraformOutput(this, 'lukko_environment', {
      value: settings.config.environment.name,
      description: 'The environment this state belongs to; the plan gate refuses the state of another one.',
    });
    declareVerdict(this, name);
  }

  /** Whether this may lose its data, by its environment or because it is retired: only then are protection and `prevent_destroy` left out. */
  get disposable(): boolean {
    return this.config.environment.class === 'disposable' || this.settings.retiring === this.name;
  }

  /** `lukko-<environment>-<what>`: the name of a resource at Hetzner, where names are unique per project. */
  resourceName(what: string): string {
    return `lukko-${this.config.environment.name}-${what}`;
  }

  /** Labels every resource carries; `extra` wins. Values are limited to 63 characters of a small alphabet by the API. */
  labels(extra: Record<string, string> = {}): Record<string, string> {
    return {
      'lukko-environment': this.config.environment.name,
      'lukko-class': this.config.environment.class,
      'lukko-stack': this.name,
      'lukko-owner': labelValue(this.config.organisation.name),
      ...extra,
    };
  }

  /** Publishes a value for other stacks under a name they can read. */
  publish(name: string, value: string | number): void {
    new TerraformOutput(this, name, { value });
  }

  /** A value another stack publishes, as text of a Terraform reference; this stack is then deployed after that one. */
  read(from: LukkoStack, name: string): string {
    this.addDependency(from);
    let state = this.states.get(from.name);
    if (state === undefined) {
      state = readState(this, this.config, from.name);
      this.states.set(from.name, state);
      if (this.config.state.backend === 's3') {
        this.cameFrom(state, [{ attribute: 'config.endpoints.s3', path: 'state.endpoint' }]);
      }
    }
    return state.getString(name);
  }

  /** Records from which lines of the configuration the attributes of an element came. */
  cameFrom(element: TerraformElement, origins: readonly OriginPath[]): void {
    const path = element.node.path;
    this.origins.set(path, [...(this.origins.get(path) ?? []), ...origins]);
  }

  /** Names without the hash cdktf appends: paths are unique already, and people read these in plans and findings. */
  protected override allocateLogicalId(element: TerraformElement | IConstruct['node']): string {
    const node = 'node' in element ? element.node : element;
    const below = node.scopes.slice(node.scopes.indexOf(this) + 1);
    return below.map((scope) => scope.node.id).join('_');
  }

  override toTerraform(): Record<string, unknown> {
    const document = super.toTerraform() as Record<string, unknown> & Block;
    const metadata = document['//']?.metadata;
    const { name, class: kind } = this.config.environment;
    if (metadata !== undefined) metadata.environment = { name, class: kind };
    for (const element of this.node.findAll()) {
      if (element instanceof TerraformProvider) this.annotateProvider(element, document);
      if (element instanceof TerraformRemoteState) this.annotateState(element, document);
      if (element instanceof TerraformBackend) this.annotateBackend(element, document);
    }
    for (const section of ['resource', 'data']) {
      for (const blocks of Object.values((document[section] ?? {}) as Record<string, Record<string, Block>>)) {
        for (const block of Object.values(blocks)) this.annotate(block['//']?.metadata);
      }
    }
    return document;
  }

  /** Nor does it write any for the state of another stack. */
  private annotateState({ node, friendlyUniqueId }: TerraformRemoteState, document: Record<string, unknown>): void {
    const { data } = document as { data?: { terraform_remote_state?: Record<string, Block> } };
    const block = data?.terraform_remote_state?.[friendlyUniqueId];
    if (block === undefined) return;
    const stackTrace = node.metadata.find(({ type }) => type === 'stacktrace')?.trace ?? [];
    block['//'] = { metadata: { path: node.path, uniqueId: friendlyUniqueId, stackTrace } };
  }

  /** Nor for the backend, whose bucket an operator chose: `"//"` is a comment in every block of Terraform's JSON syntax. */
  private annotateBackend({ node }: TerraformBackend, document: Record<string, unknown>): void {
    const { terraform } = document as { terraform?: { backend?: Record<string, Block> } };
    for (const block of Object.values(terraform?.backend ?? {})) {
      const stackTrace = node.metadata.find(({ type }) => type === 'stacktrace')?.trace ?? [];
      block['//'] = { metadata: { path: node.path, stackTrace } };
      this.annotate(block['//'].metadata);
    }
  }

  /** cdktf writes no metadata for a provider; with it a finding about one names the line that added it. */
  private annotateProvider(
    { node, terraformResourceType, alias }: TerraformProvider,
    document: Record<string, unknown>,
  ): void {
    const blocks =
      ((document.provider ?? {}) as Record<string, (Block & { alias?: string })[]>)[terraformResourceType] ?? [];
    const block = blocks.find((each) => each.alias === alias);
    if (block === undefined) return;
    const trace = node.metadata.find(({ type }) => type === 'stacktrace')?.trace ?? [];
    block['//'] = { metadata: { path: node.path, stackTrace: repositoryFrames(trace) } };
  }

  private annotate(metadata: Record<string, unknown> | undefined): void {
    if (metadata === undefined) return;
    metadata.stackTrace = repositoryFrames((metadata.stackTrace ?? []) as string[]);
    const origins = this.origins.get(String(metadata.path)) ?? [];
    if (origins.length === 0) return;
    metadata.origins = origins.map(({ attribute, value, path }) => {
      const { file, line } = this.settings.at(path);
      return { attribute, ...(value === undefined ? {} : { value }), file, ...(line === undefined ? {} : { line }) };
    });
  }
}

/** A text as a label value: letters, digits, `-`, `_`, `.`; https://docs.hetzner.cloud/reference/cloud#labels */
export function labelValue(text: string): string {
  const value = text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 63);
  return value.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}
