import { FormatError, parseFile } from '@lukko/formats';

/** The whole message of what is wrong with a text of a format. */
export function problemsIn(format: Parameters<typeof parseFile>[0], text: string, file: string): string {
  try {
    parseFile(format, text, file);
  } catch (error) {
    if (error instanceof FormatError) return `\n${error.message}\n`;
    throw error;
  }
  return 'nothing is wrong';
}
