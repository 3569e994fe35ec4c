import type { Evaluator } from '../expression/evaluate.ts';
import type { EncryptionMethod, KeyProvider, Root, StateEncryption } from '../graph.ts';
import { bodySource } from './attributes.ts';
import { type Block, blocksOf, wordOf } from './blocks.ts';
import { element } from './elements.ts';
import type { ModuleInstance } from './instance.ts';

const comment: ReadonlySet<string> = new Set(['//']);

/**
 * OpenTofu's `encryption` block of a root: who keeps the key of its state, and with which method it is written
 * (https://opentofu.org/docs/language/state/encryption/). undefined where none is written; what the environment adds (`TF_ENCRYPTION`)
 * stands in no file.
 */
export function encryptionOf(
  root: Root,
  instance: ModuleInstance,
  idPrefix: string,
  evaluator: Evaluator,
): StateEncryption | undefined {
  const blocks = instance.source.terraform.flatMap((block) => blocksOf(block.document, block.body, 'encryption', 0));
  const [first] = blocks;
  if (first === undefined) return undefined;
  const inside = (key: string, labels: number): readonly Block[] =>
    blocks.flatMap((block) => blocksOf(block.document, block.body, key, labels));
  const made = <K extends string>(kind: K, word: string, block: Block) => {
    const [type = '', name = ''] = block.labels;
    const fields = { kind, id: `${idPrefix}${word}.${type}.${name}`, root, place: block.place };
    return { ...element(fields, bodySource(block.body, instance.scope, evaluator, comment)), type, name };
  };
  const state = inside('state', 0).at(-1)?.body;
  return {
    place: first.place,
    keyProviders: inside('key_provider', 2).map((block): KeyProvider => made('key-provider', 'key_provider', block)),
    methods: inside('method', 2).map(
      (block): EncryptionMethod => ({
        ...made('encryption-method', 'method', block),
        keys: wordOf(block.body.get('keys')),
      }),
    ),
    state: wordOf(state?.get('method')),
  };
}
