import type { Lifecycle } from '../graph.ts';
import { isArray, isObject, type Json, type JsonObject } from '../json/types.ts';
import { listOf } from './blocks.ts';

const none: Lifecycle = { preventDestroy: false, ignoreChanges: [], createBeforeDestroy: false };

/** The `lifecycle` block; its arguments are constants in Terraform. */
export function lifecycleOf(body: JsonObject): Lifecycle {
  const block = listOf(body.get('lifecycle')).filter(isObject).at(-1);
  if (block === undefined) return none;
  return {
    preventDestroy: isTrue(block.get('prevent_destroy')),
    ignoreChanges: ignored(block.get('ignore_changes')),
    createBeforeDestroy: isTrue(block.get('create_before_destroy')),
  };
}

function isTrue(json: Json | undefined): boolean {
  return json === true || json === 'true' || json === '${true}';
}

function ignored(json: Json | undefined): readonly string[] | 'all' {
  const paths = isArray(json) ? json : json === undefined || json === null ? [] : [json];
  const texts = paths.filter((path) => typeof path === 'string').map((path) => path.replace(/^\$\{\s*|\s*\}$/g, ''));
  return texts.includes('all') ? 'all' : texts;
}
