import type { Report } from '@lukko/formats';
import { type Format, formats, type Rule, renderParts, type TerminalOptions } from '@lukko/policy-engine';
import { fileProblem, InputError } from './errors.ts';
import { displayName, fromHere } from './input-file.ts';
import type { Ports } from './ports/ports.ts';

/** One `--format` with the `--output` after it; either may be missing. */
export interface OutputRequest {
  readonly format?: Format;
  readonly file?: string;
}

/** Where a report goes: to a file, or to standard output. */
export interface Output {
  readonly format: Format;
  readonly file: string | undefined;
}

/** Whether an output is what somebody reads on the terminal. */
export function isScreen({ format, file }: Output): boolean {
  return format === 'terminal' && file === undefined;
}

const endings: Readonly<Record<string, Format>> = {
  sarif: 'sarif',
  json: 'json',
  xml: 'junit',
  md: 'markdown',
  txt: 'terminal',
};

/** What was asked for as a list of outputs; the terminal when nothing was. @throws InputError for what contradicts itself. */
export function outputsOf(requests: readonly OutputRequest[]): readonly Output[] {
  if (requests.length === 0) return [{ format: 'terminal', file: undefined }];
  const outputs = requests.map(({ format, file }) => ({ format: format ?? formatOf(file ?? ''), file }));
  const printed = outputs.filter(({ file }) => file === undefined);
  if (printed.length > 1) {
    const names = printed.map(({ format }) => format).join(' and ');
    throw new InputError(`--format: ${names} cannot both be printed; write --output <file> after one of them`);
  }
  const files = outputs.flatMap(({ file }) => (file === undefined ? [] : [file]));
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new InputError(`--output: ${twice} is named twice; name another file`);
  return outputs;
}

function formatOf(file: string): Format {
  const [, ending = ''] = /\.([a-z]+)$/i.exec(file) ?? [];
  const format = Object.hasOwn(endings, ending.toLowerCase()) ? endings[ending.toLowerCase()] : undefined;
  if (format !== undefined) return format;
  throw new InputError(
    `--output: ${file} does not tell its format; write --format before it, one of ${formats.join(', ')}`,
  );
}

/**
 * Writes a report everywhere it was asked for: each file whole or not at all, then what is printed.
 * @throws InputError naming the file that cannot be written.
 */
export async function writeOutputs(
  report: Report,
  rules: readonly Rule[],
  outputs: readonly Output[],
  terminal: TerminalOptions,
  ports: Pick<Ports, 'out' | 'cwd' | 'files' | 'color' | 'screen'>,
): Promise<void> {
  const texts: { readonly file: string | undefined; readonly parts: Iterable<string> }[] = [];
  for (const { format, file } of outputs) {
    const color = file === undefined && ports.color;
    // A file is kept and searched: there everything stands in full.
    const first = file === undefined && terminal.first === true;
    texts.push({
      file,
      parts: await partsOf(format, report, rules, {
        ...terminal,
        color,
        first,
        screen: file === undefined ? ports.screen : undefined,
      }),
    });
  }
  for (const { file, parts } of texts) {
    if (file === undefined) continue;
    const path = fromHere(file, ports.cwd);
    try {
      ports.files.write(path, parts);
    } catch (error) {
      throw new InputError(`${displayName(path, ports.cwd)}: the report cannot be written: ${fileProblem(error)}`);
    }
  }
  for (const { file, parts } of texts) if (file === undefined) for (const part of parts) ports.out(part);
}

/** What comes in pieces is made while it is written. @throws InputError where a format that is made in one piece would be longer than a text can be. */
async function partsOf(
  format: Format,
  ...asked: [Report, readonly Rule[], TerminalOptions]
): Promise<Iterable<string>> {
  try {
    return await renderParts(format, ...asked);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const [{ findings }] = asked;
    throw new InputError(
      `--format ${format}: ${findings.length} findings make a text longer than 512 MB; write them as json, or judge fewer resources at a time`,
    );
  }
}
