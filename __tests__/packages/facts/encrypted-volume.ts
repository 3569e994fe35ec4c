import type { Statement } from '@lukko/facts';
import { factsOf, type Host } from './sample.ts';

/** The facts of the only volume of a root. */
export function volumeOf(terraform: object, options?: Parameters<typeof factsOf>[1]) {
  const [volume] = factsOf(terraform, options).volumes;
  if (volume === undefined) throw new Error('no volume');
  return volume;
}

/** A statement in a line, with what decided it. */
export const deciding = ({ claim, is, because }: Statement) =>
  `${is} ${claim}: ${because.map(({ at, saw }) => `${at}: ${saw}`).join(' · ')}`;

/** A host whose volume script is another one. */
export const withScript = (text: string): Host => ({ files: { '/usr/local/lib/lukko/volume': text } });
