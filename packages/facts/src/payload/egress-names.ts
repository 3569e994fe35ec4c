import type { PayloadFile, PayloadHost } from '../types.ts';

/** A whole name as an extended regular expression: `^api[.]example[.]com$`. */
const WHOLE = /^\^((?:[\w-]+(?:\[\.\]|\\\.))+[\w-]+)\$$/;

/**
 * Names that a proxy on the host lets out: the file that `Filter` of a tinyproxy.conf(5) names, one expression a line. One that is no whole name lets
 * out what nobody listed, and is a host of nobody.
 */
export function allowedNames(files: readonly PayloadFile[]): PayloadHost[] {
  const lists = files.flatMap(({ path, text }) =>
    path.endsWith('/tinyproxy.conf')
      ? [...text.marked.matchAll(/^\s*Filter\s+"([^"]+)"/gim)].map(([, list]) => list)
      : [],
  );
  return files.flatMap(({ path, text, at }) => {
    if (!lists.includes(path)) return [];
    return text.marked.split('\n').flatMap((raw, index): PayloadHost[] => {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) return [];
      const name = WHOLE.exec(line)?.[1]?.replace(/\[\.\]|\\\./g, '.');
      return [{ text: name ?? line, position: 'allowed name', class: 'data', at, line: index + 1, implicit: false }];
    });
  });
}
