import type { Place, RequiredProvider } from '../graph.ts';
import { isObject } from '../json/types.ts';
import { type Block, blocksOf, placeOf, textOf } from './blocks.ts';

const builtin = 'terraform.io/builtin/terraform';

/** `hcloud` → `registry.terraform.io/hashicorp/hcloud`, `hetznercloud/hcloud` → with the registry in front. */
export function fullSource(source: string): string {
  const parts = source.split('/');
  if (source === 'terraform' || source === builtin) return builtin;
  if (parts.length === 1) return `registry.terraform.io/hashicorp/${source}`;
  return parts.length === 2 ? `registry.terraform.io/${source}` : source;
}

/** Every entry of `terraform.required_providers`; the short form `"hcloud": "~> 1.68"` is a version alone. */
export function requiredProvidersOf(blocks: readonly Block[]): readonly RequiredProvider[] {
  // Of an override file the entry comes later, and counts.
  const required = new Map<string, RequiredProvider>();
  for (const block of blocks) {
    for (const { body, document } of blocksOf(block.document, block.body, 'required_providers', 0)) {
      for (const [name, json] of body) {
        if (name === '//') continue;
        const place: Place = placeOf(document, document.lineOf(body, name));
        const source = isObject(json) ? textOf(json.get('source')) : undefined;
        const version = isObject(json) ? textOf(json.get('version')) : textOf(json);
        required.set(name, { name, source: fullSource(source ?? name), version, place });
      }
    }
  }
  return [...required.values()];
}

/** Local name of the provider a resource uses: its `provider` argument without alias, else the first word of its type. */
export function providerName(type: string, argument: string | undefined): { name: string; alias: string | undefined } {
  const bare = argument?.replace(/^\$\{\s*|\s*\}$/g, '');
  if (bare === undefined || bare === '') return { name: type.split('_')[0] ?? type, alias: undefined };
  const [name, alias] = bare.split('.');
  return { name: name ?? type, alias };
}

/** Source address by local name, within one module. */
export function sourceOf(name: string, required: readonly RequiredProvider[]): string {
  return required.find((provider) => provider.name === name)?.source ?? fullSource(name);
}
