import path from 'node:path';
import { type Config, config, parseFile, setText } from '@lukko/formats';
import { fileProblem, InputError } from '../errors.ts';
import { displayName } from '../input-file.ts';
import type { Ports } from '../ports/ports.ts';

/** `config/<environment>.yaml` as a verb reads it and writes into it. */
export interface EnvironmentFile {
  /** Absolute. */
  readonly path: string;
  /** As people know it. */
  readonly name: string;
  readonly text: string;
  readonly config: Config;
  /** A file beside it, named after it: `config/example.sealed.json`. */
  beside(kind: 'advertisements' | 'sealed'): string;
}

/**
 * The configuration that `--config` or LUKKO_CONFIG names.
 * @throws InputError when neither does or it cannot be read, FormatError when it is no configuration.
 */
export function environmentFile(
  named: string | undefined,
  { files, cwd, environment }: Pick<Ports, 'files' | 'cwd' | 'environment'>,
): EnvironmentFile {
  const given = named ?? environment.LUKKO_CONFIG;
  if (given === undefined || given === '')
    throw new InputError('no configuration is named; give --config config/<environment>.yaml, or set LUKKO_CONFIG');
  const file = path.resolve(cwd, given);
  const name = displayName(file, cwd);
  let text: string;
  try {
    text = new TextDecoder().decode(files.read(file));
  } catch (error) {
    throw new InputError(`${name}: cannot be read: ${fileProblem(error)}; name another with --config`);
  }
  return {
    path: file,
    name,
    text,
    config: parseFile(config, text, name).value,
    beside: (kind) => file.replace(/(\.ya?ml)?$/, `.${kind}.json`),
  };
}

/**
 * Writes fields into a configuration and nothing else, when the result is a configuration still.
 * @throws FormatError when it is not; then nothing was written.
 */
export function writeFields(
  file: EnvironmentFile,
  fields: readonly { readonly path: readonly (string | number)[]; readonly value: string }[],
  files: Ports['files'],
): void {
  const text = fields.reduce((before, field) => setText(before, field.path, field.value), file.text);
  parseFile(config, text, file.name);
  if (text !== file.text) files.write(file.path, text);
}
