import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from '../stacks/built.ts';
import { has, run } from './run.ts';

/** The release of Caddy that config/example.yaml pins as an image. */
const CADDY = 'v2.11.4';
/** Let's Encrypt's test authority: https://github.com/letsencrypt/pebble */
const PEBBLE = 'v2.8.0';
/** Object storage with versions and object lock: https://github.com/versity/versitygw */
const VERSITYGW = 'v1.8.0';

type Found = { readonly program: string } | { readonly missing: string };

/** That Caddy; Debian's package is older than the features the payload uses. */
export function caddyProgram(): Found {
  return goProgram('caddy', 'github.com/caddyserver/caddy/v2/cmd/caddy', CADDY, 'Caddy');
}

/** An ACME authority for tests, with account binding. */
export function pebbleProgram(): Found {
  return goProgram('pebble', 'github.com/letsencrypt/pebble/v2/cmd/pebble', PEBBLE, 'Pebble');
}

/** Object storage on loopback, over a folder. */
export function versitygwProgram(): Found {
  return goProgram('versitygw', 'github.com/versity/versitygw/cmd/versitygw', VERSITYGW, 'versitygw');
}

/**
 * The path of a program, installed once by Go's own client into node_modules/.cache. Missing, with the reason, where there is no Go or
 * its module proxy cannot be reached.
 */
function goProgram(name: string, module: string, version: string, called: string): Found {
  const folder = path.join(REPOSITORY, `node_modules/.cache/lukko-tools/${name}-${version}`);
  const program = path.join(folder, name);
  if (existsSync(program)) return { program };
  if (!has('go')) return { missing: `${called} ${version}: no Go to install it with` };
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = run('go', ['install', `${module}@${version}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-buildvcs=false' },
  });
  return status === 0
    ? { program }
    : { missing: `${called} ${version}: go install ended with ${status}: ${stderr.slice(-300)}` };
}
