import { posix } from 'node:path';
import { asText } from '../plain.ts';
import type { PlainFunctions } from './table.ts';

/** Functions of paths that look at no disk; `abspath` and `pathexpand` depend on the machine and stay unknown. */
export const paths: PlainFunctions = {
  basename: ([path]) => (asText(path) === '' ? '.' : posix.basename(asText(path)) || '/'),
  dirname: ([path]) => {
    // Go takes away what follows the last slash, then cleans the path.
    const text = asText(path);
    const cleaned = posix.normalize(text.slice(0, text.lastIndexOf('/') + 1) || '.');
    return cleaned.length > 1 ? cleaned.replace(/\/$/, '') : cleaned;
  },
};
