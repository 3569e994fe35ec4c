import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Colour is only used when asked for: a pipe gets plain text. */
export function painter(color = false): Paint {
  if (!color) return (_, text) => text;
  // The caller has looked at the stream already; asking again would look at this process's own.
  return (style, text) => styleText(style, text, { validateStream: false });
}
