import type { PayloadFile } from '../types.ts';
import type { HostSetting } from './types.ts';

/** What apt.conf.d says, as far as payload files say it. */
export interface AptConf {
  /** Option in lower case, blocks written out (`apt::periodic::enable`) → its values, of which the last counts, or the items of its list. */
  readonly options: ReadonlyMap<string, readonly HostSetting[]>;
  /** `#clear` and the like, which take back what other files say. */
  readonly directives: readonly HostSetting[];
  /** Paths of the files that were read. */
  readonly paths: readonly string[];
}

/** apt.conf(5): only these names are read below apt.conf.d. */
const READ = /^\/etc\/apt\/(apt\.conf|apt\.conf\.d\/[\w-]+(\.conf)?)$/;
const TOKEN =
  /\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*|#(clear|include)\b([^;\n]*)|#[^\n]*|"([^"\n]*)"|([{};])|([^\s"{};#/]+(?:\/(?![/*])[^\s"{};#/]*)*)/g;

/** Reads apt.conf(5): options with `::`, nested blocks, comments; holes stay as marks. */
export function readAptConf(files: readonly PayloadFile[]): AptConf {
  const options = new Map<string, HostSetting[]>();
  const directives: HostSetting[] = [];
  const name = ({ path }: PayloadFile): string => path.slice(path.lastIndexOf('/') + 1);
  const read = files
    .filter(({ path }) => READ.test(path))
    // `apt.conf` itself is read last.
    .sort((left, right) => {
      const main = Number(name(left) === 'apt.conf') - Number(name(right) === 'apt.conf');
      return main !== 0 ? main : name(left) < name(right) ? -1 : 1;
    });
  for (const { text, at } of read) {
    const scopes: string[] = [];
    let words: string[] = [];
    let line = 1;
    let last = 0;
    for (const token of text.marked.matchAll(TOKEN)) {
      const [, directive, rest = '', quoted, mark, word] = token;
      for (; last < token.index; last += 1) if (text.marked[last] === '\n') line += 1;
      if (directive !== undefined) directives.push({ value: `#${directive} ${rest.trim()}`, at, line });
      else if (quoted !== undefined || word !== undefined) words.push(quoted ?? word ?? '');
      else if (mark === '{') {
        scopes.push(words[0] ?? '');
        words = [];
      } else if (mark !== undefined) {
        const [first, second] = words;
        if (first !== undefined) {
          // One word alone is an item of the list it stands in.
          const path = second === undefined ? scopes : [...scopes, first];
          const key = path.join('::').replace(/::$/, '').toLowerCase();
          const values = options.get(key) ?? [];
          options.set(key, values);
          values.push({ value: second ?? first, at, line });
        }
        words = [];
        if (mark === '}') scopes.pop();
      }
    }
  }
  return { options, directives, paths: read.map(({ path }) => path) };
}
