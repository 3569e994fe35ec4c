import type { Command, PathClass } from '../types.ts';
import { storageOf } from './config-remotes.ts';

export interface ImpliedHost {
  readonly text: string;
  readonly position: string;
  readonly class: PathClass;
}

/**
 * Programs that talk to one operator without naming it: the command line tools of platforms, by their makers' documentation. An option that names
 * another endpoint is a URL, which is read as one.
 */
const TOOLS: ReadonlyMap<string, string> = new Map([
  ['aws', 'amazonaws.com'],
  ['s3cmd', 's3.amazonaws.com'],
  ['gcloud', 'googleapis.com'],
  ['gsutil', 'storage.googleapis.com'],
  ['bq', 'googleapis.com'],
  ['firebase', 'firebase.google.com'],
  ['az', 'management.azure.com'],
  ['azcopy', 'blob.core.windows.net'],
  ['b2', 'api.backblazeb2.com'],
  ['cloudflared', 'cloudflare.com'],
  ['wrangler', 'api.cloudflare.com'],
  ['databricks', 'databricks.com'],
  ['doctl', 'api.digitalocean.com'],
  ['doppler', 'api.doppler.com'],
  ['fly', 'api.fly.io'],
  ['flyctl', 'api.fly.io'],
  ['gh', 'api.github.com'],
  ['heroku', 'api.heroku.com'],
  ['linode-cli', 'api.linode.com'],
  ['neonctl', 'console.neon.tech'],
  ['netlify', 'api.netlify.com'],
  ['newrelic', 'newrelic.com'],
  ['ngrok', 'ngrok.com'],
  ['oci', 'oraclecloud.com'],
  ['op', '1password.com'],
  ['pulumi', 'api.pulumi.com'],
  ['railway', 'railway.app'],
  ['sentry-cli', 'sentry.io'],
  ['snowsql', 'snowflakecomputing.com'],
  ['supabase', 'api.supabase.com'],
  ['tailscale', 'controlplane.tailscale.com'],
  ['tailscaled', 'controlplane.tailscale.com'],
  ['vercel', 'api.vercel.com'],
  ['vultr-cli', 'api.vultr.com'],
]);
const ELSEWHERE = /^--(endpoint-url|endpoint|host|hostname|api-url|login-server|url)(=|$)/;

/** Package managers of languages, which fetch from the registry of their language when no other is named. */
const INSTALLERS: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^(pip3?|pipx|uv)$/, /^(install|download|wheel|run|sync|add)$/, 'the Python package index'],
  [/^(npm|pnpm|yarn|bun)$/, /^(install|i|ci|add|exec|dlx|create)$/, 'the npm registry'],
  [/^(npx|bunx)$/, /./, 'the npm registry'],
  [/^gem$/, /^(install|update|fetch)$/, 'the registry of Ruby gems'],
  [/^cargo$/, /^(install|add|build|fetch|update)$/, 'the registry of Rust crates'],
  [/^go$/, /^(install|get|mod|run|build)$/, 'the proxy of Go modules'],
  [/^composer$/, /^(install|require|update|create-project)$/, 'the registry of PHP packages'],
];
const NAMED_REGISTRY = /^(-i|--index-url|--registry|--index|--no-index|--offline|--local)(=|$)/;

/** Hosts a command reaches that none of its words names. */
export function impliedHosts({ program, args }: Pick<Command, 'program' | 'args'>): ImpliedHost[] {
  const tool = TOOLS.get(program);
  if (tool !== undefined) {
    const elsewhere = args.some((arg) => ELSEWHERE.test(arg ?? ''));
    return elsewhere || /^(--?version|-V|help|--help)$/.test(args[0] ?? '') ? [] : [data(tool, 'service')];
  }
  if (program === 'rclone') return args.flatMap((arg) => onTheFly(arg));
  if (program === 'add-apt-repository' || program === 'apt-add-repository')
    return args.flatMap((arg) => personalArchive(arg ?? ''));
  if (program === 'ssh-import-id' || program === 'ssh-import-id-gh' || program === 'ssh-import-id-lp')
    return args.flatMap((arg) => (arg === undefined || arg.startsWith('-') ? [] : keysOf(`${arg}`, program)));
  return installed(program, args);
}

function installed(program: string, args: Command['args']): ImpliedHost[] {
  for (const [programs, verbs, registry] of INSTALLERS) {
    if (!programs.test(program)) continue;
    const at = args.findIndex((arg) => arg !== undefined && !arg.startsWith('-'));
    const named = args.some((arg) => NAMED_REGISTRY.test(arg ?? ''));
    if (at < 0 || !verbs.test(args[at] ?? '') || named) return [];
    const wanted = args.slice(program === 'npx' || program === 'bunx' ? at : at + 1);
    const files = wanted.filter((arg) => arg === undefined || !arg.startsWith('-'));
    const local = files.length > 0 && files.every((arg) => /^(\.{0,2}\/|file:|https?:)/.test(arg ?? ''));
    return local ? [] : [{ text: registry, position: 'package source', class: 'pull' }];
  }
  return [];
}

const data = (text: string, position: string): ImpliedHost => ({ text, position, class: 'data' });

/** `:s3:bucket`, `:s3,provider=AWS:bucket`: a remote made on the command line (rclone.org, Connection strings). */
function onTheFly(arg: string | undefined): ImpliedHost[] {
  const [, type = '', options = ''] = /^:([a-z0-9 ]+)((?:,[^:]*(?::\/\/[^:,]*)?)*):/.exec(arg ?? '') ?? [];
  const host = storageOf(type);
  return host === undefined || /,(endpoint|host|url)=/.test(options) ? [] : [data(host, 'storage')];
}

/** `RCLONE_CONFIG_<REMOTE>_TYPE` without an endpoint beside it (rclone.org, Environment Variables). */
export function remotesInVariables<T extends { readonly name: string; readonly value: string }>(
  variables: readonly T[],
): { readonly text: string; readonly variable: T }[] {
  return variables.flatMap((variable) => {
    const remote = /^RCLONE_CONFIG_(\w+)_TYPE$/.exec(variable.name)?.[1];
    const text = storageOf(variable.value.toLowerCase());
    const told = variables.some(({ name }) => new RegExp(`^RCLONE_CONFIG_${remote}_(ENDPOINT|HOST|URL)$`).test(name));
    return remote === undefined || text === undefined || told ? [] : [{ text, variable }];
  });
}

/** `ppa:owner/name`: Launchpad's personal package archives. */
export function personalArchive(text: string): ImpliedHost[] {
  return /^ppa:/.test(text.trim())
    ? [{ text: 'ppa.launchpadcontent.net', position: 'package source', class: 'pull' }]
    : [];
}

/** Whose list of SSH keys decides who may sign in: `gh:user`, `lp:user`, or a name alone (ssh-import-id(1)). */
export function keysOf(text: string, program = ''): ImpliedHost[] {
  const github = text.startsWith('gh:') || program === 'ssh-import-id-gh';
  return [data(github ? 'github.com' : 'launchpad.net', 'SSH keys')];
}
