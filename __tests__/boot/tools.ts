import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from '../stacks/built.ts';
import { has, run } from './run.ts';

/** The release of Caddy that config/example.yaml pins as an image. */
const CADDY = 'v2.11.4';

/**
 * The path of that Caddy, installed once by Go's own client into node_modules/.cache; Debian's package is older than the features the
 * payload uses. Undefined, with the reason, where there is no Go or its module proxy cannot be reached.
 */
export function caddyProgram(): { readonly program: string } | { readonly missing: string } {
  const folder = path.join(REPOSITORY, `node_modules/.cache/lukko-tools/caddy-${CADDY}`);
  const program = path.join(folder, 'caddy');
  if (existsSync(program)) return { program };
  if (!has('go')) return { missing: `Caddy ${CADDY}: no Go to install it with` };
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = run('go', ['install', `github.com/caddyserver/caddy/v2/cmd/caddy@${CADDY}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-buildvcs=false' },
  });
  return status === 0
    ? { program }
    : { missing: `Caddy ${CADDY}: go install ended with ${status}: ${stderr.slice(-300)}` };
}
