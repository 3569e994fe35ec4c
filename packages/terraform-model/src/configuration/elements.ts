import { AttrView } from '../attr-view.ts';
import type { Evaluator } from '../expression/evaluate.ts';
import { type AttributeSource, attrOf } from '../graph/resource.ts';
import type {
  Action,
  Backend,
  Import,
  ModuleCall,
  Moved,
  Output,
  Place,
  ProviderConfig,
  RequiredProvider,
  Root,
} from '../graph.ts';
import type { Path, Value } from '../value.ts';
import { bodySource, nothing, resourceMeta } from './attributes.ts';
import { type Block, blocksOf, textOf, wordOf } from './blocks.ts';
import type { ModuleInstance } from './instance.ts';
import { resourceMetadata } from './metadata.ts';
import { writtenOrigins } from './origins.ts';
import { providerName, sourceOf } from './providers.ts';

const commentOnly: ReadonlySet<string> = new Set(['//']);
const providerMeta: ReadonlySet<string> = new Set(['//', 'alias', 'version']);
const callMeta: ReadonlySet<string> = new Set([
  '//',
  'source',
  'version',
  'count',
  'for_each',
  'providers',
  'depends_on',
]);

const importMeta: ReadonlySet<string> = new Set(['//', 'to', 'provider', 'for_each']);

interface ElementFields<K extends string> {
  readonly kind: K;
  readonly id: string;
  readonly root: Root;
  readonly place: Place;
}

export function element<K extends string>(fields: ElementFields<K>, source: AttributeSource) {
  const cache = new Map<string, Value>();
  const value = (name: string) => {
    const found = cache.get(name) ?? source.value(name);
    cache.set(name, found);
    return found;
  };
  return { ...fields, attr: (...path: Path) => attrOf(fields.id, path, source.names, value) };
}

/** The backend or `cloud` block of a root; none written means a local state beside the configuration. */
export function backendOf(root: Root, instance: ModuleInstance, idPrefix: string, evaluator: Evaluator): Backend {
  for (const block of [...instance.source.terraform].reverse()) {
    const written = blocksOf(block.document, block.body, 'backend', 1).at(-1);
    const cloud = blocksOf(block.document, block.body, 'cloud', 0).at(-1);
    const found = written ?? cloud;
    if (found === undefined) continue;
    const type = written === undefined ? 'cloud' : (written.labels[0] ?? '');
    const source = bodySource(found.body, instance.scope, evaluator, commentOnly);
    const { place = found.place, origins: recorded } = resourceMetadata(found.body);
    const origins = found.document.file.endsWith('.json') ? recorded : writtenOrigins(found, commentOnly);
    const fields = { kind: 'backend' as const, id: `${idPrefix}backend.${type}`, root, place };
    return { ...element(fields, source), type, written: true, origins };
  }
  const fields = { kind: 'backend' as const, id: `${idPrefix}backend.local`, root, place: root.place };
  return { ...element(fields, nothing), type: 'local', written: false, origins: [] };
}

export function writtenProviders(
  root: Root,
  instance: ModuleInstance,
  required: readonly RequiredProvider[],
  evaluator: Evaluator,
): readonly ProviderConfig[] {
  return instance.source.providers.map((block) => {
    const name = block.labels[0] ?? '';
    const alias = textOf(block.body.get('alias'));
    const id = `${instance.idPrefix}${instance.prefix}provider.${alias === undefined ? name : `${name}.${alias}`}`;
    const own = required.find((provider) => provider.name === name);
    return {
      ...element(
        { kind: 'provider' as const, id, root, place: resourceMetadata(block.body).place ?? block.place },
        bodySource(block.body, instance.scope, evaluator, providerMeta),
      ),
      name,
      alias,
      source: sourceOf(name, required),
      version: own?.version ?? textOf(block.body.get('version')),
      written: true,
    };
  });
}

/** A provider that is used or required though no block configures it: everything about it comes from its defaults and the environment. */
export function impliedProvider(
  root: Root,
  idPrefix: string,
  name: string,
  source: string,
  version: string | undefined,
  place: Place,
): ProviderConfig {
  const fields = { kind: 'provider' as const, id: `${idPrefix}provider.${name}`, root, place };
  return { ...element(fields, nothing), name, alias: undefined, source, version, written: false };
}

export function moduleCall(
  root: Root,
  instance: ModuleInstance,
  block: Block,
  loaded: boolean,
  evaluator: Evaluator,
): ModuleCall {
  const name = block.labels[0] ?? '';
  const fields = {
    kind: 'module' as const,
    id: `${instance.idPrefix}${instance.prefix}module.${name}`,
    root,
    place: block.place,
  };
  return {
    ...element(fields, bodySource(block.body, instance.scope, evaluator, callMeta)),
    name,
    source: textOf(block.body.get('source')) ?? '',
    version: textOf(block.body.get('version')),
    loaded,
  };
}

export function outputOf(root: Root, instance: ModuleInstance, block: Block, evaluator: Evaluator): Output {
  const name = block.labels[0] ?? '';
  const id = `${instance.idPrefix}${instance.prefix}output.${name}`;
  const source = bodySource(block.body, instance.scope, evaluator, commentOnly);
  const made = element({ kind: 'output' as const, id, root, place: block.place }, source);
  return {
    ...made,
    name,
    sensitive: block.body.get('sensitive') === true,
    get value() {
      return new AttrView(id, ['value'], instance.output(name));
    },
  };
}

/** `action` blocks: https://developer.hashicorp.com/terraform/language/block/action */
export function actionOf(
  root: Root,
  instance: ModuleInstance,
  block: Block,
  required: readonly RequiredProvider[],
  evaluator: Evaluator,
): Action {
  const [type = '', name = ''] = block.labels;
  const address = `${instance.prefix}action.${type}.${name}`;
  const fields = { kind: 'action' as const, id: `${instance.idPrefix}${address}`, root, place: block.place };
  return {
    ...element(fields, bodySource(block.body, instance.scope, evaluator, resourceMeta)),
    type,
    name,
    address,
    provider: sourceOf(providerName(type, textOf(block.body.get('provider'))).name, required),
  };
}

/** https://developer.hashicorp.com/terraform/language/block/moved */
export function movedOf({ source, prefix }: ModuleInstance): readonly Moved[] {
  return source.moved.map(({ body, place }) => ({
    from: `${prefix}${wordOf(body.get('from')) ?? ''}`,
    to: `${prefix}${wordOf(body.get('to')) ?? ''}`,
    place,
  }));
}

/** https://developer.hashicorp.com/terraform/language/block/import */
export function importsOf(root: Root, instance: ModuleInstance, evaluator: Evaluator): readonly Import[] {
  return instance.source.imports.map((block, position) => {
    const id = `${instance.idPrefix}${instance.prefix}import[${position}]`;
    const source = bodySource(block.body, instance.scope, evaluator, importMeta);
    return {
      ...element({ kind: 'import' as const, id, root, place: block.place }, source),
      to: `${instance.prefix}${wordOf(block.body.get('to')) ?? ''}`,
    };
  });
}
