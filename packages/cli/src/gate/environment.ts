import { Refusal } from './refusal.ts';

/**
 * The variables terraform and what it starts may see: everything else is left out, so that nothing unseen redirects a backend,
 * an endpoint or a provider, or puts a secret where terraform writes it. docs/threat-model.md shows this list (a test compares them), and why TF_LOG, TF_VAR_*, TF_WORKSPACE, TF_DATA_DIR,
 * AWS_PROFILE, AWS_ENDPOINT_URL* and NODE_OPTIONS are not on it.
 */
export const ALLOWED: readonly { readonly name: string; readonly why: string }[] = [
  { name: 'PATH', why: 'programs that local-exec and the provider start' },
  { name: 'HOME', why: 'the CLI configuration and the plugin cache' },
  { name: 'USER', why: 'the name in a state lock' },
  { name: 'LOGNAME', why: 'the name in a state lock' },
  { name: 'TMPDIR', why: 'where plan files may lie' },
  { name: 'TERM', why: 'colours' },
  { name: 'NO_COLOR', why: 'colours' },
  { name: 'LANG', why: 'locale' },
  { name: 'LC_ALL', why: 'locale' },
  { name: 'LC_CTYPE', why: 'locale' },
  { name: 'TZ', why: 'times in messages' },
  { name: 'SSL_CERT_FILE', why: 'roots of an organisation behind a proxy' },
  { name: 'SSL_CERT_DIR', why: 'roots of an organisation behind a proxy' },
  { name: 'HTTP_PROXY', why: 'the way out of a company network' },
  { name: 'HTTPS_PROXY', why: 'the way out of a company network' },
  { name: 'NO_PROXY', why: 'the way out of a company network' },
  { name: 'http_proxy', why: 'the way out of a company network' },
  { name: 'https_proxy', why: 'the way out of a company network' },
  { name: 'no_proxy', why: 'the way out of a company network' },
  { name: 'SSH_AUTH_SOCK', why: '`lukko host rebuild` signs in to hosts' },
  { name: 'LUKKO_CONFIG', why: '`lukko host rebuild` reads the same configuration' },
  { name: 'TF_CLI_CONFIG_FILE', why: 'mirrors of providers' },
  { name: 'TF_PLUGIN_CACHE_DIR', why: 'one copy of a provider for all stacks' },
  { name: 'TF_IN_AUTOMATION', why: 'shorter output' },
  { name: 'TF_APPEND_USER_AGENT', why: 'cdktf names itself to the API' },
  { name: 'HCLOUD_ENDPOINT', why: 'the sandbox; any other host than Hetzner or loopback is refused' },
  { name: 'HETZNER_ENDPOINT', why: 'the sandbox; any other host than Hetzner or loopback is refused' },
  { name: 'AWS_ACCESS_KEY_ID', why: 'credentials of the S3 backend' },
  { name: 'AWS_SECRET_ACCESS_KEY', why: 'credentials of the S3 backend' },
  { name: 'AWS_SESSION_TOKEN', why: 'credentials of the S3 backend' },
];

/**
 * The environment of the real terraform: the allow-list, no version check, and the token of this stack's project.
 * Throws a Refusal when `TF_CLI_ARGS` or `TF_CLI_ARGS_<verb>` is set: they change any call behind its back.
 */
export function childEnvironment(
  environment: NodeJS.ProcessEnv,
  token: string | undefined,
  bin: string | undefined,
): Record<string, string> {
  const smuggled = Object.keys(environment)
    .filter((name) => /^TF_CLI_ARGS/.test(name))
    .sort();
  if (smuggled.length > 0)
    throw new Refusal(
      `${smuggled.join(', ')} is set: it would change what terraform is asked to do behind the gate's back`,
      `unset ${smuggled.join(' ')} and give options on the command line`,
    );
  const child: Record<string, string> = {};
  for (const { name } of ALLOWED) {
    const value = environment[name];
    if (value !== undefined) child[name] = value;
  }
  if (bin !== undefined) child.PATH = child.PATH === undefined ? bin : `${bin}:${child.PATH}`;
  child.CHECKPOINT_DISABLE = '1';
  child[GATE_MARK] = '1';
  if (token !== undefined) child.HCLOUD_TOKEN = token;
  return child;
}

/** Set for everything the gate starts: a gate that finds it was called as the real terraform, and says so instead of looping. */
export const GATE_MARK = 'LUKKO_GATE';

/** Names of terraform's own variables that are set and left out: whoever set one should not wonder why nothing comes of it. */
export function leftOut(environment: NodeJS.ProcessEnv): readonly string[] {
  const allowed = new Set(ALLOWED.map((entry) => entry.name));
  return Object.keys(environment)
    .filter((name) => /^TF_/.test(name) && !/^TF_CLI_ARGS/.test(name) && !allowed.has(name))
    .sort();
}
