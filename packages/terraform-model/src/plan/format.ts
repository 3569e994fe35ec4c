import type { Mode } from '../graph.ts';

/** `terraform show -json` of a plan, as far as it is read: https://developer.hashicorp.com/terraform/internals/json-format */
export interface ResourceChange {
  readonly address: string;
  readonly module_address?: string;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly deposed?: string;
  readonly provider_name?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: unknown;
    readonly after?: unknown;
    readonly after_unknown?: unknown;
    readonly before_sensitive?: unknown;
    readonly after_sensitive?: unknown;
  };
}

export interface StateResource {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly deposed_key?: string;
  readonly provider_name?: string;
  readonly values?: unknown;
  readonly sensitive_values?: unknown;
}

export interface ModuleRecord {
  readonly outputs?: Readonly<Record<string, { readonly expression?: unknown; readonly sensitive?: boolean }>>;
  readonly resources?: readonly ResourceRecord[];
  readonly actions?: readonly Pick<ResourceRecord, 'type' | 'name' | 'expressions'>[];
  readonly module_calls?: Readonly<Record<string, CallRecord>>;
  readonly variables?: Readonly<Record<string, { readonly default?: unknown; readonly sensitive?: boolean }>>;
}

export interface ResourceRecord {
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly provider_config_key?: string;
  readonly expressions?: unknown;
  readonly count_expression?: unknown;
  readonly for_each_expression?: unknown;
  readonly depends_on?: readonly string[];
  readonly provisioners?: readonly { readonly type: string; readonly expressions?: unknown }[];
}

export interface CallRecord {
  readonly source?: string;
  readonly version_constraint?: string;
  readonly expressions?: unknown;
  readonly count_expression?: unknown;
  readonly for_each_expression?: unknown;
  readonly module?: ModuleRecord;
}

export interface ProviderRecord {
  readonly name?: string;
  readonly full_name?: string;
  readonly alias?: string;
  readonly version_constraint?: string;
  readonly module_address?: string;
  readonly expressions?: unknown;
}

export interface ConfigurationRecord {
  readonly provider_config?: Readonly<Record<string, ProviderRecord>>;
  readonly root_module?: ModuleRecord;
}

/** An own property of a parsed object; never one of the prototype, whatever the key says. */
export function own(holder: unknown, key: string): unknown {
  if (holder === null || typeof holder !== 'object' || !Object.hasOwn(holder, key)) return undefined;
  return (holder as Record<string, unknown>)[key];
}

export function entriesOf(holder: unknown): readonly (readonly [string, unknown])[] {
  return holder !== null && typeof holder === 'object' && !Array.isArray(holder) ? Object.entries(holder) : [];
}
