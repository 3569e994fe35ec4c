import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { importModules } from '../../../packages/cli/src/ports/modules.ts';
import { nodeFiles, runGit } from '../../../packages/cli/src/ports/node.ts';
import type { Ports } from '../../../packages/cli/src/ports/ports.ts';
import { run } from '../../../packages/cli/src/program.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const made: string[] = [];

/** A directory with these files, removed when the test file is done. */
export function directoryWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'lukko-cli-'));
  made.push(directory);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

export function portsAt(cwd: string, changes: Partial<Ports> = {}): Ports {
  return {
    files: nodeFiles,
    cwd,
    environment: {},
    stdin: async () => new Uint8Array(),
    out: () => undefined,
    err: () => undefined,
    color: false,
    git: runGit,
    importModules,
    now: () => new Date('2026-06-01T12:00:00Z'),
    ...changes,
  };
}

/** Runs the command in a directory, with what it prints and its exit code. */
export async function lukko(cwd: string, argv: readonly string[], changes: Partial<Ports> = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const ports = portsAt(cwd, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ...changes,
  });
  const code = await run(argv, ports);
  return { code, out, err };
}
