import { posix } from 'node:path';
import type { Block } from '../configuration/blocks.ts';
import type { ModuleSource } from '../configuration/source.ts';
import { Unwritten } from '../expression/unwritten.ts';
import type { JsonDocument } from '../json/read.ts';
import type { Json, JsonObject } from '../json/types.ts';
import {
  type CallRecord,
  type ConfigurationRecord,
  entriesOf,
  type ModuleRecord,
  own,
  type ProviderRecord,
} from './format.ts';
import { providerSource } from './providers.ts';

/** The module sources a plan records, by path of calls (`''` is the root). */
export type RecordedModules = ReadonlyMap<string, ModuleSource>;

/**
 * Turns the `configuration` of a plan into the form configurations are read in, so that one evaluator serves both. Where the
 * plan has the text of an expression (it does for files in JSON syntax) it is kept; else only what it refers to.
 */
export function recordedModules(configuration: ConfigurationRecord, file: string): RecordedModules {
  const document: JsonDocument = { file, value: null, lineOf: () => undefined };
  const modules = new Map<string, ModuleSource>();
  const open: [string, ModuleRecord][] = [['', configuration.root_module ?? {}]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [key, record] = next;
    const providers =
      key === '' ? providerBlocks(configuration.provider_config, document) : { written: [], required: [] };
    modules.set(key, moduleOf(record, providers, document));
    for (const [name, call] of Object.entries(record.module_calls ?? {})) {
      if (call.module !== undefined) open.push([key === '' ? name : `${key}.${name}`, call.module]);
    }
  }
  return modules;
}

interface ProviderBlocks {
  readonly written: readonly Block[];
  readonly required: readonly Block[];
}

function moduleOf(record: ModuleRecord, providers: ProviderBlocks, document: JsonDocument): ModuleSource {
  const make = (labels: readonly string[], body: JsonObject) => block(document, labels, body);
  const byMode = (mode: string) =>
    (record.resources ?? [])
      .filter((resource) => resource.mode === mode)
      .map((resource) => {
        const body = bodyOf(resource.expressions);
        setRepetition(body, resource);
        const key = resource.provider_config_key?.split(':').at(-1);
        if (key !== undefined) body.set('provider', key);
        if (resource.depends_on !== undefined) body.set('depends_on', resource.depends_on);
        if (resource.provisioners !== undefined) {
          body.set(
            'provisioner',
            resource.provisioners.map((one) => new Map([[one.type, bodyOf(one.expressions)]])),
          );
        }
        return make([resource.type, resource.name], body);
      });
  return {
    directory: posix.dirname(document.file),
    place: { file: document.file },
    documents: [],
    resources: byMode('managed'),
    data: byMode('data'),
    ephemeral: byMode('ephemeral'),
    actions: (record.actions ?? []).map((action) => make([action.type, action.name], bodyOf(action.expressions))),
    removed: [],
    moved: [],
    imports: [],
    variables: Object.entries(record.variables ?? {}).map(([name, variable]) => make([name], variableBody(variable))),
    outputs: Object.entries(record.outputs ?? {}).map(([name, output]) => {
      const body = new Map<string, Json>([['value', jsonOf(output.expression)]]);
      if (output.sensitive === true) body.set('sensitive', true);
      return make([name], body);
    }),
    modules: Object.entries(record.module_calls ?? {}).map(([name, call]) => make([name], callBody(call))),
    providers: providers.written,
    terraform: providers.required,
    locals: new Map(),
    localsShown: false,
  };
}

function block(document: JsonDocument, labels: readonly string[], body: JsonObject): Block {
  return { labels, body, document, place: { file: document.file } };
}

function variableBody(variable: { readonly default?: unknown; readonly sensitive?: boolean }): JsonObject {
  const body = new Map<string, Json>();
  const standard = own(variable, 'default');
  if (standard !== undefined) body.set('default', plainJson(standard));
  if (variable.sensitive === true) body.set('sensitive', true);
  return body;
}

function callBody(call: CallRecord): JsonObject {
  const body = bodyOf(call.expressions);
  setRepetition(body, call);
  if (call.source !== undefined) body.set('source', call.source);
  if (call.version_constraint !== undefined) body.set('version', call.version_constraint);
  return body;
}

function setRepetition(
  body: Map<string, Json>,
  record: { readonly count_expression?: unknown; readonly for_each_expression?: unknown },
): void {
  if (record.count_expression !== undefined) body.set('count', jsonOf(record.count_expression));
  if (record.for_each_expression !== undefined) body.set('for_each', jsonOf(record.for_each_expression));
}

/** A provider that a resource needs stands here too, without arguments: then no block was written. */
function providerBlocks(
  configs: Readonly<Record<string, ProviderRecord>> | undefined,
  document: JsonDocument,
): ProviderBlocks {
  const written: Block[] = [];
  const required = new Map<string, Json>();
  for (const [key, config] of Object.entries(configs ?? {})) {
    const name = config.name ?? key;
    const source = providerSource(config.full_name ?? name);
    if (source.startsWith('terraform.io/')) continue;
    const entry = new Map<string, Json>([['source', source]]);
    if (config.version_constraint !== undefined) entry.set('version', config.version_constraint);
    if (config.alias === undefined || !required.has(name)) required.set(name, entry);
    const body = bodyOf(config.expressions);
    if (config.alias !== undefined) body.set('alias', config.alias);
    if (body.size > 0) written.push(block(document, [name], body));
  }
  if (required.size === 0) return { written, required: [] };
  return { written, required: [block(document, [], new Map([['required_providers', required]]))] };
}

function bodyOf(expressions: unknown): Map<string, Json> {
  return new Map(entriesOf(expressions).map(([name, expression]) => [name, jsonOf(expression)]));
}

/** An expression, a block, or a list of blocks. Depth is bounded by the splitting reader. */
function jsonOf(expression: unknown): Json {
  if (Array.isArray(expression)) return expression.map(jsonOf);
  if (expression === null || typeof expression !== 'object') return plainJson(expression);
  const keys = Object.keys(expression);
  if (!keys.every((key) => key === 'constant_value' || key === 'references')) return bodyOf(expression);
  const constant = own(expression, 'constant_value');
  if (constant !== undefined) return plainJson(constant);
  const references = own(expression, 'references');
  return new Unwritten(Array.isArray(references) ? references.filter((one) => typeof one === 'string') : []);
}

function plainJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plainJson);
  if (value === null || typeof value !== 'object') return (value ?? null) as Json;
  return new Map(Object.entries(value).map(([key, item]) => [key, plainJson(item)]));
}
