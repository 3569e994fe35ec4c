import { tooDeep } from '@lukko/formats';
import {
  Composer,
  type Document,
  type DocumentOptions,
  type LineCounter,
  type ParseOptions,
  Parser,
  type SchemaOptions,
} from 'yaml';

/** Levels of nesting no real payload comes near; the composer of the YAML package recurses on them. */
const DEEPEST = 40;

export type YamlOptions = ParseOptions & DocumentOptions & SchemaOptions & { readonly lineCounter: LineCounter };

/**
 * One YAML document of a payload. Its nesting is measured on the parser's tokens before anything recurses: a call stack that
 * runs out cannot be caught safely, since V8 ends the process when it compiles an expression there.
 * @throws Error when it is nested too deeply, or holds more than one document
 */
export function parseYaml(text: string, options: YamlOptions): Document.Parsed | undefined {
  const tokens = [...new Parser(options.lineCounter.addNewLine).parse(text)];
  if (tooDeep(tokens, DEEPEST) !== undefined) throw new Error('nested too deeply');
  const [document, ...more] = [...new Composer(options).compose(tokens, true, text.length)];
  if (more.length > 0) throw new Error('more than one document');
  return document as Document.Parsed | undefined;
}
