import { join, relative, sep } from 'node:path';
import { InputError } from './errors.ts';
import type { Files, Ports } from './ports/ports.ts';

/** The files of one commit under the paths they have in the work tree. */
export interface CommitFiles {
  /** As it was asked for. */
  readonly ref: string;
  /** Its full name. */
  readonly commit: string;
  readonly files: Pick<Files, 'read' | 'kind' | 'list'>;
}

interface Entry {
  readonly mode: string;
  readonly object: string;
}

/**
 * Reads a commit's tree from git's objects; the work tree and the index are never looked at, nor anything fetched.
 * @param ref a commit, branch or tag that is there
 * @throws InputError where there is no repository, or no such commit, or the name means two things.
 */
export function filesOfCommit(ref: string, { git, cwd }: Pick<Ports, 'git' | 'cwd'>): CommitFiles {
  const up = git(['rev-parse', '--show-cdup'], cwd);
  if (up.code !== 0) {
    const why = up.code === undefined ? 'git cannot be started here' : lastLine(up.err);
    throw new InputError(`--policy-from ${ref}: expected a git repository here: ${why}`);
  }
  const top = join(cwd, up.out.toString('utf8').trim());
  const found = git(['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`], cwd);
  const commit = found.out.toString('utf8').trim();
  if (found.code !== 0 || !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) {
    throw new InputError(
      `--policy-from ${ref}: no such commit in this repository; fetch it first, such as: git fetch origin main, then --policy-from origin/main`,
    );
  }
  if (/ambiguous/.test(found.err)) {
    throw new InputError(
      `--policy-from ${ref}: the name means a tag and a branch; write it whole, such as refs/remotes/origin/main`,
    );
  }
  const listed = git(['ls-tree', '-r', '-z', '--full-tree', commit], cwd);
  if (listed.code !== 0) throw new InputError(`--policy-from ${ref}: its tree cannot be read: ${lastLine(listed.err)}`);
  return { ref, commit, files: treeFiles(entriesOf(listed.out.toString('utf8')), top, { git, cwd }) };
}

/** https://git-scm.com/docs/git-ls-tree#_output_format: `<mode> <type> <object>\t<path>\0` */
function entriesOf(listing: string): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of listing.split('\0')) {
    const [, mode, object, path] = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]*)$/.exec(line) ?? [];
    if (mode !== undefined && object !== undefined && path !== undefined) entries.set(path, { mode, object });
  }
  return entries;
}

function treeFiles(
  entries: ReadonlyMap<string, Entry>,
  top: string,
  { git, cwd }: Pick<Ports, 'git' | 'cwd'>,
): CommitFiles['files'] {
  const inTree = (path: string) => relative(top, path).split(sep).join('/');
  const below = (path: string) => {
    const prefix = path === '' ? '' : `${path}/`;
    return [...entries.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  };
  const kind = (path: string) => {
    const name = inTree(path);
    // The root of the repository is where the search upward for lukko.yaml ends; `.git` itself is in no tree.
    if (name === '.git' || name === '') return 'directory';
    if (name.startsWith('../')) return 'none';
    const entry = entries.get(name);
    // A link's target is a path in the work tree, and a submodule is another repository: neither is this commit's.
    if (entry !== undefined) return entry.mode.startsWith('100') ? 'file' : 'other';
    return below(name).length > 0 ? 'directory' : 'none';
  };
  return {
    kind,
    read: (path) => {
      const entry = entries.get(inTree(path));
      if (entry === undefined) throw Object.assign(new Error('no such file in that commit'), { code: 'EEXIST' });
      if (kind(path) !== 'file') {
        const message = 'in that commit it is a link or a submodule; the policy must be files of the commit itself';
        throw Object.assign(new Error(message), { code: 'EEXIST' });
      }
      const { code, out, err } = git(['cat-file', 'blob', entry.object], cwd);
      if (code !== 0) throw Object.assign(new Error(lastLine(err)), { code: 'EEXIST' });
      return out;
    },
    list: (directory) => [...new Set(below(inTree(directory)).map((name) => name.split('/', 1)[0] as string))].sort(),
  };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
